"""Making an item, using it at places, and saying it otherwise once that was shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Response, flash, g, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from marshmallow import ValidationError

from partnerjourney.core import clock
from partnerjourney.core.errors import InputError, NotFoundError, StaleVersionError
from partnerjourney.library import queries, services, words
from partnerjourney.library.models import LibraryItem
from partnerjourney.library.queries import Key, Spotted
from partnerjourney.library.queries.preview import key_of
from partnerjourney.library.rules import FIELDS, Kind
from partnerjourney.library.schemas import KindForm, PlacesForm, item_form
from partnerjourney.library.views import shown
from partnerjourney.library.views.blueprint import TAB, bp
from partnerjourney.library.views.reading import item_fields, show_item, show_preview
from partnerjourney.web import numbers
from partnerjourney.web.pages import Form, page, read_form, see_other, translated
from partnerjourney.web.session import member, session
from partnerjourney.web.words import channel_choices


def _spots() -> dict[Key, Spotted]:
    return queries.all_spots(session(), member(), at=clock.now())


def _faults(error: InputError) -> dict[str, list[str]]:
    return {name: [translated(text) for text in texts] for name, texts in error.messages.items()}


@bp.get("/new")
def new() -> Response:
    """Show the form of one kind, filled with what stands at a place that was chosen."""
    services.may_edit(member(), g.acting)
    try:
        asked: dict[str, Any] = KindForm().load(request.args.to_dict(), unknown="exclude")
    except ValidationError:
        raise NotFoundError from None
    kind, key = asked["kind"], asked["take"]
    values: dict[str, Any] = {}
    if key is not None:
        spot = _spots().get(key)
        if spot is None:
            raise NotFoundError
        values = {name: spot.now.get(name, "") for name in FIELDS[kind]}
        values |= {"title": (spot.now.get(FIELDS[kind][0]) or "")[:80], "take": shown.value_of(key)}
    return _new(kind, Form(values=values))


def _new(kind: Kind, form: Form, *, status: int = 200) -> Response:
    spots = _spots().values()
    taken = {shown.value_of(key): item.title for key, item in queries.held(session()).items()}
    return page(
        "library/new.html",
        status=status,
        finding=True,
        tab=TAB,
        kind=kind,
        kinds=words.kinds(),
        form=form,
        fields=item_fields(kind),
        channels=channel_choices(form.values.get("channel") or None),
        places=[
            (value, f"{text} · {shown.now_from(taken[value])}" if value in taken else text)
            for value, text, _stands in shown.choices(spots, kind)
        ],
        elsewhere=shown.group_places(spots, kind),
    )


@bp.post("/")
def make() -> Response:
    """Make an item; taken from a place it is used there at once."""
    services.may_edit(member(), g.acting)
    try:
        kind = Kind(request.form.get("kind", ""))
    except ValueError:
        raise NotFoundError from None
    form = read_form(item_form(kind))
    if form.valid:
        key = form.data["take"]
        take = _spots().get(key) if key else None
        if key and take is None:
            raise NotFoundError
        said = {name: form.data[name] for name in FIELDS[kind]}
        held = queries.held(session())
        try:
            made = services.make(
                session(),
                member(),
                g.acting,
                kind=kind,
                title=form.data["title"],
                fields=said,
                take=take,
                at=clock.now(),
            )
        except InputError as error:
            form.errors = _faults(error)
        else:
            flash(_("It is in your library now. Say where it is used."), "success")
            _tell_off(held, made, [key] if key else [])
            return see_other(url_for(".show", item_id=made.id))
    return _new(kind, form, status=422)


def _tell_off(held: Mapping[Key, LibraryItem], item: LibraryItem, keys: Iterable[Key]) -> None:
    """Name the items that were used where this one is now: a place uses one."""
    off = {held[key].title for key in keys if key in held and held[key].id != item.id}
    if off:
        names = numbers.listed(sorted(off))
        flash(_("Not used there any more: %(items)s.", items=names), "warn")


@bp.post("/<uuid:item_id>/places")
def use(item_id: UUID) -> Response:
    """Use the item at the chosen places, and go on to what that would change there."""
    item = queries.find(session(), item_id, lock=True)
    services.may_edit(member(), g.acting)
    form = read_form(PlacesForm())
    if not form.valid or not form.data["places"]:
        flash(_("Choose where it is used first."), "warn")
        return see_other(url_for(".show", item_id=item.id))
    held = queries.held(session())
    made = services.put_to_use(
        session(),
        member(),
        g.acting,
        item,
        [key for key in form.data["places"] if key],
        spots=_spots(),
        at=clock.now(),
    )
    told = ngettext(
        "Used at %(num)s more place. Nothing has changed there yet.",
        "Used at %(num)s more places. Nothing has changed there yet.",
        len(made),
    )
    flash(told, "success")
    _tell_off(held, item, map(key_of, made))
    return see_other(url_for(".preview", item_id=item.id))


@bp.post("/<uuid:item_id>/places/<uuid:use_id>/detach")
def detach(item_id: UUID, use_id: UUID) -> Response:
    """Use the item no more at one place."""
    item = queries.find(session(), item_id, lock=True)
    services.detach(session(), member(), g.acting, item, use_id, at=clock.now())
    flash(_("Not used there any more. What stands there stays."), "success")
    return see_other(url_for(".show", item_id=item.id))


@bp.post("/<uuid:item_id>/retire")
def retire(item_id: UUID) -> Response:
    """Take an item out of the library."""
    item = queries.find(session(), item_id, lock=True)
    services.retire(session(), member(), g.acting, item, at=clock.now())
    flash(_("Out of your library. What stands in journeys stays."), "success")
    return see_other(url_for(".index"))


@bp.post("/<uuid:item_id>/preview")
def look(item_id: UUID) -> Response:
    """Show what another text would touch; nothing changes."""
    item = queries.find(session(), item_id)
    services.may_edit(member(), g.acting)
    form = read_form(item_form(item.kind, changes=True))
    if form.valid:
        try:
            fields = services.cleaned(item.kind, form.data)
        except InputError as error:
            form.errors = _faults(error)
        else:
            return show_preview(item, form, fields, form.data["title"])
    return show_item(item, form, status=422)


@bp.post("/<uuid:item_id>")
def change(item_id: UUID) -> Response:
    """Say the item otherwise, at each chosen place exactly as it was shown."""
    item = queries.find(session(), item_id, lock=True)
    services.may_edit(member(), g.acting)
    form = read_form(item_form(item.kind, changes=True))
    if not form.valid:
        return show_item(item, form, status=422)
    wanted = set(form.data["wanted"])
    chosen = [replace(one, wanted=str(one.use_id) in wanted) for one in form.data["shown"]]
    fields = services.cleaned(item.kind, form.data)
    try:
        made = services.begin(
            session(),
            member(),
            g.acting,
            item,
            said=services.Wanted(
                form.data["version"], form.data["title"], fields, form.data["reason"]
            ),
            chosen=chosen,
            at=clock.now(),
        )
    except InputError as error:
        form.errors = _faults(error)
        return show_preview(item, form, fields, form.data["title"], status=422)
    except StaleVersionError:
        form.values["version"] = item.version
        return show_item(item, form, stale=True, status=409)
    return see_other(url_for(".changed", item_id=item.id, change_id=made.id))
