"""What the side panel says of one card or one hand-over, as far as the reader may know it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from partnerjourney.core import workdays
from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.parties import Party, PartyKind
from partnerjourney.core.policy import Permission, Standing, allows
from partnerjourney.core.scopes import Member
from partnerjourney.handovers import words
from partnerjourney.handovers.rules import TERMS
from partnerjourney.maps.queries import CardRow, EdgeRow, JourneyMap, RoleRow, TermsRow
from partnerjourney.maps.views.judgements import Judgement
from partnerjourney.maps.views.picture import Chosen
from partnerjourney.maps.views.tables import EdgeLine, Ends, edge_line
from partnerjourney.measurement.queries import Overview
from partnerjourney.touchpoints.rules import Control, Weighed
from partnerjourney.web import moments, numbers


@dataclass(frozen=True, slots=True)
class Asked:
    """One yes that is asked of the reader: for which terms as they were shown, of which member."""

    terms_id: uuid.UUID
    version: int
    member: str


@dataclass(frozen=True, slots=True)
class Change:
    """A change that waits: whose, what, who must confirm it, before which day."""

    by: str
    lines: tuple[words.Line, ...]
    waits_for: str
    due: str
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Promise:
    """Where the terms of a group's member differ from the definition."""

    member: str
    lines: tuple[words.Line, ...]


@dataclass(frozen=True)
class EdgePanel:
    """The panel of a hand-over; without `terms` the reader is not of its circle."""

    line: EdgeLine
    members: Mapping[uuid.UUID, tuple[str, ...]]
    changes: tuple[Change, ...]
    terms: TermsRow | None
    limit: str
    promises: tuple[Promise, ...]
    cases: str
    may_edit: bool


@dataclass(frozen=True)
class CardPanel:
    """The panel of a card: its own words, its hand-overs and its measuring points."""

    card: CardRow
    phase: str
    owner: Party
    initiator: Party | None
    receiver: Party | None
    edges: tuple[EdgeLine, ...]
    judgements: tuple[Judgement, ...]
    may_edit: bool
    perceived: Party | None
    done_by: Party | None
    undecided: bool
    control: Control
    roles: tuple[tuple[RoleRow, Weighed], ...]


@dataclass(frozen=True, slots=True)
class _Side:
    """What the policy asks about a hand-over."""

    standing: Standing
    from_party_id: uuid.UUID
    to_party_id: uuid.UUID


def panel(
    found: JourneyMap,
    chosen: Chosen,
    drawn: Ends,
    judged: Mapping[uuid.UUID, Judgement],
    seen: Overview,
    *,
    actor: Member,
) -> CardPanel | EdgePanel | None:
    """Return the panel of what was selected; NotFoundError for what this journey does not have."""
    if chosen.edge is not None:
        edge = next((edge for edge in found.edges if edge.id == chosen.edge), None)
        if edge is None:
            raise NotFoundError
        return _edge(found, edge, drawn, judged, seen, actor)
    if chosen.card is not None:
        card = next((card for card in found.cards if card.id == chosen.card), None)
        if card is None:
            raise NotFoundError
        return _card(found, card, drawn, judged, actor)
    return None


def _card(
    found: JourneyMap,
    card: CardRow,
    drawn: Ends,
    judged: Mapping[uuid.UUID, Judgement],
    actor: Member,
) -> CardPanel:
    place = found.place
    phases = {phase.id: phase.name for phase in found.phases}
    edges = [edge for edge in found.edges if card in drawn.get(edge.id, ())]
    return CardPanel(
        card,
        phases[card.phase_id],
        place.parties[card.party_id],
        place.parties.get(card.initiator_id) if card.initiator_id else None,
        place.parties.get(card.receiver_id) if card.receiver_id else None,
        tuple(edge_line(found, drawn, judged, edge) for edge in edges),
        tuple(
            judged[point.id]
            for point in found.points
            if point.card_id == card.id and point.id in judged
        ),
        found.viewpoint is None and allows(actor, Permission.CARD_EDIT, place.owned(card.party_id)),
        place.parties.get(card.perceived_id) if card.perceived_id else None,
        found.done_by(card),
        found.undecided(card),
        found.control(card),
        tuple((role, row) for role in found.roles for row in card.roles if row.role == role.id),
    )


