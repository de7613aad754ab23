"""Reads of proposals: those that are open, for the map and home, and all of them as a list."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, aliased

from partnerjourney.core.parties import Organisation, Participation, Party
from partnerjourney.handovers.models import Handover, HandoverContent, HandoverTerms
from partnerjourney.proposals.models import EmergencyChange, Mandate, Proposal, SilentConsent
from partnerjourney.proposals.rules import Change, State, Subject, read, waits_for
from partnerjourney.touchpoints.models import Card, CardContent

OPEN = (
    Proposal.id,
    Proposal.terms_id,
    Proposal.by_party_id,
    Proposal.fields,
    Proposal.reason,
    Proposal.asked,
    Proposal.agreed,
    Proposal.members,
    Proposal.made_at,
    Proposal.due_at,
)
"""The columns of an OpenProposal, for statements that join it."""

EMERGENCY = (
    EmergencyChange.id,
    EmergencyChange.by_party_id,
    EmergencyChange.fields,
    EmergencyChange.reason,
    EmergencyChange.until,
)
"""The columns of an Emergency, for statements that join it."""


@dataclass(frozen=True, slots=True)
class OpenProposal:
    """A change that waits for an answer."""

    id: uuid.UUID
    terms_id: uuid.UUID | None
    by_party_id: uuid.UUID
    fields: Mapping[str, Any]
    reason: str
    asked: Sequence[str]
    agreed: Mapping[str, Any]
    members: Sequence[str]
    made_at: datetime
    due_at: datetime

    @property
    def changes(self) -> dict[str, Change]:
        """Its fields: what stood there, what is proposed."""
        return read(self.fields)

    @property
    def waiting(self) -> list[uuid.UUID]:
        """The parties that have yet to agree; none for a definition that its members answer."""
        if self.members:
            return []
        return [uuid.UUID(one) for one in waits_for(self.asked, self.agreed)]


@dataclass(frozen=True, slots=True)
class Emergency:
    """A change that holds for some hours without anybody's yes."""

    id: uuid.UUID
    by_party_id: uuid.UUID
    fields: Mapping[str, Any]
    reason: str
    until: datetime


def open_here(terms: Any = HandoverTerms) -> Any:
    """Return what joins the open proposals to a row of terms."""
    return and_(
        Proposal.journey_id == terms.journey_id,
        Proposal.terms_id == terms.id,
        Proposal.state == State.OPEN,
    )


def in_force_here(terms: Any = HandoverTerms) -> Any:
    """Return what joins the emergency change in force to a row of terms."""
    return and_(
        EmergencyChange.journey_id == terms.journey_id,
        EmergencyChange.terms_id == terms.id,
        EmergencyChange.ended_at.is_(None),
    )


@dataclass(frozen=True, slots=True)
class ListedProposal:
    """A proposal with what it is about, in words of the journey."""

    proposal: Proposal
    about: str
    giver: str
    taker: str
    member: str

    @property
    def title(self) -> str:
        """What it is about: the name of the hand-over or card, else from whom to whom."""
        return self.about or f"{self.giver} → {self.taker}"


def _listed() -> Select[*tuple[Any, ...]]:
    """Select proposals with the names of what they are about, the next due first."""
    giver, taker = aliased(Party), aliased(Party)
    return (
        select(
            Proposal,
            CardContent.name.label("card"),
            HandoverTerms.name.label("terms"),
            HandoverContent.label,
            giver.name.label("giver"),
            taker.name.label("taker"),
            Organisation.name.label("member"),
        )
        .outerjoin(
            CardContent,
            and_(CardContent.journey_id == Proposal.journey_id, CardContent.id == Proposal.card_id),
        )
        .outerjoin(
            HandoverTerms,
            and_(
                HandoverTerms.journey_id == Proposal.journey_id,
                HandoverTerms.id == Proposal.terms_id,
            ),
        )
        .outerjoin(
            HandoverContent,
            and_(
                HandoverContent.journey_id == Proposal.journey_id,
                HandoverContent.id == Proposal.handover_id,
            ),
        )
        .outerjoin(
            giver,
            and_(
                giver.journey_id == Proposal.journey_id, giver.id == HandoverContent.from_party_id
            ),
        )
        .outerjoin(
            taker,
            and_(taker.journey_id == Proposal.journey_id, taker.id == HandoverContent.to_party_id),
        )
        .outerjoin(
            Participation,
            and_(
                Participation.journey_id == HandoverTerms.journey_id,
                Participation.id == HandoverTerms.member_id,
            ),
        )
        .outerjoin(Organisation, Organisation.id == Participation.organisation_id)
        .order_by(Proposal.due_at, Proposal.id)
    )


def listed(
    session: Session,
    journey_ids: Collection[uuid.UUID],
    *,
    states: Collection[State] = (),
    proposal_id: uuid.UUID | None = None,
) -> list[ListedProposal]:
    """Return the proposals of these journeys that the session shares, the next due first."""
    query = _listed().where(Proposal.journey_id.in_(journey_ids))
    if states:
        query = query.where(Proposal.state.in_(states))
    if proposal_id is not None:
        query = query.where(Proposal.id == proposal_id)
    return [
        ListedProposal(
            row.Proposal,
            row.card or row.terms or row.label or "",
            row.giver or "",
            row.taker or "",
            row.member or "",
        )
        for row in session.execute(query)
    ]


def on_the_map(session: Session, proposal: Proposal) -> bool:
    """Say whether what a proposal is about is still on the map."""
    if proposal.subject is Subject.CARD:
        query = select(Card.retired_at).where(
            Card.journey_id == proposal.journey_id, Card.id == proposal.card_id
        )
    else:
        query = select(Handover.retired_at).where(
            Handover.journey_id == proposal.journey_id, Handover.id == proposal.handover_id
        )
    return session.execute(query).scalar_one() is None


def mandates(session: Session, journey_id: uuid.UUID) -> list[Mandate]:
    """Return the mandates of a journey that the session shares, those in force first."""
    return list(
        session.scalars(
            select(Mandate)
            .where(Mandate.journey_id == journey_id)
            .order_by(Mandate.revoked_at.is_not(None), Mandate.until.desc(), Mandate.id)
        )
    )


def silence(session: Session, journey_id: uuid.UUID) -> list[SilentConsent]:
    """Return who takes silence for consent, in the circles that the session shares."""
    return list(
        session.scalars(select(SilentConsent).where(SilentConsent.journey_id == journey_id))
    )


def emergencies(
    session: Session, journey_id: uuid.UUID, *, since: datetime
) -> list[EmergencyChange]:
    """Return the emergency changes that hold, and those that began since a moment, newest first."""
    return list(
        session.scalars(
            select(EmergencyChange)
            .where(
                EmergencyChange.journey_id == journey_id,
                or_(EmergencyChange.ended_at.is_(None), EmergencyChange.made_at >= since),
            )
            .order_by(EmergencyChange.made_at.desc(), EmergencyChange.id)
        )
    )


def open_by_terms(session: Session, journey_id: uuid.UUID) -> dict[uuid.UUID, list[Proposal]]:
    """Return the open proposals of a journey by the terms they are about, the next due first."""
    found: dict[uuid.UUID, list[Proposal]] = {}
    for proposal in session.scalars(
        select(Proposal)
        .where(
            Proposal.journey_id == journey_id,
            Proposal.terms_id.is_not(None),
            Proposal.state == State.OPEN,
        )
        .order_by(Proposal.due_at, Proposal.id)
    ):
        if proposal.terms_id is not None:
            found.setdefault(proposal.terms_id, []).append(proposal)
    return found
