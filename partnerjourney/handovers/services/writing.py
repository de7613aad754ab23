"""Writing the terms of a hand-over: for verbs that have asked whoever had to be asked.

Who must agree to a change is the matter of the proposals; nothing else writes terms.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from partnerjourney.core import audit
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Actor, Member
from partnerjourney.handovers.models import Handover, HandoverTerms
from partnerjourney.handovers.rules import TERMS, shown
from partnerjourney.handovers.services.edges import Edge


def may_change(actor: Actor, edge: Edge) -> None:
    """Raise NotAllowedError unless the actor's organisation may put a change forward here."""
    require(actor, Permission.HANDOVER_EDIT, edge)


def standing_terms(handover: Handover, terms: HandoverTerms) -> dict[str, Any]:
    """Return every field of a hand-over as it stands in one circle, with what all see."""
    return {name: getattr(terms, name) for name in TERMS} | {"told": handover.content.told}


def write(
    session: Session,
    handover: Handover,
    terms: HandoverTerms,
    fields: Mapping[str, Any],
    *,
    at: datetime,
    verb: str = "handover.change",
    by: Member | None = None,
) -> dict[str, Any]:
    """Set fields of the terms, and what the customer hears; return what stood there before.

    The act stands in the history of this circle under `verb`, whoever's session it is.
    """
    now = standing_terms(handover, terms)
    before = {name: now[name] for name, value in fields.items() if now[name] != value}
    if not before:
        return before
    for name in before:
        setattr(handover.content if name == "told" else terms, name, fields[name])
    session.flush()
    audit.record(
        session,
        verb,
        at=at,
        thing_id=handover.id,
        journey_id=handover.journey_id,
        circle_id=terms.circle_id,
        before=before,
        after={name: fields[name] for name in before},
        by=by,
        shown=shown({name: (before[name], fields[name]) for name in before}),
    )
    return before
