"""Reading conversations: those of a journey that the reader shares, and one of them."""

from __future__ import annotations

import uuid
from typing import Any
from uuid import UUID

from flask import Response, request, url_for

from partnerjourney.comments import queries, schemas, words
from partnerjourney.comments.queries import About, Choice, Seen
from partnerjourney.comments.queries.readers import NEEDS, colleagues
from partnerjourney.comments.rules import this_quarter
from partnerjourney.comments.views.blueprint import bp
from partnerjourney.core import clock
from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.policy import Permission, allows
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.web import cursors
from partnerjourney.web.kept import kept
from partnerjourney.web.pages import Form, htmx, page
from partnerjourney.web.session import member, session

PAGE = 50


@bp.get("/")
@kept
def index(journey_id: UUID) -> Response:
    """Show the conversations that the reader shares: open ones, or those that are settled."""
    place = journeys.find(session(), member(), journey_id)
    settled = request.args.get("state") == "settled"
    about = about_of(request.args.get("card"), request.args.get("handover"))
    found = queries.listing(
        session(),
        place,
        about=about,
        resolved=settled,
        before=cursors.read(request.args.get("before", "")),
        limit=PAGE + 1,
    )
    now, things = this_quarter(clock.now()), queries.things(session(), place)
    thing = queries.thing_of(things, about)
    if thing is None and about.thing_id:
        raise NotFoundError
    kept_ones = {
        "state": "settled" if settled else None,
        "card": about.card_id,
        "handover": about.handover_id,
    }
    return page(
        "comments/index.html",
        fragment="beside" if htmx.target == "panel-talks" else "talks",
        finding=True,
        place=place,
        talks=[words.talk(seen, things, place, now) for seen in found[:PAGE]],
        settled=settled,
        here={"card": about.card_id, "handover": about.handover_id},
        thing=words.named(thing) if thing else "",
        asked={name: value for name, value in kept_ones.items() if value},
        older=cursors.write((found[PAGE - 1].last_at, found[PAGE - 1].id))
        if len(found) > PAGE
        else "",
        newest="before" not in request.args,
        may_write=any(allows(member(), permission, place) for permission in NEEDS.values()),
    )


def about_of(card: str | None, handover: str | None) -> About:
    """Read what an address says that a conversation is about; NotFoundError for nonsense."""
    try:
        return About(
            uuid.UUID(card) if card else None,
            uuid.UUID(handover) if handover and not card else None,
        )
    except ValueError:
        raise NotFoundError from None


@bp.get("/<uuid:thread_id>")
@kept
def show(journey_id: UUID, thread_id: UUID) -> Response:
    """Show one conversation; its live part asks for itself, and is answered in one statement."""
    place = journeys.find(session(), member(), journey_id)
    return show_one(place, seen_of(place, thread_id))


def seen_of(place: Place, thread_id: UUID) -> Seen:
    """Return a conversation that the reader shares; raises NotFoundError."""
    seen = queries.one(session(), place, thread_id)
    if seen is None:
        raise NotFoundError
    return seen


def show_one(
    place: Place,
    seen: Seen,
    *,
    form: Form | None = None,
    status: int = 200,
    conflict: str = "",
    fragment: str = "talk",
) -> Response:
    """Show a conversation; `form` is an answer that was typed and not taken."""
    actor, now = member(), this_quarter(clock.now())
    readers = queries.readers_of(session(), actor, place, seen)
    things = queries.things(session(), place)
    thing = queries.thing_of(things, seen.about)
    me = (actor.organisation_id, actor.user_id)
    may_write = allows(actor, NEEDS[seen.audience], place) and not readers.closed
    return page(
        "comments/show.html",
        fragment=fragment,
        status=status,
        finding=True,
        place=place,
        seen=seen,
        thing=thing,
        about=words.about(seen, things, place),
        back=_back(place, seen.about) if thing is None or not thing.gone else "",
        chip=words.chip(seen.audience),
        readers=words.names(readers),
        meaning=words.meaning(readers),
        closed=readers.closed,
        lines=[
            words.line(said, place, now, me=me, members=readers.names) for said in seen.comments
        ],
        form=form or Form(),
        conflict=conflict,
        asks=asks(readers, colleagues(session(), actor) if may_write else {}),
        may_write=may_write,
        waits=_waits(place, seen) and allows(actor, Permission.COMMENT_OWN, place),
    )


def _waits(place: Place, seen: Seen) -> bool:
    """Say whether this conversation asks for the reader and was not looked at since."""
    return any(
        one.thread_id == seen.id and one.journey_id == place.id
        for one in queries.asked(session(), member())
    )


def asks(readers: Choice, people: dict[UUID, str]) -> list[tuple[str, str]]:
    """Return the boxes of whom a comment can ask for: parties, then colleagues."""
    return [
        *((schemas.party(party_id), name) for party_id, name in readers.parties.items()),
        *((schemas.person(user_id), name) for user_id, name in people.items()),
    ]


def _back(place: Place, about: About) -> str:
    """Return the address of what a conversation is about."""
    where: dict[str, Any] = {"journey_id": place.id}
    if about.card_id:
        return url_for("maps.card", card_id=about.card_id, **where)
    if about.handover_id:
        return url_for("maps.handover", handover_id=about.handover_id, **where)
    return url_for("maps.show", **where)
