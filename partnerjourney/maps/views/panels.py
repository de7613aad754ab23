"""What the side panel says of one card or one hand-over, as far as the reader may know it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from partnerjourney.core import workdays
from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.parties import Party
from partnerjourney.core.policy import Permission, Standing, allows
from partnerjourney.core.scopes import Member
from partnerjourney.handovers.rules import TERMS
from partnerjourney.maps.queries import CardRow, EdgeRow, JourneyMap, TermsRow
from partnerjourney.maps.views import words
from partnerjourney.maps.views.judgements import Judgement
from partnerjourney.maps.views.picture import Chosen
from partnerjourney.maps.views.tables import EdgeLine, Ends, edge_line
from partnerjourney.measurement.queries import Overview
from partnerjourney.web import moments, numbers


@dataclass(frozen=True, slots=True)
class Line:
    """One field of a change: what stood there, what stands there now; lists item by item."""

    label: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A change that waits: whose, since when, what, who must confirm it, and before which day."""

    by: str
    lines: tuple[Line, ...]
    member: str
    waits_for: str
    due: str
    terms_id: uuid.UUID
    version: int
    answerable: bool


@dataclass(frozen=True, slots=True)
class Promise:
    """Where the terms of a group's member differ from the definition."""

    member: str
    lines: tuple[Line, ...]


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
        tuple(
            _change(found, edge, row, _name(names, row), may_confirm=may_confirm)
            for row in by_name
            if row.before
        ),
        definition,
        words.time_limit(definition.time_limit) if definition else "",
        tuple(_promise(definition, row, _name(names, row)) for row in by_name[1:] if definition),
        numbers.cases({state.value: n for state, n in counted.items()}),
        own and allows(actor, Permission.HANDOVER_EDIT, side) and edge.shared,
    )


def _name(names: Mapping[uuid.UUID, str], row: TermsRow) -> str:
    return names.get(row.member_id, "") if row.member_id else ""


def _promise(definition: TermsRow, row: TermsRow, member: str) -> Promise:
    lines = []
    for name in TERMS:
        usual, own = getattr(definition, name), getattr(row, name)
        if usual != own:
            lines.append(Line(words.term(name), _said(name, usual), _said(name, own)))
    return Promise(member, tuple(lines))


def _change(
    found: JourneyMap, edge: EdgeRow, row: TermsRow, member: str, *, may_confirm: bool
) -> Change:
    parties = found.place.parties
    by = parties.get(row.changed_by_id) if row.changed_by_id else None
    lead = found.place.orchestrator
    others = [
        parties[party_id].name
        for party_id in (edge.from_party_id, edge.to_party_id)
        if party_id != row.changed_by_id and parties[party_id].represented
    ]
    before = row.before or {}
    now: dict[str, Any] = {"told": edge.told}
    return Change(
        by=by.name if by else lead.name if lead else "",
        lines=tuple(
            Line(
                words.term(name),
                _said(name, before[name]),
                _said(name, now[name] if name in now else getattr(row, name)),
            )
            for name in (*TERMS, "told")
            if name in before
        ),
        member=member,
        waits_for=numbers.listed(others),
        due=(
            moments.near_day(workdays.answer_by(row.changed_at, found.place.journey.time_zone))
            if row.changed_at
            else ""
        ),
        terms_id=row.id,
        version=row.version,
        answerable=may_confirm and found.awaits_me(edge, row),
    )


def _said(name: str, value: Any) -> tuple[str, ...]:
    """A value of the terms as the reader says it; a list stays a list."""
    if isinstance(value, list):
        return tuple(str(item) for item in value)
    text = words.time_limit(value) if name == "time_limit" else value
    return (str(text),) if text else ()
