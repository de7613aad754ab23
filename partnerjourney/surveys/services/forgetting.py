"""Forgetting: raw answers go after their time, with all that tells whose they were.

The cells stay: they are counts. From then on nothing can recount the days before, so the day is
kept before which a rebuild leaves the cells as they stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, and_, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from partnerjourney.core import retention
from partnerjourney.core.links import Link, Purpose
from partnerjourney.core.parties import Setting
from partnerjourney.surveys.models import Answer, Contact, Invitation, PermittedComment, Wave

CLEARED = "answers_cleared"
_SLACK = timedelta(hours=14, days=1)
"""A day of the customer's calendar begins up to so long before UTC's, and ends after it."""


def cleared_before(session: Session) -> date | None:
    """Return the day before which raw answers may be gone, or None while none was cleared."""
    value = session.scalar(select(Setting.value).where(Setting.key == CLEARED))
    return date.fromisoformat(value["before"]) if value else None


@retention.rule("raw answers", setting="keep_answers_months")
def _answers(engine: Engine, _settings: Any, before: datetime) -> Iterator[int]:
    """Answers that came in so long ago, with comment, invitation and links."""
    old = func.coalesce(Answer.received_at, Answer.answered_at) < before

    def clear(session: Session, found: Sequence[Any]) -> int:
        chosen = (
            Answer.journey_id.in_({row.journey_id for row in found}),
            Answer.id.in_([row.id for row in found]),
        )
        asked = [row.invitation_id for row in found if row.invitation_id is not None]
        # In the order of a respondent who answers anew: first the invitation, then the answer.
        session.scalars(
            select(Invitation.id).where(Invitation.id.in_(asked)).with_for_update()
        ).all()
        gone = session.scalars(select(Answer).where(*chosen, old).with_for_update()).all()
        _forget(session, gone)
        _mark(session, before)
        return len(gone)

    wanted = select(Answer.journey_id, Answer.id, Answer.invitation_id).where(old)
    yield from retention.batches(engine, wanted, clear)


def _forget(session: Session, answers: Sequence[Answer]) -> None:
    if not answers:
        return
    asked = [answer.invitation_id for answer in answers if answer.invitation_id is not None]
    _without_sync(
        session,
        delete(PermittedComment).where(
            PermittedComment.journey_id.in_({answer.journey_id for answer in answers}),
            PermittedComment.point_id.in_({answer.point_id for answer in answers}),
            PermittedComment.answer_id.in_([answer.id for answer in answers]),
        ),
    )
    _without_sync(
        session,
        delete(Answer).where(
            Answer.journey_id.in_({answer.journey_id for answer in answers}),
            Answer.id.in_([answer.id for answer in answers]),
        ),
    )
    _without_sync(session, delete(Link).where(Link.thing_id.in_(asked)))
    _without_sync(session, delete(Invitation).where(Invitation.id.in_(asked)))


@retention.rule("invitations to answer", setting="keep_answers_months")
def _invitations(engine: Engine, _settings: Any, before: datetime) -> Iterator[int]:
    """Invitations that were sent so long ago and have no answer, with their links."""
    unanswered = ~exists().where(
        Answer.journey_id == Invitation.journey_id, Answer.invitation_id == Invitation.id
    )
    old = and_(
        unanswered,
        or_(
            Invitation.sent_day < before.date(),
            Invitation.sent_day.is_(None) & (Invitation.planned_at < before),
        ),
    )

    def clear(session: Session, found: Sequence[Any]) -> int:
        gone = session.scalars(
            select(Invitation.id)
            .where(Invitation.id.in_([row.id for row in found]), old)
            .with_for_update()
        ).all()
        _without_sync(session, delete(Link).where(Link.thing_id.in_(gone)))
        _without_sync(session, delete(Invitation).where(Invitation.id.in_(gone)))
        _mark(session, before)
        return len(gone)

    yield from retention.batches(engine, select(Invitation.id).where(old), clear)


@retention.rule("contacts", setting="keep_answers_months")
def _contacts(engine: Engine, _settings: Any, before: datetime) -> Iterator[int]:
    """Customers' addresses to which no invitation hangs any more."""
    asked = select(Invitation.contact_id).where(Invitation.contact_id.is_not(None))
    yield from retention.delete_rows(
        engine, Contact, (Contact.created_at < before) & Contact.id.not_in(asked)
    )


@retention.rule("survey links", setting="keep_links_days")
def _links(engine: Engine, _settings: Any, before: datetime) -> Iterator[int]:
    """Links to questions of waves that closed so long ago; those to stop stay alive."""
    closed = exists().where(
        Invitation.id == Link.thing_id,
        Wave.journey_id == Invitation.journey_id,
        Wave.id == Invitation.wave_id,
        Wave.closed_at < before,
    )
    yield from retention.delete_rows(engine, Link, (Link.purpose == Purpose.SURVEY) & closed)


def _mark(session: Session, before: datetime) -> None:
    """Note, in the transaction that removes them, from which day on answers can be recounted."""
    day = (before + _SLACK).date()
    known = cleared_before(session)
    if known is None or known < day:
        session.merge(Setting(key=CLEARED, value={"before": day.isoformat()}))


def _without_sync(session: Session, statement: Any) -> None:
    session.execute(statement, execution_options={"synchronize_session": False})
