"""Beginning a conversation: first who reads it, then what it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response, flash, request, url_for

from partnerjourney.comments import queries, schemas, services, words
from partnerjourney.comments.queries import About, Choice, Choices
from partnerjourney.comments.queries.readers import NEEDS
from partnerjourney.comments.rules import Audience
from partnerjourney.comments.services.writing import Words
from partnerjourney.comments.views.blueprint import bp
from partnerjourney.comments.views.reading import about_of, asks
from partnerjourney.core import clock
from partnerjourney.core.errors import InputError, NotFoundError
from partnerjourney.core.policy import NotAllowedError, Permission, allows
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.web.pages import Form, page, read_form, see_other, translated
from partnerjourney.web.session import member, session
from partnerjourney.web.texts import gettext as _


@dataclass(frozen=True, slots=True)
class Tile:
    """One audience to choose: its title, who reads it, its icon and address."""

    title: str
    meaning: str
    names: str
    icon: str
    href: str
    chosen: bool


@bp.get("/new")
def new(journey_id: UUID) -> Response:
    """Ask who reads it; once that is chosen, what it says."""
    place = _place(journey_id)
    about = about_of(request.args.get("card"), request.args.get("handover"))
    typed = {name: request.args.get(name, "") for name in ("audience", "circle")}
    return _show(place, about, Form(values=typed))


@bp.post("/")
def begin(journey_id: UUID) -> Response:
    """Begin it for exactly these readers."""
    place = _place(journey_id)
    form = read_form(schemas.BeginForm())
    about = about_of(request.form.get("card"), request.form.get("handover"))
    if form.valid:
        said = form.data
        try:
            thread = services.begin(
                session(),
                member(),
                place,
                About(said["card"], said["handover"]),
                said["audience"],
                Words(said["text"], said["parties"], said["people"]),
                circle_id=said["circle"],
                at=clock.now(),
            )
        except NotFoundError:
            return _show(place, about, form, status=409)
        except InputError as error:
            form.errors = {n: [translated(t) for t in found] for n, found in error.messages.items()}
        else:
            flash(_("Your conversation has begun."), "good")
            return see_other(url_for(".show", journey_id=place.id, thread_id=thread.id))
    return _show(place, about, form, status=422)


def _place(journey_id: UUID) -> Place:
    place = journeys.find(session(), member(), journey_id)
    if not any(allows(member(), permission, place) for permission in NEEDS.values()):
        raise NotAllowedError(Permission.COMMENT_OWN)
    return place


def _show(place: Place, about: About, form: Form, *, status: int = 200) -> Response:
    things = queries.things(session(), place)
    thing = queries.thing_of(things, about)
    if about.thing_id and (thing is None or thing.about != about):
        raise NotFoundError
    gone = words.named(thing) if thing is not None and thing.gone else ""
    if gone and status == 200:
        raise NotFoundError
    if gone:  # it went while somebody was typing: the text stays, for no more than its own people
        about, thing = About(), None
    found = queries.choices(session(), member(), place, about)
    chosen = _chosen(found, form) or (found.get(Audience.OWN, None) if gone else None)
    where: dict[str, Any] = {"journey_id": place.id}
    if about.card_id:
        back = url_for("maps.card", card_id=about.card_id, **where)
    elif about.handover_id:
        back = url_for("maps.handover", handover_id=about.handover_id, **where)
    else:
        back = url_for(".index", **where)
    return page(
        "comments/new.html",
        status=status,
        finding=True,
        place=place,
        about=about,
        thing=words.named(thing) if thing else "",
        tiles=[_tile(one, about, place, one is chosen) for one in found.found],
        gone=gone,
        as_member=found.as_member,
        chosen=chosen,
        asks=asks(chosen, dict(found.colleagues)) if chosen else [],
        form=form,
        back=back,
    )


def _chosen(found: Choices, form: Form) -> Choice | None:
    try:
        audience = Audience(form.values.get("audience") or "")
        circle = form.values.get("circle")
        return found.get(audience, UUID(str(circle)) if circle else None)
    except ValueError:
        return None


def _tile(choice: Choice, about: About, place: Place, chosen: bool) -> Tile:  # noqa: FBT001
    _kind, _word, icon = words.chip(choice.audience)
    asked: dict[str, Any] = {
        "card": about.card_id,
        "handover": about.handover_id,
        "circle": choice.circle_id,
    }
    href = url_for(
        ".new",
        journey_id=place.id,
        audience=choice.audience.value,
        **{name: value for name, value in asked.items() if value},
    )
    named = words.names(choice) if choice.audience is Audience.JOURNEY else ""
    return Tile(words.title(choice), words.meaning(choice), named, icon, href, chosen)
