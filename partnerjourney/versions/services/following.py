"""What versions do of themselves: follow who leaves; and a reminder by hand."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import border
from partnerjourney.core.departing import Departure, participation_left, participation_suspended
from partnerjourney.core.errors import ConflictError
from partnerjourney.core.parties import Participation, Party, PartyKind
from partnerjourney.core.scopes import Actor
from partnerjourney.journeys.services import Place
from partnerjourney.versions.models import Version, VersionAnswer
from partnerjourney.versions.rules import Answer, State, waits_for
from partnerjourney.versions.services.drafting import may_put, record
from partnerjourney.versions.services.finding import step
from partnerjourney.versions.services.timing import LADDER


@participation_left.connect
def _party_left(system: Session, *, departure: Departure) -> None:
    """Nobody waits for who has left; its lane is listed as one that nobody answers for."""
    _wait_no_more(system, departure.participation, departure.at)


@participation_suspended.connect
def _party_suspended(system: Session, *, participation: Participation, at: datetime) -> None:
    """Nor for who is suspended: it reads nothing. Once back it is asked along with the next one."""
    _wait_no_more(system, participation, at)


def _wait_no_more(system: Session, gone: Participation, at: datetime) -> None:
    for answer in system.scalars(
        select(VersionAnswer).where(
            VersionAnswer.journey_id == gone.journey_id,
            VersionAnswer.participation_id == gone.id,
            VersionAnswer.state == Answer.WAITING,
        )
    ).all():
        answer.state, answer.answered_at = Answer.VOID, at
    system.flush()
    party = system.get_one(Party, (gone.journey_id, gone.party_id))
    if party.kind is PartyKind.GROUP:
        return
    for version in system.scalars(
        select(Version)
        .where(Version.journey_id == gone.journey_id, Version.state == State.ALIGNMENT)
        .with_for_update()
    ).all():
        _without(system, version, party, at)


def _without(system: Session, version: Version, party: Party, at: datetime) -> None:
    lane = str(party.id)
    if lane not in version.asked or lane in version.agreed:
        return
    version.asked = [one for one in version.asked if one != lane]
    version.unconfirmed = [*version.unconfirmed, lane]
    groups = {
        str(one)
        for one in system.scalars(
            select(Party.id).where(
                Party.journey_id == version.journey_id, Party.kind == PartyKind.GROUP
            )
        )
    }
    if not groups & set(version.asked) and not waits_for(version.asked, version.agreed):
        step(version, "agree")
        version.decided_at = at
        record(system, version, "version.agreed", at)
    system.flush()


def remind(session: Session, actor: Actor, place: Place, version: Version, *, at: datetime) -> int:
    """Have those mailed who have yet to answer, once a day; returns how many organisations.

    Raises ConflictError where nobody is asked any more.
    """
    may_put(actor, place)
    if version.state is not State.ALIGNMENT:
        raise ConflictError("nobody is asked any more")
    with border.verb(session, "remind of a version") as system:
        waiting = system.scalars(
            select(VersionAnswer.id).where(
                VersionAnswer.journey_id == place.id,
                VersionAnswer.version_id == version.id,
                VersionAnswer.state == Answer.WAITING,
            )
        ).all()
        for answer_id in waiting:
            LADDER.ask_again(system, answer_id, at=at)
    return len(waiting)
