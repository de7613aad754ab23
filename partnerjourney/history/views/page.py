"""The page of the history: filters, days, and fifty acts at a time."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, request, url_for

from partnerjourney.comments.queries import Thing
from partnerjourney.comments.words import named
from partnerjourney.core.errors import NotFoundError
from partnerjourney.history import queries, words
from partnerjourney.history.queries import Act, Names
from partnerjourney.history.rules import About
from partnerjourney.history.words import Told
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.web import cursors, moments
from partnerjourney.web.pages import link_to, page
from partnerjourney.web.session import member, session

bp = Blueprint(
    "history", __name__, url_prefix="/o/<organisation>/journeys/<uuid:journey_id>/history"
)

PAGE = 50


@bp.get("/")
def show(journey_id: UUID) -> Response:
    """Show what happened, as far as the reader shares it, the latest first."""
    place = journeys.find(session(), member(), journey_id)
    own = request.args.get("whose") == "mine"
    names = queries.names(session(), place)
    thing = _thing(names, request.args.get("card"), request.args.get("handover"))
    found = queries.acts(
        session(),
        member(),
        place,
        thing_id=thing.about.thing_id if thing else None,
        own=own,
        before=cursors.read(request.args.get("before", "")),
        limit=PAGE + 1,
    )
    about = {"card": thing.about.card_id, "handover": thing.about.handover_id} if thing else {}
    asked: dict[str, Any] = {**about, "whose": "mine" if own else None}
    return page(
        "history/show.html",
        fragment="acts",
        finding=True,
        place=place,
        days=list(_days(found[:PAGE], names, place)),
        own=own,
        thing=named(thing) if thing else "",
        about=about,
        older=cursors.write(found[PAGE - 1].cursor) if len(found) > PAGE else "",
        asked={name: value for name, value in asked.items() if value},
        newest="before" not in request.args,
        edges=_edges(names),
    )


def _edges(names: Names) -> list[tuple[UUID, str]]:
    """Return the hand-overs on the map, to choose from."""
    return [
        (thing_id, named(thing))
        for thing_id, thing in names.things.items()
        if thing.number is not None
    ]


def _thing(names: Names, card: str | None, handover: str | None) -> Thing | None:
    """Return the card or hand-over that the address names; NotFoundError for any other."""
    asked = card or handover
    if not asked:
        return None
    try:
        found = names.things.get(uuid.UUID(asked))
    except ValueError:
        raise NotFoundError from None
    if found is None or bool(found.about.card_id) != bool(card):
        raise NotFoundError
    return found


def _days(
    found: list[Act], names: Names, place: Place
) -> Iterator[tuple[str, list[tuple[Told, str]]]]:
    """Yield each day in words with its acts, and where what each is about can be looked at."""
    zone = ZoneInfo(place.journey.time_zone)
    for day, acts in groupby(found, key=lambda act: act.at.astimezone(zone).date()):
        said = [words.told(act, names, place) for act in acts]
        yield moments.full_day(day), [(one, _there(place, one)) for one in said]


def _there(place: Place, told: Told) -> str:
    """Return the page of what an act is about, where it has one."""
    where: dict[str, Any] = {"journey_id": place.id}
    match told.kind:
        case About.CARD:
            return url_for("maps.card", card_id=told.thing_id, **where)
        case About.HANDOVER:
            return url_for("maps.handover", handover_id=told.thing_id, **where)
        case About.COMPLAINT:
            return url_for("complaints.show", complaint_id=told.thing_id, **where)
        case About.POINT:
            return url_for("measurement.show", **where)
        case About.VERSION:
            return link_to("versions.show", version_id=told.thing_id, **where) or ""
        case About.PARTY:
            return url_for("journeys.parties", **where)
        case _:
            return ""
