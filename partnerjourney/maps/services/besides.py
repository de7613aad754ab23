"""What a document says beside the map."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from partnerjourney.core.scopes import Member
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.rules import AdviceKind
from partnerjourney.journeys.services import Place


def add_besides(
    session: Session, actor: Member, place: Place, document: Mapping[str, Any], at: datetime
) -> None:
    """Add the do's and don'ts, and the reasons that were written down."""
    for item in document.get("checklist", []):
        journeys.add_item(
            session,
            actor,
            place,
            kind=AdviceKind(item["kind"]),
            text=item["text"],
            done=item.get("done", False),
            at=at,
        )
    for reason in document.get("reasons", []):
        journeys.write_reason(
            session, actor, place, rule=reason["rule"], text=reason["text"], version=0, at=at
        )
