"""What pages read of journeys and parties."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core.parties import (
    Organisation,
    Participation,
    ParticipationRole,
    ParticipationState,
    Party,
    PartyKind,
    monogram,
)
from partnerjourney.journeys.services import Place


@dataclass(frozen=True)
class PartyRow:
    """A party and the organisations in it that the reader may know of, by name."""

    party: Party
    members: tuple[Organisation, ...]

    @property
    def monogram(self) -> str:
        """Two letters that stand for the party."""
        return monogram(self.party.name)

    @property
    def invitable(self) -> bool:
        """Whether somebody can still be invited for it."""
        group = self.party.kind is PartyKind.GROUP
        return (
            self.party.represented and not self.party.orchestrator and (group or not self.members)
        )


def party_rows(session: Session, place: Place) -> list[PartyRow]:
    """Return the parties in order, each with the organisations that the scope sees in it."""
    rows = session.execute(
        select(Participation.party_id, Organisation)
        .join(Organisation, Organisation.id == Participation.organisation_id)
        .where(
            Participation.journey_id == place.id,
            Participation.state == ParticipationState.ACTIVE,
            Participation.role != ParticipationRole.OBSERVER,
        )
        .order_by(Organisation.name, Organisation.id)
    ).all()
    inside: dict[uuid.UUID, list[Organisation]] = {}
    for party_id, organisation in rows:
        inside.setdefault(party_id, []).append(organisation)
    return [PartyRow(party, tuple(inside.get(party.id, ()))) for party in place.parties.values()]
