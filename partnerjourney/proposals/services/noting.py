"""Writing down what became of a proposal, where the history of its circle tells it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from partnerjourney.core import audit
from partnerjourney.handovers.rules import shown
from partnerjourney.proposals.models import Proposal
from partnerjourney.proposals.rules import read


def note_made(session: Session, proposal: Proposal, *, at: datetime) -> None:
    """Note that a proposal was put forward, and what it would change."""
    changes = {name: (one.before, one.after) for name, one in read(proposal.fields).items()}
    audit.record(
        session,
        "proposal.make",
        at=at,
        thing_id=proposal.handover_id or proposal.card_id,
        journey_id=proposal.journey_id,
        circle_id=proposal.circle_id,
        after={"fields": proposal.fields, "reason": proposal.reason},
        shown=shown(changes),
        proposal_id=proposal.id,
    )


def note(
    session: Session, proposal: Proposal, verb: str, *, at: datetime, after: Any = None
) -> None:
    """Note what was done with a proposal."""
    audit.record(
        session,
        verb,
        at=at,
        thing_id=proposal.handover_id or proposal.card_id,
        journey_id=proposal.journey_id,
        circle_id=proposal.circle_id,
        before={"proposal": str(proposal.id)},
        after=after,
        proposal_id=proposal.id,
    )
