"""REST: what is announced in a journey; a key announces for its organisation there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import url_for

from partnerjourney.announcements import queries, schemas, services
from partnerjourney.announcements.queries import Told
from partnerjourney.announcements.services import Words
from partnerjourney.core import clock
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
_SENT = {"first_day": "from", "last_day": "until"}


def _place(journey_id: UUID, *, lock: bool = False) -> Place:
    return journeys.find(session(), rest.actor(), journey_id, lock=lock)


def _document(one: Told) -> dict[str, Any]:
    names = ("id", "party_id", "by", "kind", "text", "first_day", "last_day", "said_at")
    ours = one.organisation_id == rest.actor().organisation_id
    return {**{name: getattr(one, name) for name in names}, "ours": ours}


def _told(place: Place) -> dict[UUID, Told]:
    return {one.id: one for one in queries.told(session(), [place.id])}


@api.operation("GET", ALL, purpose=READ, gives=schemas.AnnouncementDocument, listed=True)
def announcements(journey_id: UUID, query: dict[str, Any]) -> Any:
    """List what is announced in a journey and was not withdrawn, by its first day."""
    rows, following = rest.paged(
        list(_told(_place(journey_id)).values()),
        lambda one: (one.first_day.isoformat(), str(one.id)),
        **query,
    )
    return [_document(one) for one in rows], following


@api.operation("GET", ONE, purpose=READ, gives=schemas.AnnouncementDocument)
def announcement(journey_id: UUID, announcement_id: UUID) -> Any:
    """Give one announcement."""
    place = _place(journey_id)
    found = services.find_shown(session(), place, announcement_id)
    return _document(_told(place)[found.id])


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
    place, actor = _place(journey_id), rest.actor()
    organisation = session().get_one(Organisation, actor.organisation_id)
    with rest.named(_SENT):
        _, rows = services.make(
            session(), actor, organisation, words=Words(**body), places=[place], at=clock.now()
        )
    address = url_for(
        "announcements_api.announcement", journey_id=place.id, announcement_id=rows[0].id
    )
    return _document(_told(place)[rows[0].id]), 201, {"Location": address}


@api.operation("DELETE", ONE, purpose=WRITE, gives=None, status=204, matched=True)
def withdraw(journey_id: UUID, announcement_id: UUID) -> Any:
    """Withdraw in a journey what one's own organisation announced there."""
    place = _place(journey_id)
    found = services.find_shown(session(), place, announcement_id, lock=True)
    services.may_withdraw(rest.actor(), found)
    rest.match(schemas.AnnouncementDocument, _document(_told(place)[found.id]))
    services.withdraw_here(session(), rest.actor(), found, at=clock.now())
