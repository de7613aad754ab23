"""What the side panel says of one card or one hand-over, as far as the reader may know it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from partnerjourney.complaints.queries import Marked
from partnerjourney.core import clock
from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.parties import Party, PartyKind
from partnerjourney.core.policy import Permission, Standing, allows
from partnerjourney.core.scopes import Member
from partnerjourney.handovers import words
from partnerjourney.handovers.rules import TERMS
from partnerjourney.maps.queries import CardRow, EdgeRow, JourneyMap, RoleRow, TermsRow
from partnerjourney.maps.views.judgements import Judgement
from partnerjourney.maps.views.mailed import Mailed, mailed
from partnerjourney.maps.views.picture import Chosen
from partnerjourney.maps.views.tables import EdgeLine, Ends, edge_line
from partnerjourney.measurement.queries import Overview
from partnerjourney.proposals.queries import Emergency, OpenProposal
from partnerjourney.proposals.rules import Subject, read
from partnerjourney.proposals.services import speaks_for
from partnerjourney.proposals.words import lines
from partnerjourney.touchpoints.rules import Control, Weighed
from partnerjourney.web import moments, numbers


@dataclass(frozen=True, slots=True)
class Change:
    """A proposal that waits: whose, what, why, who must answer, before which moment.

    `asked` tells that the reader answers, `mine` that the reader may take it back; `member` is the
    member of a group whose terms it is about.
    """

    id: uuid.UUID
    by: str
    lines: tuple[words.Line, ...]
    reason: str
    waits_for: str
    due: str
    asked: bool
    mine: bool
    member: str


@dataclass(frozen=True, slots=True)
class Urgent:
    """An emergency change that holds: whose, what, why, until when."""

    id: uuid.UUID
    by: str
    lines: tuple[words.Line, ...]
    reason: str
    until: str


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
    urgent: tuple[Urgent, ...]
    terms: TermsRow | None
    limit: str
    promises: tuple[Promise, ...]
    cases: str
    may_edit: bool
    complaints: tuple[Marked, ...] = ()
    mailed: tuple[Mailed, ...] = ()


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
    changes: tuple[Change, ...]
    may_edit: bool
    may_propose: bool
    perceived: Party | None
    done_by: Party | None
    undecided: bool
    control: Control
    roles: tuple[tuple[RoleRow, Weighed], ...]
    mailed: tuple[Mailed, ...] = ()
    mandated_until: str = ""


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
    own, owner = found.viewpoint is None, place.parties[card.party_id]
    mine = allows(actor, Permission.CARD_EDIT, place.owned(card.party_id))
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
        tuple(_change(found, proposal, "", Subject.CARD, actor) for proposal in card.proposals),
        own and mine,
        own
        and not mine
        and owner.confirmed_at is not None
        and owner.represented
        and allows(actor, Permission.CARD_PROPOSE, place),
        place.parties.get(card.perceived_id) if card.perceived_id else None,
        found.done_by(card),
        found.undecided(card),
        found.control(card),
        tuple((role, row) for role in found.roles for row in card.roles if row.role == role.id),
        mailed(found).get(card.id, ()),
        _mandated_until(found, card, actor) if own and not mine else "",
    )


def _mandated_until(found: JourneyMap, card: CardRow, actor: Member) -> str:
    """Until when the reader may describe a card for its owner; empty without a mandate today."""
    until, zone = card.mandated_until, ZoneInfo(found.place.journey.time_zone)
    if until is None or until < clock.now().astimezone(zone).date():
        return ""
    under = found.place.under([card.party_id])
    may = allows(actor, Permission.CARD_DESCRIBE, under.owned(card.party_id))
    return moments.full_day(until) if may else ""


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
            _change(
                found,
                proposal,
                names.get(member_id, "") if member_id else "",
                Subject.HANDOVER,
                actor,
                edge,
            )
            for proposal in edge.waiting
            for member_id in [edge.member_of(proposal)]
        ),
        tuple(_urgent(found, one) for one in edge.emergencies),
        definition,
        words.time_limit(definition.time_limit) if definition else "",
        tuple(_promise(definition, row, _name(names, row)) for row in by_name[1:] if definition),
        numbers.cases({state.value: n for state, n in counted.items()}),
        own and allows(actor, Permission.HANDOVER_EDIT, side) and edge.shared,
        tuple(one for one in found.complaints if one.handover_id == edge.id),
        mailed(found).get(edge.id, ()),
    )


def _name(names: Mapping[uuid.UUID, str], row: TermsRow) -> str:
    return names.get(row.member_id, "") if row.member_id else ""


def _promise(definition: TermsRow, row: TermsRow, member: str) -> Promise:
    usual = {name: getattr(definition, name) for name in TERMS}
    own = {name: getattr(row, name) for name in TERMS}
    differs = {name: value for name, value in usual.items() if own[name] != value}
    return Promise(member, words.changed(differs, own))


def _change(
    found: JourneyMap,
    proposal: OpenProposal,
    member: str,
    subject: Subject,
    actor: Member,
    edge: EdgeRow | None = None,
) -> Change:
    place = found.place
    may = found.viewpoint is None and allows(actor, Permission.PROPOSAL_ANSWER, place)
    return Change(
        proposal.id,
        place.parties[proposal.by_party_id].name,
        lines(subject, proposal.changes),
        proposal.reason,
        _waits_for(found, proposal, member, edge),
        moments.near(proposal.due_at, place.journey.time_zone),
        may and found.awaits_me(proposal),
        may and speaks_for(place, proposal.by_party_id),
        member,
    )


def _waits_for(found: JourneyMap, proposal: OpenProposal, member: str, edge: EdgeRow | None) -> str:
    """Who must still say yes: other parties, or the members of a group by name."""
    if proposal.members and edge is not None:
        names = {one.participation_id: one.name for one in found.members}
        open_ones = [one for one in edge.proposals if str(one.id) in proposal.members]
        members = (edge.member_of(one) for one in open_ones)
        return numbers.listed(sorted(names.get(one, "") for one in members if one))
    return numbers.listed(
        [
            member if member and party.kind is PartyKind.GROUP else party.name
            for party in (found.place.parties[party_id] for party_id in proposal.waiting)
        ]
    )


def _urgent(found: JourneyMap, change: Emergency) -> Urgent:
    place = found.place
    return Urgent(
        change.id,
        place.parties[change.by_party_id].name,
        lines(Subject.HANDOVER, read(change.fields)),
        change.reason,
        moments.near(change.until, place.journey.time_zone),
    )
