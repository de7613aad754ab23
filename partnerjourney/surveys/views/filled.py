"""A survey's pages are made once for all who are asked alike, and filled in for each of them.

What is a customer's own (the link, and what the question is about) stands in such a page as blanks.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any, NamedTuple

from flask import current_app, render_template
from markupsafe import escape

from partnerjourney.surveys.services import saying
from partnerjourney.surveys.services.answering import LONGEST_COMMENT
from partnerjourney.surveys.services.opening import Ask
from partnerjourney.web.kept import Page, Pages
from partnerjourney.web.language import speaking

_SEED = secrets.token_hex(8)  # so that no text that somebody types holds a mark
_MARKS = {name: f"\ue000{name}{_SEED}\ue001" for name in (*saying.OWN, "here")}


class _Blank(NamedTuple):
    """All that a page that is made for many may know of one invitation."""

    named: bool


def page(template: str, ask: Ask, *, here: str, **context: Any) -> bytes:
    """Return a survey's page; the context is hashable, and the same for many."""
    say, pages = saying.of_ask(ask), _pages()
    own = {name: say.known(name) for name in saying.OWN} | {"here": here}
    alike = _alike(ask)
    key = (template, alike, tuple(not value for value in own.values()), *context.items())
    found = pages.get(key)
    if found is None:
        marks = {name: mark if own[name] else "" for name, mark in _MARKS.items()}
        unsaid = saying.of_ask(ask, own=marks)
        found = Page(made(template, alike, say=unsaid, here=marks["here"], **context), ())
        pages.put(key, found)
    filled = found.body
    for name, mark in _MARKS.items():
        filled = filled.replace(mark.encode(), escape(own[name]).encode())
    if current_app.extensions["kept"].checking:  # in tests
        plain = made(template, ask, say=say, here=here, **context)
        assert filled == plain, f"{template} does more with a blank than show it"
    return filled


def made(template: str, ask: Any, **context: Any) -> bytes:
    """Return a survey's page as it is, in the language of the question."""
    with speaking(ask.question.language):
        return render_template(template, ask=ask, longest=LONGEST_COMMENT, **context).encode()


def _alike(ask: Ask) -> Any:
    """Return what is the same for many who are asked."""
    invitation: Any = _Blank(ask.invitation.named)
    return replace(ask, invitation=invitation, answered=False, judged=None)


def _pages() -> Pages:
    found: Pages | None = current_app.extensions.get("survey pages")
    if found is None:
        found = current_app.extensions["survey pages"] = Pages()
    return found
