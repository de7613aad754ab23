"""Twin worlds: what one member of a group says yes to changes no byte for another member."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import border
from partnerjourney.core.parties import Organisation, Role
from partnerjourney.core.scopes import Member, System
from partnerjourney.handovers import services as handovers
from partnerjourney.handovers.models import Handover, HandoverTerms
from partnerjourney.handovers.services import Edge
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.proposals import services as proposals
from partnerjourney.proposals.models import Proposal
from partnerjourney.proposals.rules import State
from tests.sweeps.test_twins import pages
from tests.told import NOW, Story, told

__all__ = ["told"]


def act(told: Story, slug: str, verb: Any) -> None:
    """Let an organisation do something with the first terms of `lading` that it sees."""
    with border.open_session(told.engine, System("a test")) as session:
        owner = session.scalars(select(Organisation.id).where(Organisation.slug == slug)).one()
    actor = Member(None, owner, Role.EDITOR)
    with border.open_session(told.engine, actor, write=True) as session, session.begin():
        place = journeys.find(session, actor, told.ids["journey_id"])
        found = next(h for h in handovers.handovers(session, place.id) if h.key == "lading")
        edge = handovers.find(session, place, found.id)
        terms = edge.terms[0]
        verb(session, actor, place, edge, terms)


def propose(session: Session, actor: Member, place: Place, edge: Edge, terms: Any) -> None:
    """Put another time limit to the couriers."""
    wanted = {"fields": {"time_limit": "PT9H"}, "reason": "Het loopt uit."}
    proposals.change(session, actor, place, edge, terms, version=terms.version, at=NOW, **wanted)


def agree(session: Session, actor: Member, place: Place, edge: Edge, terms: Any) -> None:
    """Say yes to it, as one courier."""
    [mine] = session.scalars(
        select(Proposal.id).where(
            Proposal.terms_id == terms.id,
            Proposal.state == State.OPEN,
            Proposal.by_party_id == edge.from_party_id,
        )
    )
    held = proposals.find(session, place, mine, lock=True)
    proposals.accept(session, actor, place, held, at=NOW)


def waiting(told: Story) -> bool:
    """Say whether the definition of `lading` still waits for a courier."""
    with border.open_session(told.engine, System("a test")) as session:
        definition = session.scalars(
            select(HandoverTerms)
            .join(Handover, Handover.id == HandoverTerms.handover_id)
            .where(
                Handover.journey_id == told.ids["journey_id"],
                Handover.key == "lading",
                HandoverTerms.member_id.is_(None),
            )
        ).one()
        found = select(Proposal.state).where(Proposal.terms_id == definition.id)
        return State.OPEN in session.scalars(found).all()


def panel(told: Story) -> bytes:
    """Return what the giver reads of `lading`."""
    with border.open_session(told.engine, System("a test")) as session:
        edge = session.scalars(
            select(Handover.id).where(
                Handover.journey_id == told.ids["journey_id"], Handover.key == "lading"
            )
        ).one()
    address = f"/o/magazijn-flevo/journeys/{told.ids['journey_id']}/handovers/{edge}"
    answer = told.browser("joost@flevo.example").get(address)
    assert answer.status_code == 200
    return answer.get_data()


@pytest.mark.parametrize("last", [False, True])
def test_a_member_does_not_notice_the_yes_of_another(told: Story, *, last: bool) -> None:
    """Neither where the definition stays open, nor where that yes settles it."""
    act(told, "magazijn-flevo", propose)
    if last:
        act(told, "koerier-snel", agree)
    before, of_giver = pages(told, "koerier-snel"), panel(told)
    assert sum(status == 200 for status, _, _ in before.values()) > 8
    act(told, "rijk-bezorgt", agree)
    assert waiting(told) is not last
    after = pages(told, "koerier-snel")
    assert [address for address in before if before[address] != after[address]] == []
    assert panel(told) != of_giver, "the giver, who shares both, does notice"
