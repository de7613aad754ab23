"""The journey of the demo's document with answers, cases and a comment."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from partnerjourney import features
from partnerjourney.core import ids
from partnerjourney.core.parties import Journey, Membership, Participation, Role, User
from partnerjourney.events.models import FactCell
from partnerjourney.events.rules import State
from partnerjourney.handovers.models import HandoverTerms
from partnerjourney.surveys.models import PermittedComment, Point
from partnerjourney.surveys.services import points, waves
from partnerjourney.surveys.signals import CellDelta, cells_changed
from tests.chain import Chain, build
from tests.copies import made_once
from tests.factories import row

features.connect()

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
DAY = date(2026, 10, 14)


@made_once
def make(engine: Engine, *members: str) -> Chain:
    """Make the journey; `members` are the couriers that joined. All have answers of their own."""
    chain = build(engine, joined=("flevo", *members, "klaar"))
    with chain.system() as session:
        for key, counts in {"levering": {4: 20, 8: 40, 10: 60}, "hulp": {6: 2, 9: 5}}.items():
            answers(session, chain, key, counts)
        for member in members:
            answers(session, chain, "levering", {3: 4, 7: 11, 10: 25}, member=member)
        comment(session, chain, "levering", "telenoord", "Alleen voor het merk bestemd.")
        comment(session, chain, "levering", "flevo", "De doos was netjes ingepakt.")
        for terms in session.scalars(
            select(HandoverTerms).where(HandoverTerms.journey_id == chain.journey)
        ):
            cases = {State.NONE: 200, State.LATE: 12}
            for state, number in cases.items():
                session.add(
                    FactCell(
                        journey_id=chain.journey,
                        circle_id=terms.circle_id,
                        handover_id=terms.handover_id,
                        state=state,
                        day=DAY,
                        cases=number,
                    )
                )
    return chain


def point_of(session: Session, chain: Chain, key: str) -> Point:
    """Return a measuring point by its key."""
    return session.scalars(
        select(Point).where(Point.journey_id == chain.journey, Point.key == key)
    ).one()


def _sits(session: Session, chain: Chain, member: str | None) -> list[uuid.UUID]:
    if member is None:
        return []
    return list(
        session.scalars(
            select(Participation.id).where(
                Participation.journey_id == chain.journey,
                Participation.organisation_id == chain.organisations[member],
            )
        )
    )


def answers(
    session: Session,
    chain: Chain,
    key: str,
    counts: dict[int, int],
    *,
    member: str | None = None,
    state: State = State.NONE,
) -> None:
    """Store answers outside any wave, as surveys counts them."""
    point = point_of(session, chain, key)
    journey = session.get_one(Journey, chain.journey)
    wave = waves.outside_wave(session, point, journey, at=NOW)
    circle = points.circle_of(session, point, _sits(session, chain, member))
    cells_changed.send(
        session,
        deltas=[
            CellDelta(
                chain.journey,
                circle,
                point.id,
                wave.id,
                wave.question_id,
                "",
                state,
                DAY,
                f"s{score}",
                number,
            )
            for score, number in counts.items()
        ],
    )


def comment(session: Session, chain: Chain, key: str, name: str, text: str) -> None:
    """Let one organisation read what a customer wrote."""
    session.add(
        PermittedComment(
            owner_id=chain.organisations[name],
            journey_id=chain.journey,
            point_id=point_of(session, chain, key).id,
            answer_id=ids.new_v4(),
            score=5,
            comment=text,
            day=DAY,
        )
    )
    session.flush()


def person(session: Session, chain: Chain, name: str, role: Role = Role.EDITOR) -> uuid.UUID:
    """Add somebody who acts for an organisation; return the person's id."""
    user = row(User, email=f"{name}@example.org", name=f"{name.title()} de Vries", language="nl")
    session.add(user)
    session.flush()
    session.add(row(Membership, owner_id=chain.organisations[name], user_id=user.id, role=role))
    session.flush()
    return user.id
