"""REST: versions of a journey, what differs since, and putting one forward or into use."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import url_for

from partnerjourney.core import clock
from partnerjourney.core.errors import InputError
from partnerjourney.core.parties import PartyKind
from partnerjourney.core.scopes import TokenPurpose
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.versions import queries, schemas, services
from partnerjourney.versions.models import Version
from partnerjourney.versions.rules import Change, Step, difference
from partnerjourney.web import rest
from partnerjourney.web.session import session

api = rest.Api("versions", "Versions")

READ, WRITE = TokenPurpose.READ, TokenPurpose.WRITE
ALL = "/journeys/<uuid:journey_id>/versions"
ONE = f"{ALL}/<uuid:version_id>"
NOW = "now"


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


def _whole(place: Place, version: Version) -> dict[str, Any]:
    text = queries.snapshot(session(), place.id, version.id)
    return {**_document(place, version), "text": text}


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
    return _whole(place, services.find(session(), place, version_id))


@api.operation(
    "GET",
    "/journeys/<uuid:journey_id>/difference",
    purpose=READ,
    asks=schemas.DifferenceQuery,
    gives=schemas.DifferenceDocument,
)
def compare(journey_id: UUID, query: dict[str, Any]) -> Any:
    """Say what differs between two versions, or between one and the map as it is now."""
    place = _place(journey_id)
    rows = queries.listed(session(), place.id)
    usual = place.journey.in_use_id or (rows[0].id if rows else NOW)
    known = {str(row.id): row.id for row in rows} | {NOW: None}
    keys = {"from": str(query["before"] or usual), "to": str(query["after"])}
    wrong = {
        name: ["This is no version of the journey."]
        for name, key in keys.items()
        if key not in known
    }
    if wrong:
        raise InputError(wrong)
    sides = [known[key] for key in keys.values()]
    said = [
        queries.working(session(), place)
        if side is None
        else queries.snapshot(session(), place.id, side)
        for side in sides
    ]
    return {
        "before": sides[0],
        "after": sides[1],
        "changes": [_change(change) for change in difference(*said)],
    }


def _change(one: Change) -> dict[str, Any]:
    said = {name: getattr(one, name) for name in ("thing", "marks", "fields", "before", "after")}
    return {**said, "id": UUID(one.id) if one.id else None}


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


def _locked(journey_id: UUID, version_id: UUID) -> tuple[Place, Version]:
    """Find a version to act on: for who coordinates, held until it is done."""
    place = _place(journey_id, lock=True)
    services.may_put(rest.actor(), place)
    return place, services.find(session(), place, version_id, lock=True)


@api.operation(
    "PATCH",
    ONE,
    purpose=WRITE,
    takes=schemas.VersionChange,
    gives=schemas.VersionText,
    matched=True,
)
def reword(journey_id: UUID, version_id: UUID, body: dict[str, Any]) -> Any:
    """Say in other words what changed in a draft; for who coordinates."""
    place, found = _locked(journey_id, version_id)
    rest.match(schemas.VersionText, _whole(place, found))
    services.reword(session(), rest.actor(), place, found, at=clock.now(), **body)
    return _whole(place, found)


@api.operation(
    "POST",
    f"{ONE}/put-forward",
    purpose=WRITE,
    takes=schemas.VersionReason,
    gives=schemas.VersionDocument,
)
def put_forward(journey_id: UUID, version_id: UUID, body: dict[str, Any]) -> Any:
    """Put a draft to the parties that it touches; for who coordinates."""
    place, found = _locked(journey_id, version_id)
    services.put_forward(session(), rest.actor(), place, found, at=clock.now(), **body)
    return _document(place, found)


@api.operation("POST", f"{ONE}/take-back", purpose=WRITE, gives=schemas.VersionDocument)
def take_back(journey_id: UUID, version_id: UUID) -> Any:
    """Ask nobody any more about a version: it is a draft again; for who coordinates."""
    place, found = _locked(journey_id, version_id)
    services.take_back(session(), rest.actor(), place, found, at=clock.now())
    return _document(place, found)


@api.operation("POST", f"{ONE}/archive", purpose=WRITE, gives=schemas.VersionDocument)
def archive(journey_id: UUID, version_id: UUID) -> Any:
    """Put a version away: it can still be read and compared; for who coordinates."""
    place, found = _locked(journey_id, version_id)
    services.archive(session(), rest.actor(), place, found, at=clock.now())
    return _document(place, found)


@api.operation("POST", f"{ONE}/remind", purpose=WRITE, gives=schemas.VersionDocument)
def remind(journey_id: UUID, version_id: UUID) -> Any:
    """Have those mailed who have yet to answer, once a day at most; for who coordinates."""
    place, found = _locked(journey_id, version_id)
    services.remind(session(), rest.actor(), place, found, at=clock.now())
    return _document(place, found)


@api.operation(
    "POST",
    f"{ONE}/use",
    purpose=WRITE,
    gives=schemas.VersionDocument,
)
def use(journey_id: UUID, version_id: UUID) -> Any:
    """Take an agreed version into use; for who coordinates. The one before it is superseded."""
    place, found = _locked(journey_id, version_id)
    services.use(session(), rest.actor(), place, found, at=clock.now())
    return _document(place, found)


def _step(one: Step) -> dict[str, Any]:
    said = _change(one.change) | {"way": one.way, "why": one.why}
    return said | {"fields": one.fields or one.change.fields}


@api.operation("GET", f"{ONE}/restore", purpose=WRITE, gives=schemas.RestorePreviewDocument)
def preview(journey_id: UUID, version_id: UUID) -> Any:
    """Say what bringing a version back would do; for who coordinates. Nothing changes."""
    place = _place(journey_id)
    services.may_put(rest.actor(), place)
    found = services.find(session(), place, version_id)
    upon, steps = services.steps(session(), rest.actor(), place, found)
    return {"upon": upon, "steps": [_step(one) for one in steps]}


@api.operation(
    "POST",
    f"{ONE}/restore",
    purpose=WRITE,
    takes=schemas.RestoreRequest,
    gives=schemas.RestoredDocument,
)
def restore(journey_id: UUID, version_id: UUID, body: dict[str, Any]) -> Any:
    """Bring a version back as it was shown: what is one's own is done, the rest proposed.

    For who coordinates. It is 409, and nothing is done, once the map is not what it was `upon`.
    """
    place = _place(journey_id, lock=True)
    services.may_put(rest.actor(), place)
    found = services.find(session(), place, version_id)
    made = services.restore(session(), rest.actor(), place, found, at=clock.now(), **body)
    return {
        name: [_step(one) for one in getattr(made, name)] for name in ("done", "proposed", "missed")
    }
