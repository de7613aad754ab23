"""REST: the key itself, and who acts for its organisation."""

from __future__ import annotations

from typing import Any

from partnerjourney.core.scopes import TokenPurpose
from partnerjourney.organisations import schemas, services
from partnerjourney.web import rest
from partnerjourney.web.session import session

api = rest.Api("organisation", "Organisation")


@api.operation("GET", "/key", purpose=None, gives=schemas.KeyDocument)
def key() -> Any:
    """Say what this key is for: a first request to try it with."""
    known = rest.key()
    return {
        "name": known.name,
        "organisation": known.organisation,
        "purposes": sorted(known.scope.purposes),
        "journeys": sorted(known.scope.journeys),
        "expires_at": known.expires_at,
    }


@api.operation(
    "GET", "/members", purpose=TokenPurpose.READ, gives=schemas.MemberDocument, listed=True
)
def members(query: dict[str, Any]) -> Any:
    """List who acts for the organisation, by name; people change it on its page."""
    found = services.members_of(session(), rest.actor())
    return rest.paged(found, lambda row: (row.name, str(row.id)), **query)
