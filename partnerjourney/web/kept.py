"""Kept pages: what was made for this reader stands until something changes that it may read.

A view marked `kept` reads watched tables only (core/heads.py). Each request asks in one statement
who looks and which versions stand; a page that was made for the very same is given again, or 304.
The ETag stays one of the content, so it tells nothing about what is hidden. A page is kept in this
process only; another process makes it once more.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask, Response, current_app, g, request
from flask import session as cookie
from werkzeug.datastructures import Headers

from partnerjourney.core import clock, heads, ids, logins
from partnerjourney.web.identity import View
from partnerjourney.web.session import engine

ROOM = 16 * 1024 * 1024
"""So many bytes of pages a process keeps; the one that was not asked for longest goes first."""
_QUARTER = 900  # seconds: days begin at a quarter of an hour in every time zone
_WHERE = ("HTTP_HOST", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING")
_OF_EACH = frozenset({"Date", "Content-Length"})


@dataclass(frozen=True, slots=True)
class Page:
    """One answer as it was sent."""

    body: bytes
    headers: tuple[tuple[str, str], ...]
    etag: str = ""


class Pages:
    """The pages of one process; `checking` makes each once more and compares, for tests."""

    def __init__(self, *, checking: bool = False) -> None:
        self.checking = checking
        self._lock = threading.Lock()
        self._pages: OrderedDict[Hashable, Page] = OrderedDict()
        self._size = 0

    def get(self, key: Hashable) -> Page | None:
        """Return a page that stands, if this process made it."""
        with self._lock:
            found = self._pages.get(key)
            if found is not None:
                self._pages.move_to_end(key)
            return found

    def put(self, key: Hashable, page: Page) -> None:
        """Keep a page, and let the oldest go while there is no room."""
        with self._lock:
            before = self._pages.pop(key, None)
            self._size += len(page.body) - (len(before.body) if before else 0)
            self._pages[key] = page
            while self._size > ROOM:
                _, gone = self._pages.popitem(last=False)
                self._size -= len(gone.body)

    def forget(self) -> None:
        """Keep nothing of what was made before."""
        with self._lock:
            self._pages.clear()
            self._size = 0


def kept(view: View) -> View:
    """Mark a view of one journey that is made of watched tables, the day and the reader alone."""
    view.is_kept = True  # type: ignore[attr-defined]
    return view


def _key() -> Hashable | None:
    """Return what the page of this request hangs on, or None where it must be made."""
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
    environ = request.environ
    asked = tuple(pair for pair in environ.items() if pair[0].startswith("HTTP_HX_"))
    where = tuple(environ.get(name, "") for name in _WHERE)
    who = (seen.user_id, bool(cookie.get("strong")))
    return (*who, seen.versions, int(at.timestamp()) // _QUARTER, slug, *where, *asked)


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


def init_app(app: Flask) -> None:
    """Look before a kept page is made, and keep it afterwards; to be called before the headers."""
    pages = app.extensions["kept"] = Pages()

    @app.before_request
    def _look() -> Response | None:
        view = app.view_functions.get(request.endpoint or "")
        if request.method != "GET" or not getattr(view, "is_kept", False):
            return None
        key = g.kept_key = _key()
        found = None if key is None else pages.get(key)
        if found is None or pages.checking:
            g.kept_page = found
            return None
        return _again(found)

    @app.after_request
    def _keep(response: Response) -> Response:
        key = g.get("kept_key")
        if key is None or "kept_page" not in g:
            return response
        if response.status_code not in (200, 304) or cookie.modified:
            return response
        response.vary.add("Cookie")
        told = ((name, value) for name, value in response.headers if name not in _OF_EACH)
        made = Page(response.get_data(), tuple(told), response.headers.get("ETag", ""))
        if g.kept_page is not None and g.kept_page != made:
            raise AssertionError(f"a kept page no longer stood: {request.full_path}")
        pages.put(key, made)
        return response