def _edge(
    found: JourneyMap,
    edge: EdgeRow,
    drawn: Ends,
    judged: Mapping[uuid.UUID, Judgement],
    seen: Overview,
    actor: Member,
) -> EdgePanel:
    side = _Side(found.place.standing, edge.from_party_id, edge.to_party_id)
    own = found.viewpoint is None
    may_confirm = own and allows(actor, Permission.HANDOVER_CONFIRM, side)
    names = {member.participation_id: member.name for member in found.members}
    facts = seen.cases.get(edge.id)
    hidden = found.viewpoint is not None and found.viewpoint.kind.value == "group"
    counted = {} if facts is None or hidden else facts.by_state
    by_name = sorted(edge.terms, key=lambda row: (row.member_id is not None, _name(names, row)))
    definition = by_name[0] if by_name else None
    return EdgePanel(
        edge_line(found, drawn, judged, edge),
        {
            party_id: tuple(member.name for member in found.members_of(party_id))
            for party_id in (edge.from_party_id, edge.to_party_id)
        },
        _changes(found, edge, names, may_confirm=may_confirm),
        definition,
        words.time_limit(definition.time_limit) if definition else "",
        tuple(_promise(definition, row, _name(names, row)) for row in by_name[1:] if definition),
        numbers.cases({state.value: n for state, n in counted.items()}),
        own and allows(actor, Permission.HANDOVER_EDIT, side) and edge.shared,
    )


def _name(names: Mapping[uuid.UUID, str], row: TermsRow) -> str:
    return names.get(row.member_id, "") if row.member_id else ""


def _promise(definition: TermsRow, row: TermsRow, member: str) -> Promise:
    usual = {name: getattr(definition, name) for name in TERMS}
    own = {name: getattr(row, name) for name in TERMS}
    differs = {name: value for name, value in usual.items() if own[name] != value}
    return Promise(member, words.changed(differs, own))


def _changes(
    found: JourneyMap, edge: EdgeRow, names: Mapping[uuid.UUID, str], *, may_confirm: bool
) -> tuple[Change, ...]:
    """Return the changes that wait; the same change in the terms of several members once."""
    same: dict[tuple[Any, ...], list[TermsRow]] = {}
    for row in edge.waiting:
        key = (row.changed_by_id, _lines(edge, row))
        same.setdefault(key, []).append(row)
    return tuple(
        _change(found, edge, rows, lines, names, may_confirm=may_confirm)
        for (_, lines), rows in same.items()
    )


def _change(
    found: JourneyMap,
    edge: EdgeRow,
    rows: list[TermsRow],
    lines: tuple[words.Line, ...],
    names: Mapping[uuid.UUID, str],
    *,
    may_confirm: bool,
) -> Change:
    first = min(rows, key=lambda row: (row.changed_at is None, row.changed_at, row.id))
    by = found.place.parties.get(first.changed_by_id) if first.changed_by_id else None
    by = by or found.place.orchestrator
    due = ""
    if first.changed_at is not None:
        zone = found.place.journey.time_zone
        due = moments.near_day(workdays.answer_by(first.changed_at, zone))
    asked = [row for row in rows if may_confirm and found.awaits_me(edge, row)]
    return Change(
        by.name if by else "",
        lines,
        _waits_for(found, edge, rows, names),
        due,
        tuple(
            Asked(row.id, row.version, _name(names, row) if len(asked) > 1 else "")
            for row in sorted(asked, key=lambda row: _name(names, row))
        ),
    )


def _waits_for(
    found: JourneyMap, edge: EdgeRow, rows: list[TermsRow], names: Mapping[uuid.UUID, str]
) -> str:
    """Who must still say yes: the other parties, or the members of a group by name."""
    parties = found.place.parties
    told: list[str] = []
    for party_id in (edge.from_party_id, edge.to_party_id):
        party = parties[party_id]
        if party_id == rows[0].changed_by_id or not party.represented:
            continue
        members = sorted(name for row in rows if (name := _name(names, row)))
        told += members if party.kind is PartyKind.GROUP and members else [party.name]
    return numbers.listed(told)


def _lines(edge: EdgeRow, row: TermsRow) -> tuple[words.Line, ...]:
    before = row.before or {}
    now = {name: getattr(row, name) for name in before if name != "told"}
    return words.changed(before, {**now, "told": edge.told})
