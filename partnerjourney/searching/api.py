"""REST: looking for something in the journeys of a key, as the page that searches does."""

from __future__ import annotations

from typing import Any

from partnerjourney.core.scopes import TokenPurpose
from partnerjourney.journeys import services as journeys
from partnerjourney.searching import queries, schemas
from partnerjourney.web import rest
from partnerjourney.web.session import session

api = rest.Api("search", "Search")


@api.operation(
    "GET",
    "/search",
    purpose=TokenPurpose.READ,
    asks=schemas.SearchQuery,
    gives=schemas.SearchDocument,
)
def search(query: dict[str, Any]) -> Any:
    """Look for cards, hand-overs, parties and phases in the journeys of the key, or in one."""
    where = query["journey"]
    if where is not None:
        journeys.find(session(), rest.actor(), where)
    found, more = queries.search(session(), query["q"], journey_id=where)
    return {
        "journeys": [
            {"journey": one.journey.id, "name": one.journey.name, "finds": one.finds}
            for one in found
        ],
        "more": more,
    }
