"""What is open of a party: what its hand-overs, cards and running waves need before it leaves."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core.parties import Party
from partnerjourney.journeys.services import Place
from partnerjourney.maps import queries as maps
from partnerjourney.maps.queries import CardRow, EdgeRow
from partnerjourney.surveys.models import Wave
from partnerjourney.surveys.rules import WaveKind, WaveState


@dataclass(frozen=True, slots=True)
class OpenHandover:
    """A hand-over at which the party stands, as far as the reader shares it."""

    id: uuid.UUID
    number: int
    name: str
    other: str
    contact: str
    waits: bool


@dataclass(frozen=True, slots=True)
class OpenWave:
    """A measuring period that runs on a stretch with the party."""

    point_id: uuid.UUID
    subject: str
    key: str
    closes_on: date | None


@dataclass(frozen=True)
class Checklist:
    """All of it, in path order."""

    handovers: Sequence[OpenHandover]
    cards: Sequence[CardRow]
    waves: Sequence[OpenWave]

    @property
    def waiting(self) -> int:
        """How many hand-overs have something that waits for an answer."""
        return sum(edge.waits for edge in self.handovers)


def checklist(
    session: Session, place: Place, party: Party, *, member: uuid.UUID | None = None
) -> Checklist:
    """Return what is open of a party; of a group, of one `member` of it."""
    found = maps.read(session, place)
    edges = [edge for edge in found.edges if party.id in (edge.from_party_id, edge.to_party_id)]
    shown = [_handover(place, party, edge, member) for edge in edges]
    ids = {edge.id for edge in edges}
    points = {point.id: point for point in found.points if ids & set(point.covers)}
    waves = session.execute(
        select(Wave.point_id, Wave.key, Wave.close_on)
        .where(
            Wave.journey_id == place.id,
            Wave.point_id.in_(points),
            Wave.state == WaveState.OPEN,
            Wave.kind != WaveKind.OUTSIDE,
        )
        .order_by(Wave.opened_at, Wave.id)
    )
    return Checklist(
        shown,
        [card for card in found.cards if card.party_id == party.id],
        [OpenWave(row[0], points[row[0]].subject, row[1], row[2]) for row in waves],
    )


def _handover(place: Place, party: Party, edge: EdgeRow, member: uuid.UUID | None) -> OpenHandover:
    rows = [row for row in edge.terms if row.member_id in (None, member)]
    own = next((row for row in reversed(rows)), None)
    other = edge.to_party_id if edge.from_party_id == party.id else edge.from_party_id
    return OpenHandover(
        edge.id,
        edge.number,
        (own.name if own else "") or edge.label,
        place.parties[other].name if other in place.parties else "",
        " · ".join(
            part for part in (own.contact_name, own.contact_reach, own.contact_hours) if part
        )
        if own
        else "",
        any(own is not None and one.terms_id == own.id for one in edge.proposals),
    )
