"""REST: what happened in a journey, as far as the organisation shares it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from partnerjourney.core.scopes import TokenPurpose
from partnerjourney.history import queries, schemas
from partnerjourney.history.queries import Act
from partnerjourney.journeys import services as journeys
from partnerjourney.web import rest
from partnerjourney.web.session import session

api = rest.Api("history", "History")

MOST = 1000


def _document(act: Act) -> dict[str, Any]:
    return {
        "id": act.id,
        "at": act.at,
        "act": act.verb,
        "organisation": act.organisation or None,
        "about": act.thing_id,
        "proposal": act.proposal,
        "changed": act.changed,
    }


@api.operation(
    "GET",
    "/journeys/<uuid:journey_id>/history",
    purpose=TokenPurpose.READ,
    gives=schemas.ActDocument,
    asks=schemas.HistoryQuery,
    listed=True,
)
def history(journey_id: UUID, query: dict[str, Any]) -> Any:
    """List the latest thousand acts that the organisation shares, the latest first.

    `about` limits them to one card or hand-over. Of other organisations no person is named.
    """
    place = journeys.find(session(), rest.actor(), journey_id)
    found = queries.acts(session(), rest.actor(), place, thing_id=query.pop("about"), limit=MOST)
    rows, following = rest.paged(
        found, lambda act: (act.at.isoformat(), str(act.id)), descending=True, **query
    )
    return [_document(act) for act in rows], following
