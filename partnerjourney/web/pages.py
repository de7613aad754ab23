"""Answer with a whole page or only its fragment; read a form through a schema."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from flask import (
    Response,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext
from flask_htmx import HTMX
from jinja2_fragments.flask import render_block
from marshmallow import Schema, ValidationError

from partnerjourney.core.texts import Said, in_our_words
from partnerjourney.web.door import PROOF


class HTMX4(HTMX):  # type: ignore[misc]
    """flask-htmx knows htmx 2; htmx 4 says `tag#id` in HX-Target, and part or full."""

    @property
    def target(self) -> str | None:
        """The id of the element that will be replaced, if it has one."""
        return request.headers.get("HX-Target", "").partition("#")[2] or None

    @staticmethod
    def posted() -> bool:
        """Whether this request sends a form."""
        return request.method == "POST"

    @property
    def partial(self) -> bool:
        """Whether a fragment is wanted rather than a page."""
        return (
            bool(self)
            and request.headers.get("HX-Request-Type") != "full"
            and not self.history_restore_request
        )


htmx = HTMX4()


@dataclass
class Form:
    """What was typed, and what is wrong with it; templates show both."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def valid(self) -> bool:
        """Whether nothing is wrong."""
        return not self.errors


def read_form(schema: Schema) -> Form:
    """Read the posted form through a schema; faults stand in `errors` per field."""
    typed: dict[str, Any] = {}
    for name in request.form:
        if name.startswith(PROOF):
            continue
        values = request.form.getlist(name)
        many = getattr(schema.fields.get(name), "inner", None) is not None
        typed[name] = values if many else values[0]
    try:
        return Form(values=typed, data=dict(schema.load(typed)))
    except ValidationError as error:
        return Form(values=typed, errors=_flat(error.messages_dict))


def _flat(messages: dict[Any, Any]) -> dict[str, list[str]]:
    flat: dict[str, list[str]] = {}
    for name, found in messages.items():
        if isinstance(found, dict):
            flat[str(name)] = [text for texts in _flat(found).values() for text in texts]
        else:
            flat[str(name)] = [translated(text) for text in found]
    return flat


def translated(text: str) -> str:
    """Return a sentence of a schema or service in the reader's language."""
    if isinstance(text, Said):
        return str(gettext(text.template, **text.parameters))
    return str(gettext(in_our_words(text)))


def page(
    template: str, *, fragment: str | None = None, status: int = 200, **context: Any
) -> Response:
    """Render the template, or only its block `fragment` when htmx asked for a part."""
    if fragment is not None and htmx.partial:
        body = render_block(template, fragment, **context)
    else:
        body = render_template(template, **context)
    return sent(body, status)


def sent(body: str | bytes, status: int = 200) -> Response:
    """Return a page that was rendered."""
    response = make_response(body, status)
    response.vary.add("HX-Request")
    return response


def link_to(endpoint: str, **values: Any) -> str | None:
    """Return the address of an endpoint, or None where this product does not have it."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None


def see_other(address: str) -> Response:
    """Send the browser on after a write, so that reloading repeats nothing."""
    return make_response(redirect(address, 303))


def safe_next(address: str | None, default: str) -> str:
    """Return an address of this site to go on to; anything else gives the default."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return default
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or any(ord(c) < 32 for c in address):
        return default
    return address
