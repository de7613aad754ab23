"""Kept pages: what was made for this reader stands until something changes that it may read.

A view marked `kept` reads watched tables only (core/heads.py). Each request asks in one statement
who looks and which versions stand; a page that was made for the very same is given again, or 304.
The ETag stays one of the content, so it tells nothing about what is hidden. A page is kept in this
process only; another process makes it once more.

The parts of a `shared` view say nothing of the person, so colleagues with the same rights get the
same one; and what is read for any page of an organisation is read `once`.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, TypeVar

from flask import Flask, Response, current_app, g, request
from flask import session as cookie
from werkzeug.datastructures import Headers

from partnerjourney.core import clock, heads, ids, logins
from partnerjourney.web.identity import View
from partnerjourney.web.pages import htmx
from partnerjourney.web.session import engine

PATIENCE = 10.0
"""So many seconds a request waits for another that makes the same page."""
ROOM, OWN_ROOM = 16 * 1024 * 1024, 2 * 1024 * 1024
"""So many bytes of pages a process keeps, and of one organisation."""
READINGS, OWN_READINGS = 48, 6
"""So many journeys as organisations read them a process keeps, and as one does."""
LONGEST = 1000
"""An address and headers of more characters are not kept."""
AROUND = 4096
"""So many bytes a page takes besides its body: its headers and what it is kept as."""
_QUARTER = 900  # seconds: days begin at a quarter of an hour in every time zone
_WHERE = (
    *("HTTP_HOST", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "HTTP_HX_REQUEST"),
    *("HTTP_HX_REQUEST_TYPE", "HTTP_HX_TARGET", "HTTP_HX_HISTORY_RESTORE_REQUEST"),
)
"""What a page is made of besides its reader: where it is asked, and what htmx asks of it."""
Key = tuple[Hashable, ...]
T = TypeVar("T")
_OF_EACH = frozenset({"Date", "Content-Length"})


@dataclass(frozen=True, slots=True)
class Page:
    """One answer as it was sent."""

    body: bytes
    headers: tuple[tuple[str, str], ...]
    etag: str = ""


class Kept(Generic[T]):
    """What one process made and keeps; when there is no room, what was not asked for longest goes.

    Keys begin with their owner. Each owner has room of its own, so that nobody notices what another
    keeps; when all together are too many, who keeps most lets go. Whoever asks for what is being
    made waits for it.
    """

    def __init__(self, room: int, own_room: int, weight: Callable[[T], int]) -> None:
        self._room, self._own_room, self._weight = room, own_room, weight
        self._changed = threading.Condition()
        self._held: dict[Hashable, OrderedDict[Key, T]] = {}
        self._sizes: Counter[Hashable] = Counter()
        self._making: set[Key] = set()

    @property
    def size(self) -> int:
        """The weight of all that is kept."""
        return self._sizes.total()

    def get(self, key: Key) -> T | None:
        """Return what stands, if this process made it."""
        with self._changed:
            return self._got(key)

    def get_or_make(self, key: Key) -> T | None:
        """Return what stands, waiting for who makes it; None: make it, then say that it is made."""
        with self._changed:
            self._changed.wait_for(lambda: key not in self._making, PATIENCE)
            found = self._got(key)
            if found is None:
                self._making.add(key)
            return found

    def made(self, key: Key) -> None:
        """Let those who wait look again: it was put, or could not be made."""
        with self._changed:
            self._making.discard(key)
            self._changed.notify_all()

    def put(self, key: Key, thing: T) -> None:
        """Keep something, and let the oldest go while there is no room."""
        with self._changed:
            owner = key[0]
            own: OrderedDict[Key, T] = self._held.setdefault(owner, OrderedDict())
            before = own.pop(key, None)
            own[key] = thing
            self._sizes[owner] += self._weight(thing) - (self._weight(before) if before else 0)
            while self._sizes[owner] > self._own_room:
                self._let_go(owner)
            while self.size > self._room:
                self._let_go(max(self._sizes, key=self._sizes.__getitem__))

    def forget(self) -> None:
        """Keep nothing of what was made before."""
        with self._changed:
            self._held.clear()
            self._sizes.clear()

    def _got(self, key: Key) -> T | None:
        own = self._held.get(key[0])
        if own is None or key not in own:
            return None
        own.move_to_end(key)
        return own[key]

    def _let_go(self, owner: Hashable) -> None:
        _, gone = self._held[owner].popitem(last=False)
        self._sizes[owner] -= self._weight(gone)
        if not self._held[owner]:
            del self._held[owner], self._sizes[owner]


class Pages(Kept[Page]):
    """The pages of one process, and what was read for them.

    `checking` makes each once more and compares, for tests.
    """

    def __init__(self, *, checking: bool = False) -> None:
        super().__init__(ROOM, OWN_ROOM, lambda page: len(page.body) + AROUND)
        self.checking = checking
        self.readings = Kept[Any](READINGS, OWN_READINGS, lambda _: 1)

    def forget(self) -> None:
        """Keep nothing of what was made before."""
        super().forget()
        self.readings.forget()


def kept(view: View) -> View:
    """Mark a view of one journey that is made of watched tables, the day and the reader alone."""
    view.is_kept = True  # type: ignore[attr-defined]
    return view


def shared(view: View) -> View:
    """Mark a kept view whose parts for htmx hang on the reader's organisation and rights alone."""
    view.is_shared = True  # type: ignore[attr-defined]
    return kept(view)


