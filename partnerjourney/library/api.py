"""REST: what an organisation keeps in its library for the journeys of a key, and where it is."""

from __future__ import annotations

from typing import Any

from partnerjourney.core.parties import Organisation
from partnerjourney.core.scopes import TokenPurpose
from partnerjourney.library import schemas, services
from partnerjourney.web import rest
from partnerjourney.web.session import session

api = rest.Api("library", "Library")


@api.operation(
    "GET", "/library", purpose=TokenPurpose.READ, gives=schemas.ItemDocument, listed=True
)
def items(query: dict[str, Any]) -> Any:
    """List the items of the organisation that are used in the journeys of the key.

    They come by kind and title, each with the places within these journeys alone.
    """
    organisation = session().get_one(Organisation, rest.actor().organisation_id)
    rows, following = rest.paged(
        services.kept(session(), rest.actor(), organisation),
        lambda one: (one.item.kind.value, one.item.title, str(one.item.id)),
        **query,
    )
    return [
        {
            "id": one.item.id,
            "kind": one.item.kind,
            "title": one.item.title,
            "says": one.item.fields,
            "used": [
                {"journey": use.journey_id, "what": use.spot, "thing": use.thing_id}
                for use in one.uses
            ],
        }
        for one in rows
    ], following
