"""A served application and browsers of several people, for tests that drive Chromium."""

from __future__ import annotations

import re
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy import Engine
from werkzeug.serving import make_server

from partnerjourney import features
from partnerjourney.core import clock, ids, jobs
from tests.web_client import client_of, lent_app, settings_for

AXE = (Path(__file__).parent / "axe.min.js").read_text("utf-8")
ARGUMENTS = [
    "--no-sandbox",
    "--font-render-hinting=none",  # words stand as far apart as on a screen
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}


@dataclass
class Live:
    """An application that listens, its mails, and a browser."""

    app: Flask
    address: str
    mails: Path
    browser: Browser
    moment: datetime | None = None
    """The clock of the server, once a test holds it."""

    def __post_init__(self) -> None:
        """Let the server live at the moment that a test says."""
        served = self.app.wsgi_app

        def at_the_moment(environ: Any, start_response: Any) -> Any:
            with clock.at(self.moment) if self.moment else nullcontext():
                return served(environ, start_response)

        self.app.wsgi_app = at_the_moment  # type: ignore[method-assign]

    def signed_in(self, user_id: uuid.UUID, **how: bool) -> Page:
        """Return a page of somebody who is signed in, without the walk past the door."""
        page = self.person(**how)
        self.sign_in(page, user_id)
        return page

    def sign_in(self, page: Page, user_id: uuid.UUID) -> None:
        """Sign somebody in, anew when the clock went on: a sign-in ends by itself."""
        with clock.at(self.moment) if self.moment else nullcontext():
            cookie = client_of(self.app, user_id).get_cookie("pj_session")
        assert cookie is not None
        page.context.add_cookies(
            [{"name": "pj_session", "value": cookie.value, "url": self.address}]
        )

    def person(self, *, phone: bool = False, script: bool = True, dark: bool = False) -> Page:
        """Return a page in a context of its own: nobody shares cookies."""
        context: BrowserContext = self.browser.new_context(
            base_url=self.address,
            viewport=PHONE if phone else DESK,  # type: ignore[arg-type]
            java_script_enabled=script,
            color_scheme="dark" if dark else "light",
            has_touch=phone,
            locale="nl-NL",
            bypass_csp=True,  # axe is injected
        )
        context.set_default_timeout(15_000)
        return context.new_page()

    def work(self, *, at: datetime | None = None) -> None:
        """Do the jobs that are due at a moment; without one now, by the clock of the server."""
        features.employ()
        with self.app.app_context(), clock.at(at or self.moment or datetime.now(UTC)):
            while jobs.run_due(
                self.app.extensions["engine"], self.app.extensions["settings"], ids.new_v4()
            ):
                pass

    def link(self, to: str, pattern: str) -> str:
        """Return the first link that fits in the newest mail to somebody."""
        return self.links(to, pattern)[0]

    def new_link(self, to: str, pattern: str, *, beside: list[str]) -> str:
        """Return the one link that is not among those that were there before."""
        [found] = set(self.links(to, pattern)) - set(beside)
        return found

    def links(self, to: str, pattern: str) -> list[str]:
        """Return the first link that fits in each mail to somebody, the newest mail first."""
        links = []
        for path in sorted(self.mails.glob("*.eml"), reverse=True):
            mail = message_from_bytes(path.read_bytes(), policy=policy.default)
            if mail["To"] != to:
                continue
            body = mail.get_body(("plain",))
            assert body is not None
            found = re.search(re.escape(self.address) + pattern, body.get_content())
            if found:
                links.append(found.group())
        assert links, f"no mail to {to} with {pattern}"
        return links


@pytest.fixture(scope="session")
def chromium(chromium_path: str) -> Iterator[Browser]:
    """Give one browser for all tests of a worker."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def live(
    request: pytest.FixtureRequest,
    engine: Engine,
    database_url: str,
    tmp_path: Path,
    chromium: Browser,
) -> Iterator[Live]:
    """Give the application, listening, on each engine in turn.

    As the demo with parameter True; under a name of the host instead of its number with a text.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    given = getattr(request, "param", False)
    address = f"http://{given if isinstance(given, str) else '127.0.0.1'}:{port}"
    mails = tmp_path / "mail"
    demo = given is True
    settings = settings_for(database_url, mails, base_url=address, demo=demo)
    with lent_app(settings, engine) as app:
        server = make_server("127.0.0.1", port, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        _engines.append(engine.dialect.name)
        yield Live(app, address, mails, chromium)
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()
        for context in chromium.contexts:
            context.close()


_RULES = {
    "light": "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']",
    "dark": "{type: 'rule', values: ['color-contrast', 'link-in-text-block']}",
}
"""What axe asks in each scheme: in the dark only what colours can break."""


_engines = ["sqlite"]
"""The engine of the running test, last."""


def sound(page: Page) -> None:
    """Check a page with axe (WCAG 2.2 A and AA), light and dark, and that it does not scroll.

    The markup does not depend on the database: axe looks once, at the walk on SQLite.
    """
    page.wait_for_load_state()
    if _engines[-1] == "sqlite":
        _look(page)
    width = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    wide = page.evaluate(
        "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right"
        " > window.innerWidth + 1).map(e => e.outerHTML.slice(0, 120)).slice(0, 5)"
    )
    assert width <= 0, (page.url, "scrolls sideways", width, wide)


def _look(page: Page) -> None:
    page.evaluate(AXE)
    for scheme, rules in _RULES.items():
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found = page.evaluate(
            f"axe.run({{runOnly: {rules}, resultTypes: ['violations']}})"
            ".then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).join(' | ')))"
        )
        assert not found, (page.url, scheme, found)
    page.emulate_media(color_scheme="light")


__all__ = ["Live", "chromium", "live", "sound"]
