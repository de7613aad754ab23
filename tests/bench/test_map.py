"""The page of the map, whole and unchanged, against a Flask hello in the same process."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder

from partnerjourney.core import border, clock
from partnerjourney.core.parties import Organisation
from partnerjourney.maps import services as maps
from partnerjourney.web.kept import Pages
from tests.bench.conftest import Ground
from tests.bench.figures import Figures, in_turns, short
from tests.databases import counted
from tests.maps import telenoord
from tests.maps.telenoord import FILLS, NOW, ORGANISATIONS, Telenoord
from tests.maps.telenoord_document import document
from tests.web_client import ADDRESS, make_app, settings_for

pytestmark = pytest.mark.bench

HANDOVERS = 20


def _document(cards: int) -> dict[str, Any]:
    """Return the picture's journey, grown to so many cards and to twenty hand-overs."""
    wanted = document()
    phases = [phase["key"] for phase in wanted["phases"]]
    parties = [party["key"] for party in wanted["parties"]]
    for number in range(cards - len(wanted["cards"])):
        wanted["cards"].append(
            {
                "key": f"more{number}",
                "phase": phases[number * len(phases) // cards],
                "party": parties[1 + number % (len(parties) - 1)],
                "name": f"Stap {number}",
                "kind": "step",
            }
        )
    grown = wanted["cards"][-(cards - len(document()["cards"])) :]
    for number, (start, end) in enumerate(pairwise(grown)):
        if len(wanted["handovers"]) >= HANDOVERS:
            break
        wanted["handovers"].append(
            {
                "key": f"more{number}",
                "from": start["party"],
                "to": end["party"],
                "from_card": start["key"],
                "to_card": end["key"],
            }
        )
    return wanted


def _grow(ground: Ground, cards: int) -> Telenoord:
    """Make the journey with a change that waits and with answers at three points."""
    chain = Telenoord(ground.engine)
    with clock.at(telenoord.AT):
        with chain.system() as session:
            for slug, name in ORGANISATIONS.items():
                made = Organisation(slug=slug, name=name, created_at=telenoord.AT)
                session.add(made)
                session.flush()
                chain.organisations[slug] = made.id
        actor = chain.member("telenoord")
        with border.open_session(ground.engine, actor, write=True) as session, session.begin():
            brand = session.get_one(Organisation, actor.organisation_id)
            place = maps.import_journey(session, actor, brand, _document(cards), at=telenoord.AT)
            chain.journey = place.id
        for name in ("flevo", "snel", "rijk"):
            chain.join(name, FILLS[name])
            chain.confirm(name)
    telenoord.change_limit(chain)
    telenoord.answered(chain, "bestelling", {10: 120, 8: 60, 5: 32})
    telenoord.answered(chain, "levering", {10: 82, 8: 43, 5: 25}, cases=412, late=10)
    telenoord.answered(chain, "installatie", {10: 66, 8: 19, 5: 11})
    return chain


def _get(app: Flask, path: str, *, status: int, **headers: str) -> Callable[[], dict[str, str]]:
    """Return what asks for a page as the server does: no client in between."""
    environ = EnvironBuilder(path=path, base_url=ADDRESS, headers=[*headers.items()]).get_environ()

    def work() -> dict[str, str]:
        answered: list[Any] = []

        def start(*told: Any) -> Any:
            answered.extend(told)

        given = {**environ, "wsgi.input": BytesIO()}
        for _ in app.wsgi_app(given, start):
            pass
        assert answered[0].startswith(str(status)), answered
        return dict(answered[1])

    return work


def _hello() -> Flask:
    app = Flask("hello")

    @app.get("/")
    def hello() -> str:
        return "hello"

    return app


@pytest.mark.parametrize("cards", [40, 300])
def test_map(ground: Ground, cards: int, figures: Figures, tmp_path: Path) -> None:
    with clock.at(NOW):
        chain = _grow(ground, cards)
        ground.tidy()
        app = make_app(settings_for(ground.url, tmp_path), ground.engine)
        app.extensions["kept"].checking = False
        client = chain.client(app, "telenoord")
        cookie = client.get_cookie("pj_session")
        assert cookie is not None
        path, sent = chain.at("telenoord"), {"Cookie": f"pj_session={cookie.value}"}
        page = _get(app, path, status=200, **sent)
        tag = page()["ETag"]
        pages: Pages = app.extensions["kept"]

        def made() -> None:
            pages.forget()
            page()

        with counted(ground.engine) as found:
            made()
        unchanged = _get(app, path, status=304, **sent, **{"If-None-Match": tag})
        hello = _get(_hello(), "/", status=200)
        first, whole, same, floor = in_turns(
            made, page, unchanged, lambda: [hello() for _ in range(20)]
        )
    for what, taken, target in (
        ("page, made anew", first, ""),
        ("page, as it stands", whole, "≤ 40"),
        ("304", same, "≤ 8"),
    ):
        figures.add(
            ground.name,
            f"map {what}, {cards} cards, {HANDOVERS} hand-overs",
            short(taken),
            floor=short(floor / 20),
            ratio=taken / (floor / 20),
            target=target,
            besides=f"statements: {len(found)} (≤ 12)" if taken is first else "",
        )
