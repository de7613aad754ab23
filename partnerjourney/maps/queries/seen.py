"""What a reader sees of a journey: rows in the order of the path, and who looks at them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from partnerjourney.announcements.queries import Told
from partnerjourney.complaints.queries import Marked
from partnerjourney.confirming.queries import SaidByMail
from partnerjourney.core.parties import Party, PartyKind
from partnerjourney.journeys.services import Place
from partnerjourney.measurement.rules import Metric
from partnerjourney.proposals.queries import Emergency, OpenProposal
from partnerjourney.proposals.services import speaks_for
from partnerjourney.touchpoints.rules import (
    CardKind,
    Control,
    RoleKind,
    Weighed,
    clashes,
    control_of,
    done_by,
    undecided,
)


@dataclass(frozen=True, slots=True)
class PhaseRow:
    """A column of the map; `is_use`: here the customer uses what it bought."""

    id: uuid.UUID
    name: str
    is_use: bool = False
    version: int = 0


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A customer role, in the order of the list."""

    id: uuid.UUID
    key: str
    kind: RoleKind
    name: str
    department: str


@dataclass(frozen=True, slots=True)
class CardRow:
    """A card, in path order."""

    id: uuid.UUID
    phase_id: uuid.UUID
    party_id: uuid.UUID
    kind: CardKind
    name: str
    channel: str | None
    initiator_id: uuid.UUID | None
    receiver_id: uuid.UUID | None
    intended_experience: str
    moment_of_truth: bool
    perceived_id: uuid.UUID | None = None
    perceived_told: str = ""
    control: Control | None = None
    version: int = 0
    mandated_until: date | None = None
    roles: tuple[Weighed, ...] = ()
    proposals: tuple[OpenProposal, ...] = ()
    by_mail: tuple[SaidByMail, ...] = ()

    def is_truth_for(self, role_id: uuid.UUID | None) -> bool:
        """Whether it is a moment of truth: for this role, or without one for anybody."""
        if self.moment_of_truth:
            return True
        return any(row.moment_of_truth and role_id in (None, row.role) for row in self.roles)

    @property
    def clashes(self) -> bool:
        """Whether it is good for one customer role and bad for another."""
        return clashes(self.roles)

    @property
    def is_step(self) -> bool:
        """Whether the customer does not notice it."""
        return self.kind is CardKind.STEP


@dataclass(frozen=True, slots=True)
class TermsRow:
    """What one circle agreed of a hand-over."""

    id: uuid.UUID
    member_id: uuid.UUID | None
    name: str
    trigger: str
    time_limit: str | None
    checklist: Sequence[str]
    refuse_reasons: Sequence[str]
    contact_name: str
    contact_reach: str
    contact_hours: str
    version: int


@dataclass(frozen=True, slots=True)
class EdgeRow:
    """A hand-over with its number; `terms` only where they are shared, the definition first."""

    id: uuid.UUID
    number: int
    terms: tuple[TermsRow, ...]
    proposals: tuple[OpenProposal, ...]
    emergencies: tuple[Emergency, ...]
    by_mail: tuple[SaidByMail, ...]
    from_party_id: uuid.UUID
    to_party_id: uuid.UUID
    from_card_id: uuid.UUID | None
    to_card_id: uuid.UUID | None
    label: str
    told: str
    version: int

    @property
    def shared(self) -> bool:
        """Whether the reader is of its circle."""
        return bool(self.terms)

    @property
    def waiting(self) -> list[OpenProposal]:
        """The proposals that wait; what is put to a whole group once, and not for each member."""
        of_group = {one for proposal in self.proposals for one in proposal.members}
        return [proposal for proposal in self.proposals if str(proposal.id) not in of_group]

    def member_of(self, proposal: OpenProposal) -> uuid.UUID | None:
        """Return the member of a group whose terms a proposal is about."""
        return next((row.member_id for row in self.terms if row.id == proposal.terms_id), None)


@dataclass(frozen=True, slots=True)
class PointRow:
    """A measuring point that the reader shares; `covers` are the hand-overs of its stretch."""

    id: uuid.UUID
    key: str
    card_id: uuid.UUID
    subject: str
    metric: Metric
    covers: tuple[uuid.UUID, ...]


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member of a group, as far as the reader may know of it."""

    participation_id: uuid.UUID
    party_id: uuid.UUID
    organisation_id: uuid.UUID
    name: str


@dataclass(frozen=True)
class JourneyMap:
    """A journey as it is seen: by the reader, or by the party `viewpoint`."""

    place: Place = field(compare=False)  # rows of a session, another at each reading
    viewpoint: Party | None = field(compare=False)
    phases: tuple[PhaseRow, ...]
    cards: tuple[CardRow, ...]
    edges: tuple[EdgeRow, ...]
    points: tuple[PointRow, ...]
    members: tuple[MemberRow, ...]
    roles: tuple[RoleRow, ...] = ()
    complaints: tuple[Marked, ...] = ()
    announced: tuple[Told, ...] = ()

    @cached_property
    def customer(self) -> Party | None:
        """The customer's own lane."""
        return next((p for p in self.place.parties.values() if p.kind is PartyKind.CUSTOMER), None)

    def done_by(self, card: CardRow) -> Party | None:
        """Return the company behind a card; in the customer's lane the other side of it."""
        customer = self.customer.id if self.customer else None
        found = done_by(card.party_id, card.initiator_id, card.receiver_id, customer)
        return self.place.parties.get(found) if found else None

    def control(self, card: CardRow) -> Control:
        """Return who controls a card, seen from the brand."""
        owner = self.place.parties[card.party_id]
        return control_of(
            card.control,
            of_customer=owner.kind is PartyKind.CUSTOMER,
            of_brand=owner.orchestrator,
        )

    def undecided(self, card: CardRow) -> bool:
        """Say whether the customer takes one party for another and nobody decided what it hears."""
        done = self.done_by(card)
        return undecided(card.perceived_id, done.id if done else None, card.perceived_told)

    @property
    def mine(self) -> frozenset[uuid.UUID]:
        """The parties through whose eyes the map is seen."""
        if self.viewpoint is not None:
            return frozenset({self.viewpoint.id})
        return self.place.standing.party_ids | self.place.standing.group_ids

    @property
    def previewed(self) -> list[Party]:
        """The parties through whose eyes the coordinator may look."""
        return [
            party
            for party in self.place.parties.values()
            if party.represented and not party.orchestrator
        ]

    def has(self, thing: uuid.UUID | None) -> bool:
        """Say whether this is one of its cards or hand-overs."""
        return any(card.id == thing for card in self.cards) or any(
            edge.id == thing for edge in self.edges
        )

    def party(self, key: str) -> Party:
        """Return a party by its id as text; KeyError for another journey's."""
        return self.place.parties[uuid.UUID(key)]

    def awaits_me(self, proposal: OpenProposal) -> bool:
        """Say whether a proposal waits for the reader's answer."""
        if self.viewpoint is not None:
            return bool(self.mine & set(proposal.waiting))
        return any(speaks_for(self.place, party_id) for party_id in proposal.waiting)

    def members_of(self, party_id: uuid.UUID) -> list[MemberRow]:
        """Return the members of a group, by name; none where its peers or strangers look."""
        if party_id in self.place.standing.group_ids:
            return []
        return [member for member in self.members if member.party_id == party_id]
