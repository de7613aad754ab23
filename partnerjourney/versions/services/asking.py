"""Who would be asked about a snapshot: the parties that its difference touches."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core.parties import (
    Participation,
    ParticipationRole,
    ParticipationState,
    Party,
    PartyKind,
)
from partnerjourney.journeys.services import Place
from partnerjourney.versions import queries
from partnerjourney.versions.models import Version
from partnerjourney.versions.rules import Change, Snapshot, asked, difference
from partnerjourney.versions.services.finding import latest_agreed


@dataclass(frozen=True)
class Asking:
    """The version it is compared with, what differs, who is asked and who cannot be."""

    basis: Version | None
    changes: tuple[Change, ...]
    asked: tuple[Party, ...]
    unconfirmed: tuple[Party, ...]


def asking(
    session: Session, place: Place, snapshot: Snapshot, *, but: uuid.UUID | None = None
) -> Asking:
    """Return what putting a snapshot forward would ask of whom; `but` is the version itself."""
    basis = latest_agreed(session, place.id)
    if basis is not None and basis.id == but:
        basis = None
    known = queries.snapshot(session, place.id, basis.id) if basis is not None else None
    changes = difference(known, snapshot) if known is not None else ()
    fills = fillings(session, place.id)
    said = queries.earlier_yes(session, place.id)
    same = [p for p, by in said.items() if (now := fills.get(uuid.UUID(p))) and str(now[1]) == by]
    lists = asked(
        snapshot,
        changes,
        known,
        answers=[str(party.id) for party in place.parties.values() if _answers(party)],
        agreed_before=same,
        puts=[str(party.id) for party in place.parties.values() if party.orchestrator],
    )
    found = [
        tuple(place.parties[one] for p in some if (one := uuid.UUID(p)) in place.parties)
        for some in lists
    ]
    return Asking(basis, changes, found[0], found[1])


def _answers(party: Party) -> bool:
    """Whether somebody answers for a party; whether a group has members is not for all to know."""
    if party.kind is PartyKind.GROUP:
        return True
    confirmed = party.confirmed_at is not None and party.suspended_at is None
    return party.kind is PartyKind.ORGANISATION and confirmed


def fillings(
    session: Session, journey_id: uuid.UUID
) -> Mapping[uuid.UUID, tuple[uuid.UUID, uuid.UUID]]:
    """Return party → (participation, organisation) of those that one organisation fills."""
    rows = session.execute(
        select(Participation.party_id, Participation.id, Participation.organisation_id)
        .where(
            Participation.journey_id == journey_id,
            Participation.discreet.is_(False),
            Participation.role == ParticipationRole.PARTNER,
            Participation.state == ParticipationState.ACTIVE,
        )
        .order_by(Participation.id)
    )
    return {row.party_id: (row.id, row.organisation_id) for row in rows}
