"""What is said after an edit: what stands now, how to undo it, or why nothing was changed."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

from flask import Response, flash, request
from flask_babel import gettext

from partnerjourney.core.errors import InputError
from partnerjourney.journeys.services import Place
from partnerjourney.maps import queries
from partnerjourney.maps.views.desk import Ask
from partnerjourney.maps.views.looking import looking
from partnerjourney.maps.views.reading import show_map
from partnerjourney.web.pages import Form, htmx, see_other, translated
from partnerjourney.web.session import member, session

_SELECTED = re.compile(r"/(cards|handovers|map/phases)/([0-9a-f-]{36})(?:$|\?)")


def address(place: Place, path: str = "", **changes: str) -> str:
    """Return an address below the map, seen as the reader looks at it."""
    return looking(place, member(), request.args).to(path, **changes)


def tell(
    text: str,
    *,
    kind: str = "success",
    button: str = "",
    action: str = "",
    fields: Mapping[str, Any] | None = None,
) -> None:
    """Say something on the answer, with a button that sends one more command."""
    text = text[:1].upper() + text[1:]
    given = {name: "" if value is None else str(value) for name, value in (fields or {}).items()}
    flash({"text": text, "button": button, "action": action, "fields": given}, kind)  # type: ignore[arg-type]


def undoable(text: str, place: Place, path: str, fields: Mapping[str, Any]) -> None:
    """Say what was changed, and offer the command that changes it back on what now stands."""
    tell(text, button=gettext("Undo"), action=address(place, path), fields=fields)


def done(place: Place, path: str = "", *, opens: bool = False) -> Response:
    """Show the map as it now stands: the region alone to htmx, else go on to the thing.

    The panel stays what it was, unless `opens`: then it is that of the thing at `path`.
    """
    if not htmx.partial:
        return see_other(address(place, path))
    response = show_map(place, **_selected(f"/{path}" if opens else None), lenient=True)
    if opens:
        response.headers["HX-Push-Url"] = address(place, path)
    return response


def _selected(path: str | None = None) -> dict[str, Any]:
    """Return what is selected on the page that asked: its address says so."""
    found = _SELECTED.search(
        path if path is not None else request.headers.get("HX-Current-URL", "")
    )
    if found is None:
        return {}
    try:
        thing = uuid.UUID(found[2])
    except ValueError:
        return {}
    if found[1] == "map/phases":
        return {"ask": Ask("phase", thing)}
    return {{"cards": "card_id", "handovers": "edge_id"}[found[1]]: thing}


def refused(
    place: Place, text: str, *, status: int, ask: Ask | None = None, **selected: Any
) -> Response:
    """Say why nothing was changed, over what stands; a form keeps what was typed."""
    if text:
        tell(text, kind="warn")
    if ask is not None:
        selected["ask"] = ask
    elif not selected and htmx.partial:
        selected = _selected()
    return show_map(place, **selected, status=status, lenient=True)


def faulty(form: Form, place: Place) -> Response:
    """Answer a command that no form of ours sends, or that was refused, in words."""
    texts = [text for texts in form.errors.values() for text in texts]
    return refused(place, " ".join(dict.fromkeys(texts)), status=422)


def words_of(error: InputError) -> str:
    """Return what a verb found wrong, in the reader's language."""
    texts = [translated(text) for texts in error.messages.values() for text in texts]
    return " ".join(dict.fromkeys(texts))


def outdated(place: Place, thing_id: uuid.UUID, what: str, now: str) -> str:
    """Say that a command is out of date: who changed the thing since, and what stands now."""
    by = queries.last_actor(session(), place, thing_id)
    if by is not None and by.id != member().organisation_id:
        told = gettext(
            "Out of date: %(party)s changed %(what)s meanwhile.", party=by.name, what=what
        )
    else:
        told = gettext("Out of date: %(what)s was changed meanwhile.", what=what)
    unchanged = gettext("Nothing was changed now.")
    return f"{told} {now} {unchanged}"


def gone(place: Place, thing_id: uuid.UUID, what: str, typed: str = "") -> str:
    """Say that a thing is off the map since, by whom, and what was typed for it."""
    by = queries.last_actor(session(), place, thing_id)
    if by is not None and by.id != member().organisation_id:
        told = gettext("%(party)s took %(what)s off the map meanwhile.", party=by.name, what=what)
    else:
        told = gettext("%(what)s was taken off the map meanwhile.", what=what)
    unchanged = gettext("Nothing was changed now.")
    kept = gettext("What you typed: ‘%(text)s’.", text=typed) if typed else ""
    return f"{told} {unchanged} {kept}".strip()
