"""Every address: closed to strangers, absent for outsiders, unchanged by GET, sound as a page."""

from __future__ import annotations

import uuid
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import template_rendered
from jinja2 import Template
from sqlalchemy import func, select
from werkzeug.routing import Rule

from partnerjourney.core import border, predicates, schema
from partnerjourney.core.scopes import System
from tests.told import Story, told

__all__ = ["told"]

INSIDER = "anna@telenoord.example"
OUTSIDER = "ellen@beanandbrook.example"  # a member elsewhere: no party of the Dutch journey
VIEWER = "bas@telenoord.example"

OWN_ACCOUNT = ("accounts.", "pages.", "home_of")
"""Endpoints about the reader alone: there is nobody's else to see."""

VIEWER_MAY: set[str] = {"reviews.make"}
"""Unsafe endpoints that a viewer of an organisation may use; a report is for its own reading."""


def is_public(story: Story, rule: Rule) -> bool:
    view = story.app.view_functions[rule.endpoint]
    return bool(getattr(view, "is_public", False))


def methods(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def test_every_address_can_be_made_from_things_of_the_story(told: Story) -> None:
    for rule in told.rules():
        told.address(rule)


def test_strangers_are_sent_to_sign_in(told: Story) -> None:
    client = told.browser(None)
    for rule in told.rules():
        if is_public(told, rule):
            continue
        address = told.address(rule)
        for method in methods(rule):
            answer = client.open(address, method=method)
            assert answer.status_code == 303, (rule, method)
            assert answer.location.startswith("/sign-in"), (rule, method)
            partial = client.open(address, method=method, headers={"HX-Request": "true"})
            assert partial.status_code == 401, (rule, method)


def test_outsiders_find_nothing_under_another_organisation(told: Story) -> None:
    client = told.browser(OUTSIDER)
    for rule in told.rules():
        if "organisation" not in rule.arguments:
            continue
        for method in methods(rule):
            answer = client.open(told.address(rule), method=method)
            assert answer.status_code == 404, (rule, method, answer.status_code)


def test_outsiders_find_nothing_of_others_under_their_own_organisation(told: Story) -> None:
    """Own organisation in the address, another's object behind it; 422 says nothing of it."""
    client = told.browser(OUTSIDER)
    for rule in told.rules():
        if "organisation" not in rule.arguments or not (rule.arguments - {"organisation"}):
            continue
        for method in methods(rule):
            answer = client.open(told.address(rule, organisation="bean-brook"), method=method)
            assert answer.status_code in (404, 405, 422), (rule, method, answer.status_code)


def test_a_party_of_the_journey_finds_no_object_of_a_stranger(told: Story) -> None:
    client = told.browser(INSIDER)
    for rule in told.rules():
        things = {name for name in rule.arguments if name.endswith("_id")}
        if "organisation" not in rule.arguments or not things:
            continue
        for thing in things:
            for method in methods(rule):
                answer = client.open(told.address(rule, **{thing: uuid.uuid4()}), method=method)
                assert answer.status_code in (404, 422), (rule, method, answer.status_code)


def test_a_viewer_changes_nothing(told: Story) -> None:
    client = told.browser(VIEWER)
    before = _count(told)
    for rule in told.rules():
        if "organisation" not in rule.arguments or rule.endpoint in VIEWER_MAY:
            continue
        if "POST" in methods(rule):
            answer = client.post(told.address(rule), data={})
            assert answer.status_code in (403, 404, 409, 422), (rule, answer.status_code)
    assert _count(told) == before


def _count(story: Story) -> dict[str, int]:
    """Return how many rows each table has, but the ledger and who is signed in."""
    schema.load()
    ledger = {"attempt", "login_session"}
    with border.open_session(story.engine, System("a test")) as session:
        return {
            table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in predicates.tables()
            if table.__tablename__ not in ledger
        }


@pytest.mark.parametrize(
    ("email", "slug"),
    [
        (INSIDER, "telenoord"),
        ("mila@koeriersnel.example", "koerier-snel"),
        ("dirk@thuisklaar.example", "thuisklaar"),
        (None, "telenoord"),
    ],
)
def test_a_get_changes_nothing_and_every_page_and_block_is_sound(
    told: Story, email: str | None, slug: str
) -> None:
    client = told.browser(email)
    before = _count(told)
    rendered: set[str] = set()

    def each_block(_app: Any, template: Template, context: dict[str, Any], **_: Any) -> None:
        """Render each block alone, as htmx asks for it, with nothing undefined."""
        name = template.name or ""
        if ".pdf." not in name and "/mail/" not in name:
            rendered.add(name)
            for block in template.blocks.values():
                assert isinstance("".join(block(template.new_context(context))), str), name

    with template_rendered.connected_to(each_block, told.app):
        for rule in told.rules():
            if "GET" not in methods(rule):
                continue
            answer = client.get(told.address(rule, organisation=slug))
            assert answer.status_code < 500, rule
            check_headers(rule, answer)
            if answer.mimetype == "text/html" and answer.status_code == 200:
                Page.check(answer.text, rule)
            answer.close()
    assert _count(told) == before
    assert len(rendered) > 20 or email is None


def check_headers(rule: Rule, answer: Any) -> None:
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy or rule.endpoint.startswith("demo"), rule
    assert "frame-ancestors" in policy, rule
    assert answer.headers["X-Content-Type-Options"] == "nosniff", rule
    assert answer.headers["Referrer-Policy"], rule
    kept = answer.headers["Cache-Control"]
    if "organisation" in rule.arguments and answer.status_code == 200:
        assert "private, no-cache" in kept or "no-store" in kept, rule
        assert "ETag" in answer.headers or "no-store" in kept, rule
    elif rule.endpoint not in ("static_files.static_file", "brands.style"):
        assert "no-store" in kept, rule


class Page(HTMLParser):
    """What must be true of every page."""

    def __init__(self) -> None:
        super().__init__()
        self.heads = 0
        self.titles = 0
        self.seen: set[str] = set()
        self.twice: set[str] = set()
        self.labels: set[str] = set()
        self.fields: list[dict[str, str | None]] = []
        self.inline: list[str] = []
        self.language: str | None = None
        self.in_label = 0

    @classmethod
    def check(cls, text: str, rule: Rule) -> None:
        page = cls()
        page.feed(text)
        assert page.heads == 1, (rule, "one h1", page.heads)
        assert page.titles >= 1, (rule, "a title")
        assert not page.twice, (rule, "ids twice", page.twice)
        assert not page.inline, (rule, "inline style or script", page.inline)
        assert page.language in ("nl", "en"), (rule, "language")
        bare = [f for f in page.fields if not page.labelled(f)]
        assert not bare, (rule, "fields without a label", bare)

    def labelled(self, field: dict[str, str | None]) -> bool:
        named = field.get("aria-label") or field.get("aria-labelledby") or field.get("in label")
        return bool(named) or field.get("id") in self.labels

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if (name := given.get("id")) is not None:
            (self.twice if name in self.seen else self.seen).add(name)
        if tag == "style" or (tag == "script" and not given.get("src")) or "style" in given:
            self.inline.append(tag)
        self.inline += [key for key in given if key.startswith("on")]
        self.heads += tag == "h1"
        self.titles += tag == "title"
        if tag == "html":
            self.language = given.get("lang")
        elif tag == "label":
            self.in_label += 1
            self.labels.add(given.get("for") or "")
        elif tag in ("input", "select", "textarea"):
            self._field(given)

    def _field(self, given: dict[str, str | None]) -> None:
        shown = given.get("type") not in ("hidden", "submit", "button")
        if shown and given.get("aria-hidden") != "true":
            given["in label"] = "yes" if self.in_label else None
            self.fields.append(given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self.in_label -= 1


def test_unsafe_requests_from_another_site_are_refused(told: Story) -> None:
    client = told.browser(INSIDER)
    for rule in told.rules():
        address = told.address(rule)
        if "POST" not in methods(rule) or address.startswith(("/u/", "/api/")):
            continue
        headers = {"Sec-Fetch-Site": "cross-site"}
        assert client.post(address, headers=headers).status_code == 403, rule


def test_a_page_that_has_not_changed_is_not_sent_again_but_to_its_own_organisation(
    told: Story,
) -> None:
    client = told.browser(INSIDER)
    address = f"/o/telenoord/journeys/{told.ids['journey_id']}/"
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    other = told.browser("mila@koeriersnel.example")
    theirs = other.get(
        address.replace("telenoord", "koerier-snel"),
        headers={"If-None-Match": first.headers["ETag"]},
    )
    assert theirs.status_code == 200
