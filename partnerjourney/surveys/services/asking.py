"""Asking: a contact list becomes invitations, those that may be sent are handed to the worker.

A list is answered with what is wrong in its lines and nothing else: whether an address may be
asked, was asked or wants no questions is not told, or a list would be an oracle. Every question
that is not sent is kept with its reason.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from partnerjourney.core import audit, border, ids
from partnerjourney.core.errors import ConflictError
from partnerjourney.core.jobs import Job
from partnerjourney.core.parties import (
    Journey,
    Organisation,
    Participation,
    ParticipationState,
)
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Member
from partnerjourney.events.models import Case, CaseReference
from partnerjourney.journeys.services import Place
from partnerjourney.surveys.models import Contact, Invitation, OptOut, Point, Wave
from partnerjourney.surveys.rules import InvitationState, WaveKind, WaveState
from partnerjourney.surveys.rules.asking import YEAR, address_mac, drawn, suppression
from partnerjourney.surveys.rules.uploads import Fault, Row, Upload
from partnerjourney.surveys.services import points

SEND = "survey.send"
REMIND = "survey.remind"


def upload(
    session: Session,
    actor: Member,
    place: Place,
    point: Point,
    wave: Wave,
    *,
    found: Upload,
    secret: str,
    at: datetime,
) -> list[Fault]:
    """Take a contact list for an open wave; with any fault, which is returned, none is taken.

    The contacts belong to the acting organisation. `secret` is the installation's: addresses are
    compared by a keyed hash.
    """
    require(actor, Permission.WAVE_MANAGE, place)
    if wave.state is not WaveState.OPEN or wave.kind is WaveKind.OUTSIDE:
        raise ConflictError("this wave is not open")
    members = _members(session, place.id)
    faults = [
        *found.faults,
        *(
            Fault(row.line, "member", row.member)
            for row in found.rows
            if row.member and row.member.casefold() not in members
        ),
    ]
    if faults:
        return sorted(faults, key=lambda fault: fault.line)
    contacts = _contacts(session, actor.organisation_id, found.rows, at=at)
    session.flush()
    with border.verb(session, "plan invitations") as system:
        _plan(system, place.journey, point, wave, found.rows, contacts, members, secret, at)
    audit.record(
        session,
        "wave.upload",
        at=at,
        thing_id=wave.id,
        journey_id=place.id,
        circle_id=point.base_circle_id,
    )
    return []


def _members(session: Session, journey_id: uuid.UUID) -> dict[str, uuid.UUID]:
    """Return name or slug → participation of the members of groups that the actor sees."""
    rows = session.execute(
        select(Participation.id, Organisation.slug, Organisation.name)
        .join(Organisation, Organisation.id == Participation.organisation_id)
        .where(
            Participation.journey_id == journey_id,
            Participation.discreet.is_(True),
            Participation.state != ParticipationState.LEFT,
        )
    )
    found: dict[str, uuid.UUID] = {}
    for row in rows:
        found[row.slug.casefold()] = found[row.name.casefold()] = row.id
    return found


def _contacts(
    session: Session, owner_id: uuid.UUID, rows: Sequence[Row], *, at: datetime
) -> dict[int, Contact]:
    """Return line → contact of the acting organisation, made or brought up to date."""
    addresses = {row.email.casefold(): row for row in rows}
    there = {
        contact.email.casefold(): contact
        for contact in session.scalars(
            select(Contact).where(
                Contact.owner_id == owner_id, func.lower(Contact.email).in_(addresses)
            )
        )
    }
    found = {}
    for address, row in addresses.items():
        contact = there.get(address)
        if contact is None:
            contact = Contact(owner_id=owner_id, id=ids.new_v4(), email=row.email, created_at=at)
            session.add(contact)
        for name in ("name", "salutation", "account", "role"):
            if value := getattr(row, name):
                setattr(contact, name, value)
        found[row.line] = contact
    return found


# --- planning, under the System scope -----------------------------------------------------------


@dataclass(frozen=True)
class Pressure:
    """What a customer owner asked of some addresses before, by their keyed hash."""

    asked: Mapping[str, Sequence[datetime]]
    opted_out: frozenset[str]

    def reason(self, mac: str, at: datetime) -> str | None:
        """Return why this address may not be asked now."""
        found = suppression(self.asked.get(mac, ()), at, opted_out=mac in self.opted_out)
        return None if found is None else found.value


def pressure(
    system: Session,
    customer_owner_id: uuid.UUID,
    macs: Iterable[str],
    *,
    at: datetime,
    but: uuid.UUID | None = None,
) -> Pressure:
    """Look up what was asked over all journeys of a customer owner; planned counts as asked.

    `but` names an invitation that does not count: the one that is about to be sent.
    """
    wanted = list(macs)
    moment = func.coalesce(Invitation.sent_at, Invitation.planned_at)
    waiting = Invitation.state == InvitationState.PLANNED
    query = select(Invitation.address_mac, moment.label("at")).where(
        Invitation.customer_owner_id == customer_owner_id,
        Invitation.address_mac.in_(wanted),
        Invitation.sent_at.is_not(None) if but else (Invitation.sent_at.is_not(None) | waiting),
        moment > at - YEAR,
    )
    if but is not None:
        query = query.where(Invitation.id != but)
    asked: dict[str, list[datetime]] = {}
    for row in system.execute(query):
        asked.setdefault(row.address_mac, []).append(row.at)
    opted_out = system.scalars(
        select(OptOut.address_mac).where(
            OptOut.customer_owner_id == customer_owner_id, OptOut.address_mac.in_(wanted)
        )
    )
    return Pressure(asked, frozenset(opted_out))


def _plan(
    system: Session,
    journey: Journey,
    point: Point,
    wave: Wave,
    rows: Sequence[Row],
    contacts: Mapping[int, Contact],
    members: Mapping[str, uuid.UUID],
    secret: str,
    at: datetime,
) -> None:
    owner = journey.customer_owner_id
    macs = {row.line: address_mac(secret, owner, row.email) for row in rows}
    before = set(
        system.scalars(
            select(Invitation.address_mac).where(
                Invitation.journey_id == journey.id, Invitation.wave_id == wave.id
            )
        )
    )
    known = pressure(system, owner, macs.values(), at=at)
    circles = points.circles_of_point(system, point)
    sitting = frozenset[str]().union(*circles)
    cases = _cases(system, journey.id, {row.reference for row in rows if row.reference}, at=at)
    planned: list[dict[str, Any]] = []
    for row in rows:
        mac = macs[row.line]
        if mac in before:
            continue
        lot = None if drawn(wave.id, mac, wave.sample_percent) else "not_drawn"
        reason = known.reason(mac, at) or lot
        member = members.get(row.member.casefold()) if row.member else None
        contact = contacts[row.line]
        planned.append(
            {
                "journey_id": journey.id,
                "id": ids.new_v4(),
                "circle_id": circles[frozenset({str(member)}) & sitting],
                "point_id": point.id,
                "wave_id": wave.id,
                "contact_id": contact.id,
                "contact_owner_id": contact.owner_id,
                "customer_owner_id": owner,
                "address_mac": mac,
                "case_id": cases.get(row.reference),
                "about_day": row.day,
                "reference": row.reference,
                "named": bool(contact.name),
                "role": contact.role,
                "state": InvitationState.SUPPRESSED if reason else InvitationState.PLANNED,
                "suppressed": reason,
                "planned_at": at,
            }
        )
    border.bulk_insert(system, Invitation, planned)
    border.bulk_insert(
        system,
        Job,
        [job(SEND, one["id"], run_at=at, at=at) for one in planned if one["suppressed"] is None],
    )


def job(kind: str, thing_id: uuid.UUID, *, run_at: datetime, at: datetime) -> dict[str, object]:
    """Return a job about one invitation as a row; it is done once."""
    return {
        "id": ids.new_v7(),
        "kind": kind,
        "thing_id": thing_id,
        "dedupe_key": str(thing_id),
        "run_at": run_at,
        "created_at": at,
    }


def _cases(
    system: Session, journey_id: uuid.UUID, references: set[str], *, at: datetime
) -> dict[str, uuid.UUID]:
    """Return reference → case; a reference that nobody used yet opens a case of its own."""
    if not references:
        return {}
    found: dict[str, uuid.UUID] = {}
    rows = system.execute(
        select(CaseReference.value, CaseReference.kind, CaseReference.case_id)
        .where(CaseReference.journey_id == journey_id, CaseReference.value.in_(references))
        .order_by((CaseReference.kind == REFERENCE).desc(), CaseReference.kind)
    )
    for row in rows:
        found.setdefault(row.value, row.case_id)
    new = sorted(references - set(found))
    made = {value: ids.new_v4() for value in new}
    border.bulk_insert(
        system,
        Case,
        [{"journey_id": journey_id, "id": made[value], "created_at": at} for value in new],
    )
    border.bulk_insert(
        system,
        CaseReference,
        [
            {"journey_id": journey_id, "kind": REFERENCE, "value": value, "case_id": made[value]}
            for value in new
        ],
    )
    return found | made


REFERENCE = "case"
"""The kind of reference under which a case is known that a contact list or sender names."""
