"""REST: what is announced in a journey, and what a key's organisation announces over several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import url_for

from partnerjourney.announcements import queries, schemas, services
from partnerjourney.announcements.queries import Told
from partnerjourney.announcements.services import Ours, Words
from partnerjourney.core import clock
from partnerjourney.core.errors import InputError, NotFoundError
from partnerjourney.core.parties import Organisation
from partnerjourney.core.scopes import TokenPurpose
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.web import rest
from partnerjourney.web.session import session

api = rest.Api("announcements", "Announcements")

READ, WRITE = TokenPurpose.READ, TokenPurpose.WRITE
ALL = "/journeys/<uuid:journey_id>/announcements"
ONE = f"{ALL}/<uuid:announcement_id>"
OURS = "/announcements"
OF_OURS = f"{OURS}/<uuid:announcement_id>"
_SENT = {"first_day": "from", "last_day": "until"}
_SAID = ("kind", "text", "first_day", "last_day")


def _place(journey_id: UUID, *, lock: bool = False) -> Place:
    return journeys.find(session(), rest.actor(), journey_id, lock=lock)


def _us() -> Organisation:
    return session().get_one(Organisation, rest.actor().organisation_id)


def _document(one: Told, own: Mapping[UUID, UUID]) -> dict[str, Any]:
    names = ("id", "party_id", "by", "said_at", *_SAID)
    ours = one.organisation_id == rest.actor().organisation_id
    told = {name: getattr(one, name) for name in names}
    return {**told, "ours": ours, "of": own.get(one.id)}


def _told(place: Place) -> list[dict[str, Any]]:
    own = queries.own_in(session(), place.id)
    return [_document(one, own) for one in queries.told(session(), [place.id])]


def _one(place: Place, shown_id: UUID) -> dict[str, Any]:
    return next(one for one in _told(place) if one["id"] == shown_id)


@api.operation("GET", ALL, purpose=READ, gives=schemas.AnnouncementDocument, listed=True)
def announcements(journey_id: UUID, query: dict[str, Any]) -> Any:
    """List what is announced in a journey and was not withdrawn, by its first day."""
    rows, following = rest.paged(
        _told(_place(journey_id)),
        lambda one: (one["first_day"].isoformat(), str(one["id"])),
        **query,
    )
    return rows, following


@api.operation("GET", ONE, purpose=READ, gives=schemas.AnnouncementDocument)
def announcement(journey_id: UUID, announcement_id: UUID) -> Any:
    """Give one announcement."""
    place = _place(journey_id)
    found = services.find_shown(session(), place, announcement_id)
    return _one(place, found.id)


@api.operation(
    "POST",
    ALL,
    purpose=WRITE,
    takes=schemas.NewAnnouncement,
    gives=schemas.AnnouncementDocument,
    status=201,
)
def announce(journey_id: UUID, body: dict[str, Any]) -> Any:
    """Announce something in a journey: its parties see it there, and promises stay as they are.

    What a member of a group announces is seen by whom it works with, never by other members.
    """
    place = _place(journey_id)
    with rest.named(_SENT):
        _, rows = services.make(
            session(), rest.actor(), _us(), words=Words(**body), places=[place], at=clock.now()
        )
    address = url_for(
        "announcements_api.announcement", journey_id=place.id, announcement_id=rows[0].id
    )
    return _one(place, rows[0].id), 201, {"Location": address}


@api.operation("DELETE", ONE, purpose=WRITE, gives=None, status=204, matched=True)
def withdraw(journey_id: UUID, announcement_id: UUID) -> Any:
    """Withdraw in this journey what one's own organisation announced there; elsewhere it stands."""
    place = _place(journey_id)
    found = services.find_shown(session(), place, announcement_id, lock=True)
    services.may_withdraw(rest.actor(), found)
    rest.match(schemas.AnnouncementDocument, _one(place, found.id))
    services.withdraw_here(session(), rest.actor(), found, at=clock.now())


# --- one's own, over several journeys -------------------------------------------------------------


def _own(one: Ours) -> dict[str, Any]:
    said = {name: getattr(one.row, name) for name in ("id", *_SAID)}
    return {**said, "journeys": one.journeys}


def _places(chosen: Sequence[UUID]) -> list[Place]:
    """Return the journeys of the key; raises InputError for one that is none of them."""
    found, wrong = {}, {}
    for number, journey_id in enumerate(chosen):
        try:
            found[journey_id] = _place(journey_id)
        except NotFoundError:
            wrong[f"journeys.{number}"] = ["This is no journey of this key."]
    if wrong:
        raise InputError(wrong)
    return list(found.values())


@api.operation("GET", OURS, purpose=READ, gives=schemas.OwnAnnouncementDocument, listed=True)
def ours(query: dict[str, Any]) -> Any:
    """List what the organisation announces in the journeys of the key, by its first day."""
    rows, following = rest.paged(
        services.ours(session(), rest.actor(), _us()),
        lambda one: (one.row.first_day.isoformat(), str(one.row.id)),
        **query,
    )
    return [_own(one) for one in rows], following


@api.operation("GET", OF_OURS, purpose=READ, gives=schemas.OwnAnnouncementDocument)
def one_of_ours(announcement_id: UUID) -> Any:
    """Give one announcement of the organisation."""
    return _own(services.find_ours(session(), rest.actor(), _us(), announcement_id))


@api.operation(
    "POST",
    OURS,
    purpose=WRITE,
    takes=schemas.NewOwnAnnouncement,
    gives=schemas.OwnAnnouncementDocument,
    status=201,
)
def announce_in_several(body: dict[str, Any]) -> Any:
    """Announce something in several journeys at once; none of them learns of another."""
    actor, us = rest.actor(), _us()
    services.may_make(actor, us)
    places = _places(body.pop("journeys"))
    with rest.named(_SENT):
        made, _ = services.make(
            session(), actor, us, words=Words(**body), places=places, at=clock.now()
        )
    address = url_for("announcements_api.one_of_ours", announcement_id=made.id)
    return _own(services.to_change(session(), actor, us, made.id)), 201, {"Location": address}


def _to_change(announcement_id: UUID) -> Ours:
    """Find an announcement of the organisation, locked, that still stands as it was read."""
    found = services.to_change(session(), rest.actor(), _us(), announcement_id)
    rest.match(schemas.OwnAnnouncementDocument, _own(found))
    return found


@api.operation(
    "PATCH",
    OF_OURS,
    purpose=WRITE,
    takes=schemas.OwnAnnouncementChange,
    gives=schemas.OwnAnnouncementDocument,
    matched=True,
)
def change_ours(announcement_id: UUID, body: dict[str, Any]) -> Any:
    """Say an announcement otherwise, or let it stand in other journeys of the key.

    It is 409 while it stands in a journey that the key is not for.
    """
    found = _to_change(announcement_id)
    places = _places(body.pop("journeys", found.journeys))
    words = {name: getattr(found.row, name) for name in _SAID} | body
    with rest.named(_SENT):
        services.change(
            session(),
            rest.actor(),
            _us(),
            found.row,
            version=found.row.version,
            words=Words(**words),
            places=places,
            at=clock.now(),
        )
    return _own(services.to_change(session(), rest.actor(), _us(), announcement_id))


@api.operation("DELETE", OF_OURS, purpose=WRITE, gives=None, status=204, matched=True)
def withdraw_ours(announcement_id: UUID) -> Any:
    """Withdraw an announcement of the organisation in all its journeys.

    It is 409 while it stands in a journey that the key is not for.
    """
    found = _to_change(announcement_id)
    services.withdraw(session(), rest.actor(), _us(), found.row, at=clock.now())
