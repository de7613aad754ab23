"""REST: journeys, their phases and their parties."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from partnerjourney.core import clock
from partnerjourney.core.errors import ConflictError, InputError
from partnerjourney.core.parties import Journey
from partnerjourney.core.scopes import TokenPurpose
from partnerjourney.journeys import queries, schemas, services
from partnerjourney.journeys.queries import PartyRow
from partnerjourney.journeys.services import Place
from partnerjourney.web import rest
from partnerjourney.web.session import session

api = rest.Api("journeys", "Journeys")

READ, WRITE = TokenPurpose.READ, TokenPurpose.WRITE
_OF_JOURNEY = ("slug", "name", "kind", "state", "language", "form_of_address", "time_zone")
_CONTACT = ("contact_name", "contact_email", "contact_phone")


def _journey(place: Place) -> dict[str, Any]:
    return _document(place.journey, coordinates=place.standing.orchestrates)


def _document(journey: Journey, *, coordinates: bool) -> dict[str, Any]:
    said = {name: getattr(journey, name) for name in ("id", *_OF_JOURNEY, *_CONTACT)}
    return {**said, "coordinates": coordinates}


@api.operation("GET", "/journeys", purpose=None, gives=schemas.JourneyDocument, listed=True)
def journeys(query: dict[str, Any]) -> Any:
    """List the journeys of the key, by name.

    A journey that the organisation has left is gone from the list.
    """
    found = queries.all_of(session(), rest.actor())
    documents = [_document(journey, coordinates=leads) for journey, leads in found]
    return rest.paged(documents, lambda one: (one["name"], str(one["id"])), **query)


@api.operation("GET", "/journeys/<uuid:journey_id>", purpose=None, gives=schemas.JourneyDocument)
def journey(journey_id: UUID) -> Any:
    """Give one journey."""
    return _journey(services.find(session(), rest.actor(), journey_id))


@api.operation(
    "PATCH",
    "/journeys/<uuid:journey_id>",
    purpose=WRITE,
    takes=schemas.JourneyChange,
    gives=schemas.JourneyDocument,
    matched=True,
)
def change(journey_id: UUID, body: dict[str, Any]) -> Any:
    """Change what all parties see of a journey; for who coordinates it."""
    place = services.find(session(), rest.actor(), journey_id, lock=True)
    services.may_draw(rest.actor(), place)
    rest.match(schemas.JourneyDocument, _journey(place))
    version = place.journey.version
    services.change(session(), rest.actor(), place, version=version, at=clock.now(), fields=body)
    return _journey(place)


# --- kind ----------------------------------------------------------------------------------------

KIND = "/journeys/<uuid:journey_id>/kind"
_PARENT = {name: f"{name}_id" for name in ("parent", "parent_from", "parent_to")}


def _kind(place: Place) -> dict[str, Any]:
    parent = services.parent_of(session(), place)
    return {
        "kind": place.journey.kind,
        "parent": parent and parent.journey.id,
        "parent_from": parent and parent.first and parent.first.id,
        "parent_to": parent and parent.last and parent.last.id,
        "cadence_days": place.journey.cadence_days,
        "parts": [journey.id for journey in services.parts_of(session(), place)],
    }


@api.operation("GET", KIND, purpose=READ, gives=schemas.KindDocument)
def kind(journey_id: UUID) -> Any:
    """Give what kind of journey it is, of which one it is a part, and which are part of it."""
    return _kind(services.find(session(), rest.actor(), journey_id))


@api.operation(
    "PATCH",
    KIND,
    purpose=WRITE,
    takes=schemas.KindChange,
    gives=schemas.KindDocument,
    matched=True,
)
def change_kind(journey_id: UUID, body: dict[str, Any]) -> Any:
    """Say what kind of journey it is; for who coordinates it, and the one that it is a part of.

    A part of a journey that the key is not for stays as it is: 409.
    """
    place = services.find(session(), rest.actor(), journey_id, lock=True)
    services.may_draw(rest.actor(), place)
    now = _kind(place)
    rest.match(schemas.KindDocument, now)
    if place.journey.parent_id is not None and now["parent"] is None:
        raise ConflictError("this is a part of a journey that the key is not for")
    said = {_PARENT.get(name, name): value for name, value in (now | body).items()}
    with rest.named({column: name for name, column in _PARENT.items()}):
        services.change_kind(
            session(),
            rest.actor(),
            place,
            version=place.journey.version,
            at=clock.now(),
            fields=said,
        )
    made = _kind(place)
    strange = [
        one for one in ("parent_from", "parent_to") if body.get(one) not in (None, made[one])
    ]
    if made["parent"] is not None and strange:
        raise InputError({one: ["This is no phase of that journey."] for one in strange})
    return made


# --- phases --------------------------------------------------------------------------------------


@api.operation(
    "GET",
    "/journeys/<uuid:journey_id>/phases",
    purpose=READ,
    gives=schemas.PhaseDocument,
    listed=True,
)
def phases(journey_id: UUID, query: dict[str, Any]) -> Any:
    """List the phases of a journey, in their order."""
    place = services.find(session(), rest.actor(), journey_id)
    return rest.paged(
        services.phases(session(), place.id),
        lambda phase: (phase.content.position, str(phase.id)),
        **query,
    )


@api.operation(
    "POST",
    "/journeys/<uuid:journey_id>/phases",
    purpose=WRITE,
    takes=schemas.NewPhase,
    gives=schemas.PhaseDocument,
    status=201,
)
def add_phase(journey_id: UUID, body: dict[str, Any]) -> Any:
    """Add a phase at the end; for who coordinates the journey."""
    place = services.find(session(), rest.actor(), journey_id, lock=True)
    return services.add_phase(session(), rest.actor(), place, at=clock.now(), **body)


@api.operation(
    "GET",
    "/journeys/<uuid:journey_id>/phases/<uuid:phase_id>",
    purpose=READ,
    gives=schemas.PhaseDocument,
)
def phase(journey_id: UUID, phase_id: UUID) -> Any:
    """Give one phase."""
    place = services.find(session(), rest.actor(), journey_id)
    return services.find_phase(session(), place, phase_id)


@api.operation(
    "PATCH",
    "/journeys/<uuid:journey_id>/phases/<uuid:phase_id>",
    purpose=WRITE,
    takes=schemas.PhaseChange,
    gives=schemas.PhaseDocument,
    matched=True,
)
def change_phase(journey_id: UUID, phase_id: UUID, body: dict[str, Any]) -> Any:
    """Rename a phase, put it after another, or say that it is use; for who coordinates."""
    place = services.find(session(), rest.actor(), journey_id, lock=True)
    services.may_draw(rest.actor(), place)
    found = services.find_phase(session(), place, phase_id)
    rest.match(schemas.PhaseDocument, found)
    here, at = (session(), rest.actor(), place, found), clock.now()
    if "name" in body:
        base = services.Base(found.content.version)
        services.rename_phase(*here, name=body["name"], base=base, at=at)
    if "after" in body:
        others = {one.id for one in services.phases(session(), place.id)} - {found.id}
        if body["after"] is not None and body["after"] not in others:
            raise InputError({"after": ["This is no other phase of the journey."]})
        base = services.Base(found.content.version)
        services.put_phase(*here, after_id=body["after"], base=base, at=at)
    if body.get("is_use", found.content.is_use) != found.content.is_use:
        here_alone = (session(), rest.actor(), place, found.id)
        services.mark_use(*here_alone, is_use=body["is_use"], at=at)
    return found


@api.operation(
    "POST",
    "/journeys/<uuid:journey_id>/phases/<uuid:phase_id>/restore",
    purpose=WRITE,
    gives=schemas.PhaseDocument,
)
def restore_phase(journey_id: UUID, phase_id: UUID) -> Any:
    """Put a phase that was taken off back on the map, where it stood; for who coordinates."""
    place = services.find(session(), rest.actor(), journey_id, lock=True)
    gone = services.find_phase(session(), place, phase_id, retired=True)
    version = gone.content.version
    services.restore_phase(session(), rest.actor(), place, gone, version=version, at=clock.now())
    return gone


# --- parties -------------------------------------------------------------------------------------


def _party(row: PartyRow, place: Place) -> dict[str, Any]:
    party = row.party
    return {
        "id": party.id,
        "key": party.key,
        "name": party.name,
        "subtitle": party.subtitle,
        "kind": party.kind,
        "provisional": party.provisional,
        "suspended": party.suspended_at is not None,
        "coordinates": party.orchestrator,
        "mine": party.id in place.standing.party_ids | place.standing.group_ids,
        "organisations": [organisation.slug for organisation in row.members],
    }


@api.operation(
    "GET",
    "/journeys/<uuid:journey_id>/parties",
    purpose=READ,
    gives=schemas.PartyDocument,
    listed=True,
)
def parties(journey_id: UUID, query: dict[str, Any]) -> Any:
    """List the parties of a journey, in the order of their lanes."""
    place = services.find(session(), rest.actor(), journey_id)
    rows, following = rest.paged(
        queries.party_rows(session(), place.id, place.parties.values()),
        lambda row: (row.party.position, str(row.party.id)),
        **query,
    )
    return [_party(row, place) for row in rows], following


@api.operation(
    "POST",
    "/journeys/<uuid:journey_id>/parties",
    purpose=WRITE,
    takes=schemas.NewParty,
    gives=schemas.PartyDocument,
    status=201,
)
def add_party(journey_id: UUID, body: dict[str, Any]) -> Any:
    """Add a lane, provisional until its party confirms it; for who coordinates the journey.

    Inviting somebody to fill it is for people.
    """
    place = services.find(session(), rest.actor(), journey_id, lock=True)
    party = services.draw_party(session(), rest.actor(), place, at=clock.now(), **body)
    return _party(PartyRow(party, ()), place)
