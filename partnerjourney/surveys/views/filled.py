"""A survey's pages are made once for all who are asked alike, and filled in for each of them.

What is a customer's own (the link, and what the question is about) stands in such a page as blanks.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import replace
from typing import Any, NamedTuple

from flask import current_app, render_template
from markupsafe import escape

from partnerjourney.events.rules import State
from partnerjourney.surveys.services import saying
from partnerjourney.surveys.services.answering import LONGEST_COMMENT
from partnerjourney.surveys.services.opening import Ask
from partnerjourney.web.language import speaking

OWN = (*saying.OWN, "here")
ROOM = 300
"""So many pages a process keeps; the one that was not asked for longest goes first."""


class _Blank(NamedTuple):
    """All that a page that is made for many may know of one invitation."""

    named: bool


class Blanks:
    """The pages of one process, with marks where something is filled in."""

    def __init__(self) -> None:
        seed = secrets.token_hex(8)  # nobody's name holds such a mark
        self.marks = {name: f"\ue000{number}{seed}\ue001" for number, name in enumerate(OWN)}
        self._pages: OrderedDict[Hashable, str] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> str | None:
        """Return a page with blanks, if this process made it."""
        with self._lock:
            found = self._pages.get(key)
            if found is not None:
                self._pages.move_to_end(key)
            return found

    def put(self, key: Hashable, page: str) -> None:
        """Keep a page with blanks."""
        with self._lock:
            self._pages[key] = page
            if len(self._pages) > ROOM:
                self._pages.popitem(last=False)

    def fill(self, page: str, own: dict[str, str]) -> str:
        """Return a page with what is a customer's own in the place of the marks."""
        for name, mark in self.marks.items():
            page = page.replace(mark, str(escape(own[name])))
        return page


def page(template: str, ask: Ask, *, here: str, **context: Any) -> str:
    """Return a survey's page; the context is hashable, and the same for many."""
    say, blanks = saying.of_ask(ask), _blanks()
    own = {name: say.known(name) for name in saying.OWN} | {"here": here}
    alike = _alike(ask)
    empty = tuple(not value for value in own.values())
    key = (template, alike, empty, *context.items())
    found = blanks.get(key)
    if found is None:
        marks = {name: mark if own[name] else "" for name, mark in blanks.marks.items()}
        unsaid = saying.of_ask(ask, own=marks)
        found = made(template, alike, say=unsaid, here=marks["here"], **context)
        blanks.put(key, found)
    filled = blanks.fill(found, own)
    if current_app.extensions["kept"].checking:  # in tests
        plain = made(template, ask, say=say, here=here, **context)
        assert filled == plain, f"{template} does more with a blank than show it"
    return filled


def made(template: str, ask: Any, **context: Any) -> str:
    """Return a survey's page as it is, in the language of the question."""
    with speaking(ask.question.language):
        return render_template(template, ask=ask, longest=LONGEST_COMMENT, **context)


def _alike(ask: Ask) -> Any:
    """Return what is the same for many; a template that asks for more of it fails."""
    invitation: Any = _Blank(ask.invitation.named)
    return replace(ask, invitation=invitation, answered=False, state=State.UNKNOWN, judged=None)


def _blanks() -> Blanks:
    found: Blanks = current_app.extensions.setdefault("blanks", Blanks())
    return found