def once(what: Hashable, read: Callable[[], T]) -> T:
    """Return what was read for the reader's organisation, once while the same stands.

    It must be made of watched tables, and hang on the organisation and `what` alone. Outside a kept
    view it is read each time.
    """
    stands = g.get("kept_stands")
    if stands is None:
        return read()
    pages: Pages = current_app.extensions["kept"]
    key, readings = (*stands, what), pages.readings
    found: T | None = readings.get(key) if pages.checking else readings.get_or_make(key)
    if found is not None and not pages.checking:
        return found
    try:
        made = read()
        if found is not None and found != made:
            raise AssertionError(f"what was read no longer stood: {what}")
        readings.put(key, made)
    finally:
        readings.made(key)
    return made


def _key(*, alone: bool) -> Key | None:
    """Return what the page of this request hangs on, or None where it must be made.

    Read `alone` it hangs on the person too.
    """
    token, slug = cookie.get("_user_id"), g.get("organisation_slug")
    if not token or not slug or "_flashes" in cookie:
        return None
    journey = request.view_args["journey_id"] if request.view_args else None
    if journey is None:
        return None
    seen = heads.see(engine(), token_hash=ids.token_hash(token), slug=slug, journey=journey)
    if seen is None:
        return None
    settings, at = current_app.extensions["settings"], clock.now()
    fresh = min(logins.SEEN_EVERY, timedelta(hours=settings.session_idle_hours))
    if at - seen.seen_at > fresh or at - seen.created_at > timedelta(days=settings.session_days):
        return None
    where = tuple(request.environ.get(name, "") for name in _WHERE)
    if sum(map(len, where)) > LONGEST:
        return None
    stands = g.kept_stands = (slug, journey, seen.versions, int(at.timestamp()) // _QUARTER)
    who = (seen.user_id, seen.others) if alone else ()
    return (*stands, who, seen.rights, *where)


def _again(page: Page) -> Response:
    """Return the page once more, or 304 to a browser that has it."""
    g.headers_set = True
    cookie.accessed = False  # the headers say already that a cookie was looked at
    has_it = page.etag == request.environ.get("HTTP_IF_NONE_MATCH")
    response = Response(status=304) if has_it else Response(page.body)
    response.headers = Headers()
    response.headers._list = list(page.headers)  # checked when they were set  # noqa: SLF001
    if not has_it:
        response.make_conditional(request)
    return response


def _look(pages: Pages, view: View | None) -> Response | None:
    """Give the page that stands; else note what this request's page is to be kept as."""
    if request.method != "GET" or not getattr(view, "is_kept", False):
        return None
    key = g.kept_key = _key(alone=not (htmx.partial and getattr(view, "is_shared", False)))
    if key is None:
        return None
    found = pages.get(key) if pages.checking else pages.get_or_make(key)
    if found is None or pages.checking:
        g.kept_page = found
        return None
    return _again(found)


def _keep(pages: Pages, response: Response) -> Response:
    """Keep what was made; in tests it must be the same again."""
    if "kept_page" not in g or response.status_code not in (200, 304) or cookie.modified:
        return response
    response.vary.add("Cookie")
    told = ((name, value) for name, value in response.headers if name not in _OF_EACH)
    made = Page(response.get_data(), tuple(told), response.headers.get("ETag", ""))
    if g.kept_page is not None and g.kept_page != made:
        raise AssertionError(f"a kept page no longer stood: {request.full_path}")
    pages.put(g.kept_key, made)
    return response


def init_app(app: Flask) -> None:
    """Look before a kept page is made, and keep it afterwards; to be called before the headers."""
    pages = app.extensions["kept"] = Pages()
    app.before_request(lambda: _look(pages, app.view_functions.get(request.endpoint or "")))
    app.after_request(lambda response: _keep(pages, response))

    @app.teardown_request
    def _done(_error: BaseException | None) -> None:
        if "kept_page" in g:
            pages.made(g.kept_key)
