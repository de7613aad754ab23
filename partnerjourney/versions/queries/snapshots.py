"""Snapshots: of the working copy as the map reads it, and those that are kept.

A kept snapshot never changes, so a process reads each once; who asks for it has read the row that
names it, under its own scope.
"""

from __future__ import annotations

import threading
import uuid
from collections import OrderedDict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core.errors import NotFoundError
from partnerjourney.journeys.services import Place
from partnerjourney.maps import queries as maps
from partnerjourney.maps.queries import CardRow, JourneyMap
from partnerjourney.versions.models import Version
from partnerjourney.versions.rules import Snapshot
from partnerjourney.versions.rules.snapshots import SCHEMA

_MOST = 32
_kept: OrderedDict[uuid.UUID, Snapshot] = OrderedDict()
_lock = threading.Lock()


def working(session: Session, place: Place) -> Snapshot:
    """Return the snapshot of the working copy, the same for every party of the journey."""
    return snapshot_of(maps.read(session, place))


def snapshot_of(found: JourneyMap) -> Snapshot:
    """Return the snapshot of a journey that was read for the map."""
    journey = found.place.journey
    return {
        "schema": SCHEMA,
        "journey": {
            "name": journey.name,
            "kind": journey.kind.value,
            "form_of_address": journey.form_of_address,
        },
        "parties": [
            {
                "id": str(party.id),
                "name": party.name,
                "subtitle": party.subtitle,
                "kind": party.kind.value,
                "orchestrator": party.orchestrator,
            }
            for party in found.place.parties.values()
        ],
        "roles": [
            {
                "id": str(role.id),
                "kind": role.kind.value,
                "name": role.name,
                "department": role.department,
            }
            for role in found.roles
        ],
        "phases": [
            {"id": str(phase.id), "name": phase.name, "is_use": phase.is_use}
            for phase in found.phases
        ],
        "cards": [_card(card) for card in found.cards],
        "handovers": [
            {
                "id": str(edge.id),
                "from": str(edge.from_party_id),
                "to": str(edge.to_party_id),
                "from_card": _text(edge.from_card_id),
                "to_card": _text(edge.to_card_id),
                "label": edge.label,
                "told": edge.told,
            }
            for edge in found.edges
        ],
    }


def _card(card: CardRow) -> dict[str, Any]:
    return {
        "id": str(card.id),
        "phase": str(card.phase_id),
        "party": str(card.party_id),
        "kind": card.kind.value,
        "name": card.name,
        "channel": card.channel,
        "initiator": _text(card.initiator_id),
        "receiver": _text(card.receiver_id),
        "intended_experience": card.intended_experience,
        "moment_of_truth": card.moment_of_truth,
        "perceived": _text(card.perceived_id),
        "perceived_told": card.perceived_told,
        "control": card.control.value if card.control else None,
        "roles": [[str(row.role), row.moment_of_truth, row.impact] for row in card.roles],
    }


def _text(value: uuid.UUID | None) -> str | None:
    return None if value is None else str(value)


def snapshot(session: Session, journey_id: uuid.UUID, version_id: uuid.UUID) -> Snapshot:
    """Return what a version of a journey holds; raises NotFoundError."""
    with _lock:
        found = _kept.get(version_id)
        if found is not None:
            _kept.move_to_end(version_id)
            return found
    read: Snapshot | None = session.scalar(
        select(Version.document).where(Version.journey_id == journey_id, Version.id == version_id)
    )
    if read is None:
        raise NotFoundError
    with _lock:
        _kept[version_id] = read
        while len(_kept) > _MOST:
            _kept.popitem(last=False)
    return read


def in_use(session: Session, place: Place) -> Snapshot | None:
    """Return the snapshot of the version that is in use, if one is."""
    if place.journey.in_use_id is None:
        return None
    return snapshot(session, place.id, place.journey.in_use_id)
