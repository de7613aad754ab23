"""A chain in which one side proposes and the other answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, select

from partnerjourney.handovers import services as handovers
from partnerjourney.handovers.models import HandoverTerms
from partnerjourney.proposals import services as proposals
from partnerjourney.proposals.models import Proposal
from partnerjourney.proposals.services import closing, silence
from tests.chain import AT, Chain, build

WHY = "De laadtijden zijn veranderd."


def joined(engine: Engine) -> Chain:
    """Return the demo's journey in which all but the help desk have confirmed."""
    return build(engine, joined=("flevo", "snel", "rijk", "klaar"))


def change(
    chain: Chain,
    who: str,
    key: str,
    row: int = 0,
    *,
    at: datetime = AT,
    reason: str = WHY,
    **fields: Any,
) -> list[Proposal]:
    """Change the terms that somebody sees first, or at `row`; return what waits for an answer."""
    with chain.acting(who) as (session, actor, place):
        edge = chain.edge(session, place, key)
        terms = edge.terms[row]
        outcome = proposals.change(
            session,
            actor,
            place,
            edge,
            terms,
            version=terms.version,
            at=at,
            fields=fields,
            reason=reason,
        )
        return list(outcome.proposals)


def answer(
    chain: Chain, who: str, proposal: Proposal, verb: Any, *, at: datetime = AT, **more: Any
) -> Any:
    """Let somebody carry out a verb on a proposal."""
    with chain.acting(who) as (session, actor, place):
        found = proposals.find(session, place, proposal.id, lock=True)
        return verb(session, actor, place, found, at=at, **more)


def seen(chain: Chain, who: str, key: str) -> list[HandoverTerms]:
    """Return the terms that somebody sees."""
    with chain.acting(who) as (session, _, place):
        edge = chain.edge(session, place, key)
        session.expunge_all()
        return list(edge.terms)


def told(chain: Chain, who: str, key: str) -> str:
    """Return what the customer is told at a hand-over, as somebody reads it."""
    with chain.acting(who) as (session, _, place):
        return chain.edge(session, place, key).handover.content.told


def stored(chain: Chain, who: str) -> list[Proposal]:
    """Return the proposals that somebody sees, oldest first."""
    with chain.acting(who) as (session, _, _place):
        found = list(session.scalars(select(Proposal).order_by(Proposal.id)))
        session.expunge_all()
        return found


def again(chain: Chain, proposal: Proposal) -> Proposal:
    """Return a proposal as it stands now."""
    with chain.system() as session:
        found = session.scalars(select(Proposal).where(Proposal.id == proposal.id)).one()
        session.expunge_all()
        return found


def mine(chain: Chain, who: str, proposal: Proposal) -> bool:
    """Say whether a proposal waits for somebody's answer."""
    with chain.acting(who) as (session, _, place):
        return bool(proposals.asked_of(place, proposals.find(session, place, proposal.id)))


def silent(chain: Chain, key: str, sides: Mapping[str, str], *, on: bool = True) -> None:
    """Let silence be consent at a hand-over for these organisations → keys of their parties."""
    for who, party_key in sides.items():
        with chain.acting(who) as (session, actor, place):
            party = next(p for p in place.parties.values() if p.key == party_key)
            circle = chain.edge(session, place, key).terms[0].circle_id
            silence.switch(session, actor, place, circle, party.id, on=on, at=AT)


def close(chain: Chain, proposal: Proposal, at: datetime) -> None:
    """Let the worker decide what time decides."""
    with chain.system() as session:
        found = closing.find_open(session, proposal.id)
        if found is not None:
            closing.close(session, found, at=at)


__all__ = ["AT", "WHY", "again", "answer", "change", "close", "handovers", "joined", "mine", "seen"]
