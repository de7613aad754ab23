"""Fixing facts, and what becomes of the report that is made of them."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, undefer

from partnerjourney.core import audit, border, jobs
from partnerjourney.core.errors import ConflictError, InputError, NotFoundError
from partnerjourney.core.owned import private
from partnerjourney.core.parties import User
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Actor, Member
from partnerjourney.journeys.services import Place
from partnerjourney.reviews.models import Report, ReportState
from partnerjourney.reviews.queries import collect
from partnerjourney.reviews.rules import Facts, document_of, fingerprint

MAKE_JOB = "report.make"
LANGUAGES = ("nl", "en")
MOST_WAITING = 5
"""So many reports of one organisation on one journey may be in the making at once."""


def fix_facts(
    session: Session,
    actor: Actor,
    place: Place,
    *,
    language: str,
    at: datetime,
    date_from: date | None = None,
    date_to: date | None = None,
) -> Report:
    """Fix what the acting organisation sees of a journey now, and ask for the PDF of it.

    Without days each measuring point shows its latest wave. What a key asks for is made in its
    organisation's name: nobody stands behind it, now or when it is drawn. Raises NotAllowedError,
    InputError for days or a language that cannot be, ConflictError while too many are being made.
    """
    require(actor, Permission.REPORT_MAKE, place)
    _not_too_many(session, actor, place)
    facts = facts_now(session, actor, place, at=at, date_from=date_from, date_to=date_to)
    report = _add(session, actor, place, facts, language=language, at=at)
    _enqueue(session, actor, report, at=at)
    return report


def facts_now(
    session: Session,
    actor: Actor,
    place: Place,
    *,
    at: datetime,
    date_from: date | None = None,
    date_to: date | None = None,
) -> Facts:
    """Return what the session sees of a journey now, kept nowhere yet; InputError for such days."""
    require(actor, Permission.REPORT_MAKE, place)
    if date_from and date_to and date_to < date_from:
        raise InputError({"to": ["The last day is not a date on or after the first."]})
    return collect(
        session,
        place,
        fixed_by=_name(session, actor),
        at=at,
        date_from=date_from,
        date_to=date_to,
    )


def keep(
    session: Session,
    actor: Member,
    place: Place,
    facts: Facts,
    pdf: bytes,
    *,
    language: str,
    at: datetime,
) -> Report:
    """Keep facts of the acting organisation that were drawn already, with their PDF."""
    require(actor, Permission.REPORT_MAKE, place)
    report = _add(session, actor, place, facts, language=language, at=facts.fixed_at)
    report.state, report.progress, report.pdf, report.done_at = ReportState.DONE, 100, pdf, at
    session.flush()
    return report


def _add(
    session: Session, actor: Actor, place: Place, facts: Facts, *, language: str, at: datetime
) -> Report:
    if language not in LANGUAGES:
        raise InputError({"language": ["must be nl or en"]})
    report = Report(
        owner_id=actor.organisation_id,
        journey_id=place.id,
        language=language,
        fixed_at=at,
        facts=document_of(facts),
        sha256=fingerprint(facts),
        created_at=at,
    )
    with private(session, actor) as own:
        own.add(report)
        own.flush()
        audit.record(
            own,
            "report.fix",
            at=at,
            thing_id=report.id,
            owner_id=actor.organisation_id,
            after=report.sha256,
            by=actor if own is not session else None,
        )
    return report


def find(session: Session, place: Place, report_id: uuid.UUID, *, lock: bool = False) -> Report:
    """Return a report of the acting organisation; raises NotFoundError outside it."""
    query = select(Report).where(
        Report.id == report_id,
        Report.journey_id == place.id,
        Report.owner_id == place.standing.organisation_id,
    )
    report = session.scalar(query.with_for_update() if lock else query.options(undefer(Report.pdf)))
    if report is None:
        raise NotFoundError
    return report


def file_name(place: Place, report: Report) -> str:
    """Return a name in plain letters: ketenrapport-zakelijk-internet-2026-03-31.pdf."""
    word = "ketenrapport" if report.language == "nl" else "joint-report"
    return f"{word}-{place.journey.slug}-{report.facts['fixed_on']}.pdf"


def retry(
    session: Session, actor: Actor, place: Place, report_id: uuid.UUID, *, at: datetime
) -> Report:
    """Draw a report that failed once more, of the same facts; ConflictError for another.

    What a key asks for is drawn in its organisation's name, whoever fixed the facts.
    """
    require(actor, Permission.REPORT_MAKE, place)
    with private(session, actor) as own:
        report = find(own, place, report_id, lock=True)
        if report.state is not ReportState.FAILED:
            raise ConflictError("this report did not fail")
        report.state, report.progress, report.problem = ReportState.WAITING, 0, None
        own.flush()
    _enqueue(session, actor, report, at=at)
    return report


def to_draw(session: Session, owner_id: uuid.UUID, report_id: uuid.UUID) -> Report | None:
    """Return a report with its facts unless it is drawn already."""
    report = session.scalar(
        select(Report)
        .where(Report.owner_id == owner_id, Report.id == report_id)
        .options(undefer(Report.facts))
    )
    return None if report is None or report.state is ReportState.DONE else report


def progressed(session: Session, owner_id: uuid.UUID, report_id: uuid.UUID, progress: int) -> None:
    """Note how far the drawing is, in per cent."""
    _set(session, owner_id, report_id, state=ReportState.MAKING, progress=progress)


def store(
    session: Session, owner_id: uuid.UUID, report_id: uuid.UUID, pdf: bytes, *, at: datetime
) -> None:
    """Keep the PDF: the report is done."""
    _set(
        session,
        owner_id,
        report_id,
        state=ReportState.DONE,
        progress=100,
        problem=None,
        pdf=pdf,
        done_at=at,
    )


def failed(session: Session, owner_id: uuid.UUID, report_id: uuid.UUID, *, reason: str) -> None:
    """Note that the report could not be drawn, and why in one word."""
    _set(session, owner_id, report_id, state=ReportState.FAILED, problem=reason)


def _set(session: Session, owner_id: uuid.UUID, report_id: uuid.UUID, **values: Any) -> None:
    session.execute(
        update(Report)
        .where(
            Report.owner_id == owner_id,
            Report.id == report_id,
            Report.state != ReportState.DONE,
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _enqueue(session: Session, actor: Actor, report: Report, *, at: datetime) -> None:
    jobs.enqueue(
        session,
        MAKE_JOB,
        at=at,
        thing_id=report.id,
        organisation_id=actor.organisation_id,
        user_id=actor.user_id,
    )


def _not_too_many(session: Session, actor: Actor, place: Place) -> None:
    waiting = session.scalars(
        select(Report.id).where(
            Report.owner_id == actor.organisation_id,
            Report.journey_id == place.id,
            Report.state.in_((ReportState.WAITING, ReportState.MAKING)),
        )
    ).all()
    if len(waiting) >= MOST_WAITING:
        raise ConflictError("several reports are being made already")


def _name(session: Session, actor: Actor) -> str:
    """The person who fixes the facts; empty for the command line and for a system."""
    if actor.user_id is None or border.lifted(session):
        return ""
    user = session.get(User, actor.user_id)
    return user.name if user else ""
