"""REST: versions of a journey, what differs since, and putting one forward or into use."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import url_for

from partnerjourney.core import clock
from partnerjourney.core.parties import PartyKind
from partnerjourney.core.scopes import TokenPurpose
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.versions import queries, schemas, services
from partnerjourney.versions.models import Version
from partnerjourney.web import rest
from partnerjourney.web.session import session

api = rest.Api("versions", "Versions")

READ, WRITE = TokenPurpose.READ, TokenPurpose.WRITE
ALL = "/journeys/<uuid:journey_id>/versions"
ONE = f"{ALL}/<uuid:version_id>"


def _place(journey_id: UUID, *, lock: bool = False) -> Place:
    return journeys.find(session(), rest.actor(), journey_id, lock=lock)


def _document(place: Place, version: Version) -> dict[str, Any]:
    groups = {str(p.id) for p in place.parties.values() if p.kind is PartyKind.GROUP}
    return {
        "id": version.id,
        "number": version.number,
        "state": version.state,
        "sha256": version.sha256,
        "note": version.note,
        "asked": [
            {"party": party, "agreed": None if party in groups else party in version.agreed}
            for party in version.asked
        ],
        "unconfirmed": version.unconfirmed,
        "made": version.made_at,
        "put_forward": version.put_at,
        "due": version.due_at,
        "decided": version.decided_at,
        "in_use_since": version.used_at,
    }


@api.operation("GET", ALL, purpose=READ, gives=schemas.VersionDocument, listed=True)
def versions(journey_id: UUID, query: dict[str, Any]) -> Any:
    """List the versions of a journey, the first one first."""
    place = _place(journey_id)
    rows, following = rest.paged(
        queries.listed(session(), place.id)[::-1],
        lambda version: (version.number, str(version.id)),
        **query,
    )
    return [_document(place, version) for version in rows], following


@api.operation("GET", ONE, purpose=READ, gives=schemas.VersionText)
def version(journey_id: UUID, version_id: UUID) -> Any:
    """Give one version with its text: what every party of the journey saw at that moment."""
    place = _place(journey_id)
    found = services.find(session(), place, version_id)
    text = queries.snapshot(session(), place.id, found.id)
    return {**_document(place, found), "text": text}


@api.operation(
    "POST",
    ALL,
    purpose=WRITE,
    takes=schemas.NewVersion,
    gives=schemas.VersionDocument,
    status=201,
)
def put(journey_id: UUID, body: dict[str, Any]) -> Any:
    """Keep what the map says now, and put it to the parties that it touches.

    With `put_forward` false it stays a draft. Answering is for people: a key agrees to nothing.
    """
    place = _place(journey_id, lock=True)
    here, at = (session(), rest.actor(), place), clock.now()
    made = services.draft(*here, note=body["note"], at=at)
    if body["put_forward"]:
        services.put_forward(*here, made, reason=body["reason"], at=at)
    address = url_for("versions_api.version", journey_id=place.id, version_id=made.id)
    return _document(place, made), 201, {"Location": address}


@api.operation(
    "POST",
    f"{ONE}/use",
    purpose=WRITE,
    gives=schemas.VersionDocument,
)
def use(journey_id: UUID, version_id: UUID) -> Any:
    """Take an agreed version into use; for who coordinates. The one before it is superseded."""
    place = _place(journey_id, lock=True)
    services.may_put(rest.actor(), place)
    found = services.find(session(), place, version_id, lock=True)
    services.use(session(), rest.actor(), place, found, at=clock.now())
    return _document(place, found)
