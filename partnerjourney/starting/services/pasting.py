"""Cards out of a spreadsheet into a journey that stands: new phases and parties come along."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from partnerjourney.core.parties import PartyKind
from partnerjourney.core.policy import Permission, allows, require
from partnerjourney.core.scopes import Member
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.starting.rules.rows import Row, RowFault, parse_rows
from partnerjourney.touchpoints import services as touchpoints
from partnerjourney.touchpoints.rules import CardKind


@dataclass(frozen=True)
class Pasted:
    """What was pasted: every line, and the phases and parties that the good ones would add."""

    rows: tuple[Row, ...]
    phases: tuple[str, ...]
    parties: tuple[str, ...]

    @property
    def good(self) -> list[Row]:
        """The lines that become cards."""
        return [row for row in self.rows if row.fault is None]

    @property
    def faulty(self) -> list[Row]:
        """The lines that do not, each with its fault."""
        return [row for row in self.rows if row.fault is not None]


def may_paste(actor: Member, place: Place) -> None:
    """Raise NotAllowedError unless the actor draws somewhere in this journey."""
    lanes = place.standing.party_ids | place.standing.interim_ids
    if not any(allows(actor, Permission.CARD_EDIT, place.owned(lane)) for lane in lanes):
        require(actor, Permission.JOURNEY_DRAW, place)


def look_at_rows(
    session: Session, actor: Member, place: Place, text: str, *, channels: Mapping[str, str]
) -> Pasted:
    """Return what pasted rows would become in a journey, without making it.

    Who coordinates adds phases and parties; another party adds cards to its own lanes only.
    """
    lanes = {party.name.casefold(): party.id for party in place.parties.values()}
    phases = {phase.content.name.casefold() for phase in journeys.phases(session, place.id)}
    leads = allows(actor, Permission.JOURNEY_DRAW, place)
    rows = []
    for row in parse_rows(text, channels):
        lane = lanes.get(row.party.casefold())
        new = lane is None or row.phase.casefold() not in phases
        foreign = lane is not None and not allows(actor, Permission.CARD_EDIT, place.owned(lane))
        if row.fault is None and (foreign or (new and not leads)):
            row = row.wrong(RowFault.NOT_YOURS if foreign else RowFault.NEW_PARTY)  # noqa: PLW2901
        rows.append(row)
    good = [row for row in rows if row.fault is None]
    return Pasted(
        tuple(rows),
        tuple(_new([row.phase for row in good], phases)),
        tuple(_new([row.party for row in good], lanes)),
    )


def _new(names: Sequence[str], known: Mapping[str, object] | set[str]) -> list[str]:
    """Return the names that are not known, each once, as it was written first."""
    found: dict[str, str] = {}
    for name in names:
        if name.casefold() not in known:
            found.setdefault(name.casefold(), name)
    return list(found.values())


def add_rows(session: Session, actor: Member, place: Place, pasted: Pasted, *, at: datetime) -> int:
    """Make the cards of the good lines, with the phases and parties that are new.

    Returns how many there are; raises NotAllowedError.
    """
    for name in pasted.parties:
        journeys.draw_party(
            session, actor, place, name=name, kind=PartyKind.ORGANISATION, subtitle="", at=at
        )
    for name in pasted.phases:
        journeys.add_phase(session, actor, place, name=name, at=at)
    if pasted.parties:
        place = journeys.find(session, actor, place.id)
    lanes = {party.name.casefold(): party.id for party in place.parties.values()}
    phases: dict[str, uuid.UUID] = {}
    for phase in journeys.phases(session, place.id):
        phases.setdefault(phase.content.name.casefold(), phase.id)
    for row in pasted.good:
        touchpoints.add(
            session,
            actor,
            place,
            phase_id=phases[row.phase.casefold()],
            party_id=lanes[row.party.casefold()],
            name=row.name,
            kind=CardKind(row.kind),
            channel=row.channel or None,
            at=at,
        )
    return len(pasted.good)
