"""What the holder of a survey link reaches: one invitation and what it is about, nothing else."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import ProgrammingError

from partnerjourney.core import border, granted, ids, predicates, schema
from partnerjourney.core.border import BorderError
from partnerjourney.core.db import Directory
from partnerjourney.core.errors import StaleVersionError
from partnerjourney.core.links import Link
from partnerjourney.core.parties import CircleSeat, Journey, Participation, Party
from partnerjourney.core.scopes import Respondent
from partnerjourney.events.models import Case, CaseState
from partnerjourney.events.rules import State
from partnerjourney.surveys.models import (
    Answer,
    Invitation,
    PermittedComment,
    Point,
    PointCover,
    Question,
    Wave,
)
from partnerjourney.surveys.rules import Metric
from tests.factories import row
from tests.surveys.story import Story, add_point

READS = {
    Invitation: 1,
    Question: 1,
    Wave: 1,
    Point: 1,
    PointCover: 3,
    Journey: 1,
    CircleSeat: 3,
    Party: 3,
    Participation: 3,  # the other member of the group is not among them
    CaseState: 1,
    Answer: 1,
    PermittedComment: 1,
    Link: 1,
}
"""Table → how many rows one link opens in the story below; all other tables: none."""


@pytest.fixture
def tokens(story: Story) -> list[str]:
    """Give two links of two customers, at two points; each has an answer with a comment."""
    covers = [story.handovers["picks-drives"]]
    add_point(story, "picking", "drives", Metric.CSAT, "overdracht", covers=covers)
    found = []
    for point, member in (("delivery", "snel"), ("picking", "rijk")):
        wave = story.open_wave(point, key=point)
        case = ids.new_v4()
        with story.system() as session:
            session.add(row(Case, journey_id=story.journey, id=case))
            session.flush()
            last = story.handovers["drives-receives" if point == "delivery" else "picks-drives"]
            session.add(
                row(
                    CaseState,
                    journey_id=story.journey,
                    case_id=case,
                    handover_id=last,
                    state=State.LATE,
                )
            )
        token = story.invite(wave, members=(member,), case_id=case)
        found.append(token)
        with story.respondent(token) as session:
            own = session.scalars(select(Invitation)).one()
            answer = _answer(own, session.scalars(select(Question.id)).one())
            granted.add(session, answer)
            granted.add(session, _comment(story, answer))
    return found


def _answer(invitation: Invitation, question_id: uuid.UUID, **other: Any) -> Answer:
    same = ("journey_id", "circle_id", "point_id", "wave_id", "case_id", "role")
    return row(
        Answer,
        **{
            **{name: getattr(invitation, name) for name in same},
            "invitation_id": invitation.id,
            "question_id": question_id,
            "score": 3,
            **other,
        },
    )


def _comment(story: Story, answer: Answer, **other: Any) -> PermittedComment:
    return row(
        PermittedComment,
        **{
            "owner_id": story.organisations["telenoord"],
            "journey_id": answer.journey_id,
            "point_id": answer.point_id,
            "answer_id": answer.id,
            **other,
        },
    )


def test_a_link_reads_its_own_rows_and_no_other_table(story: Story, tokens: list[str]) -> None:
    schema.load()
    seen = []
    for token in tokens:
        with story.respondent(token) as session:
            seen.append({t: session.scalars(select(t)).all() for t in predicates.tables()})
    for table in predicates.tables():
        own, foreign = (set(_keys(found[table])) for found in seen)
        if predicates.kind_of(table) is Directory:
            continue
        if table not in READS:
            known = {"cell"}  # measurement lets a link count its own answer
            assert not own or table.__tablename__ in known, table
            continue
        assert len(own) == READS[table], table
        if table in (Invitation, Question, Wave, Point, Answer, PermittedComment, CaseState, Link):
            assert not own & foreign, table
    with story.respondent(ids.new_token()) as session:
        for table in READS:
            assert session.scalars(select(table)).all() == []


def _keys(rows: list[Any]) -> list[tuple[Any, ...]]:
    return [
        tuple(getattr(found, c.key) for c in type(found).__table__.primary_key) for found in rows
    ]


def test_no_statement_goes_around(story: Story, tokens: list[str]) -> None:
    with story.respondent(tokens[0]) as session:
        assert session.scalar(select(func.count()).select_from(Answer)) == 1
        assert session.scalar(select(func.max(Answer.score))) == 3
        both = select(Invitation.id).union_all(select(Answer.id))
        assert len(session.execute(both).all()) == 2
        for statement in (
            text("select * from answer"),
            update(Answer).values(score=10),
            update(Journey).values(name="x"),
            delete(Invitation),
            delete(PermittedComment),
        ):
            with pytest.raises(BorderError):
                session.execute(statement)


def test_no_other_answer_is_written(story: Story, tokens: list[str]) -> None:
    with story.respondent(tokens[1]) as session:
        foreign = session.scalars(select(Invitation)).one()
        session.expunge_all()
    fresh = story.invite(foreign.wave_id)
    with story.respondent(fresh) as session:
        own = session.scalars(select(Invitation)).one()
        question = session.scalars(select(Question.id)).one()
    attempts = [
        lambda s: granted.add(s, _answer(foreign, question)),
        lambda s: granted.add(s, _answer(own, question, invitation_id=None)),
        lambda s: granted.add(s, _answer(own, question, invitation_id=foreign.id)),
        lambda s: granted.add(s, _comment(story, row(Answer, journey_id=story.journey))),
        lambda s: granted.add(s, row(Invitation, journey_id=story.journey)),
        lambda s: granted.change(s, Invitation, foreign, role="x"),
        lambda s: granted.change(s, Invitation, foreign, if_still={"role": ""}, role="x"),
        lambda s: s.add(_answer(foreign, question)) or s.flush(),
        lambda s: s.add(row(Journey)) or s.flush(),
        lambda s: setattr(s.scalars(select(Journey)).one(), "name", "x") or s.flush(),
        lambda s: setattr(s.scalars(select(Wave)).one(), "key", "x") or s.flush(),
        lambda s: setattr(s.scalars(select(Invitation)).one(), "circle_id", own.id) or s.flush(),
        lambda s: s.delete(s.scalars(select(Invitation)).one()) or s.flush(),
    ]
    for attempt in attempts:
        scope = Respondent(ids.token_hash(fresh))
        with border.open_session(story.engine, scope, write=True) as session:
            with pytest.raises((BorderError, ProgrammingError, StaleVersionError)):
                attempt(session)
            session.rollback()
    with story.system() as session:
        assert session.scalar(select(func.count()).select_from(Answer)) == 2
        assert set(session.scalars(select(Invitation.role))) == {""}


def test_a_member_scope_does_not_serve_a_respondent_nor_the_reverse(
    story: Story, tokens: list[str]
) -> None:
    """The same statement in three names, one after the other: each gets its own rows."""
    for _ in range(2):
        with story.acting("telenoord") as (session, *_rest):
            assert session.scalars(select(Answer)).all() == []
            assert len(session.scalars(select(Point)).all()) == 2
        with story.respondent(tokens[0]) as session:
            first = session.scalars(select(Answer.invitation_id)).all()
            assert len(session.scalars(select(Point)).all()) == 1
        with story.respondent(tokens[1]) as session:
            second = session.scalars(select(Answer.invitation_id)).all()
        assert len(first) == len(second) == 1
        assert first != second
