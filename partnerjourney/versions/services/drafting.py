"""Keeping a snapshot of the working copy, and putting it to the parties that it touches."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import audit, border, circles, workdays
from partnerjourney.core.errors import ConflictError, InputError
from partnerjourney.core.parties import ParticipationState, Party, PartyKind
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Actor
from partnerjourney.core.texts import N_
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.organisations.queries import calendar_of, calendar_of_party
from partnerjourney.touchpoints.services import agreed_reason_needed
from partnerjourney.versions import queries
from partnerjourney.versions.models import Version, VersionAnswer
from partnerjourney.versions.rules import Snapshot, State, digest
from partnerjourney.versions.services.asking import Asking, asking, fillings
from partnerjourney.versions.services.finding import in_alignment, latest_agreed, step
from partnerjourney.versions.services.timing import LADDER

ANSWER_WITHIN = 5
"""Working days in which each of the asked answers, by its own calendar."""


def may_put(actor: Actor, place: Place) -> None:
    """Raise NotAllowedError unless the actor coordinates the journey."""
    require(actor, Permission.VERSION_PUT, place)


def draft(session: Session, actor: Actor, place: Place, *, note: str, at: datetime) -> Version:
    """Keep what the working copy says now as a version that nobody is asked about yet.

    Whoever calls this holds the journey's row. Raises ConflictError where the map is empty, or
    still says what the last version says.
    """
    may_put(actor, place)
    snapshot = queries.working(session, place)
    if not snapshot["cards"]:
        raise ConflictError("there is nothing on the map yet")
    last = session.execute(
        select(Version.number, Version.sha256, Version.state)
        .where(Version.journey_id == place.id)
        .order_by(Version.number.desc())
        .limit(1)
    ).first()
    sha256 = digest(snapshot)
    if last is not None and last.sha256 == sha256 and last.state is not State.ARCHIVED:
        raise ConflictError("the map says what the last version says")
    made = Version(
        journey_id=place.id,
        number=(last.number if last is not None else 0) + 1,
        document=snapshot,
        sha256=sha256,
        note=note.strip(),
        state=State.DRAFT,
        made_by=actor.organisation_id,
        made_at=at,
    )
    session.add(made)
    session.flush()
    record(session, made, "version.draft", at, {"number": made.number, "sha256": sha256})
    return made


def reword(
    session: Session, actor: Actor, place: Place, version: Version, *, note: str, at: datetime
) -> None:
    """Say in other words what changed in a draft: its name for who reads it. The text stays.

    Raises ConflictError for one that was agreed or is with the parties: they read what it said.
    """
    may_put(actor, place)
    if version.state is not State.DRAFT:
        raise ConflictError("only a draft is renamed")
    before, note = version.note, note.strip()
    if note != before:
        version.note = note
        session.flush()
        record(session, version, "version.reword", at, {"before": before, "after": note})


def put_forward(
    session: Session,
    actor: Actor,
    place: Place,
    version: Version,
    *,
    reason: str = "",
    at: datetime,
) -> Asking:
    """Ask the parties that a version touches; where nobody is touched it is agreed at once.

    `reason` is written down where the silo check wants one (S1). Raises InputError without it,
    and for a draft that is older than what was agreed last: it would undo that without a word;
    ConflictError while another version is with the parties.
    """
    may_put(actor, place)
    if in_alignment(session, place.id) is not None:
        raise ConflictError("another version is with the parties; take that back first")
    if outrun(session, version):
        late = N_("A later version was agreed meanwhile: make a new version from the map.")
        raise InputError({"_schema": [late]})
    _say_why(session, actor, place, reason, at)
    snapshot = queries.snapshot(session, place.id, version.id)
    found = asking(session, place, snapshot, but=version.id)
    step(version, "put_forward")
    version.round += 1
    version.basis_id = found.basis.id if found.basis else None
    version.asked = [str(party.id) for party in found.asked]
    version.unconfirmed = [str(party.id) for party in found.unconfirmed]
    version.refused_by, version.decided_at, version.put_at = None, None, at
    puts = [party for party in place.parties.values() if party.orchestrator]
    told = {"at": at.isoformat(), "organisation": str(actor.organisation_id), "means": "put"}
    version.agreed = {str(party.id): told for party in puts}
    session.flush()
    record(session, version, "version.put", at, {"asked": version.asked, "round": version.round})
    version.due_at = _ask(session, place, version, found.asked, at)
    if not version.asked:
        step(version, "agree")
        version.decided_at = at
        session.flush()
        with border.verb(session, "nobody has to be asked") as system:
            record(system, version, "version.agreed", at)
    session.flush()
    return found


def outrun(session: Session, version: Version) -> bool:
    """Say whether a version that was made later was agreed already."""
    latest = latest_agreed(session, version.journey_id)
    return latest is not None and latest.number > version.number


def kept(session: Session, place: Place, snapshot: Snapshot) -> Version | None:
    """Return the draft that says exactly what the map says now, where it is the newest version."""
    newest = session.scalar(
        select(Version)
        .where(Version.journey_id == place.id)
        .order_by(Version.number.desc())
        .limit(1)
    )
    if newest is None or newest.state is not State.DRAFT:
        return None
    return newest if newest.sha256 == digest(snapshot) else None


def _say_why(session: Session, actor: Actor, place: Place, reason: str, at: datetime) -> None:
    """A journey that covers one party only is not agreed without a written reason."""
    if not agreed_reason_needed(session, place):
        return
    if not reason.strip():
        told = N_("This journey covers one party only. Write down why that is right.")
        raise InputError({"reason": [told]})
    text = reason.strip()
    journeys.write_reason(session, actor, place, rule="S1", text=text, version=0, at=at)


def _ask(
    session: Session, place: Place, version: Version, asked: tuple[Party, ...], at: datetime
) -> datetime | None:
    """Make an answer to be given for each of the asked; return when the last one is due.

    The day that all read says nothing of a group's members: theirs stands in their own circles.
    """
    dues: list[datetime] = []
    lead = [party for party in place.parties.values() if party.orchestrator]
    fills = fillings(session, place.id)
    with border.verb(session, "put a version to the parties") as system:
        brand = workdays.deadline(
            at, ANSWER_WITHIN, calendar_of(system, place.journey.organisation_id)
        )
        for party in asked:
            for participation_id, organisation_id in _seats(system, place, party, fills):
                calendar = calendar_of_party(
                    system, place.id, party.id, participation_id=participation_id
                )
                members = {party.id: participation_id} if party.kind is PartyKind.GROUP else {}
                answer = VersionAnswer(
                    journey_id=place.id,
                    circle_id=circles.circle_for(system, place.id, [party, *lead], members=members),
                    version_id=version.id,
                    round=version.round,
                    party_id=party.id,
                    participation_id=participation_id,
                    organisation_id=organisation_id,
                    asked_at=at,
                    due_at=workdays.deadline(at, ANSWER_WITHIN, calendar),
                )
                system.add(answer)
                system.flush()
                LADDER.time(system, answer.id, answer.asked_at, calendar)
                dues.append(brand if members else answer.due_at)
            if party.kind is PartyKind.GROUP:
                dues.append(brand)
    return max(dues, default=None)


def _seats(
    system: Session,
    place: Place,
    party: Party,
    fills: Mapping[uuid.UUID, tuple[uuid.UUID, uuid.UUID]],
) -> Iterator[tuple[uuid.UUID, uuid.UUID]]:
    if party.kind is not PartyKind.GROUP:
        if party.id in fills:
            yield fills[party.id]
        return
    for member in circles.members_of(system, place.id, party.id):
        if member.state is ParticipationState.ACTIVE:
            yield member.id, member.organisation_id


def record(
    session: Session, version: Version, verb: str, at: datetime, after: object = None
) -> None:
    """Write an act on a version into the history that the whole journey reads."""
    audit.record(
        session, verb, at=at, thing_id=version.id, journey_id=version.journey_id, after=after
    )
