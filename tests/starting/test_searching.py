"""Searching: every word, whatever case and accents, and never what one may not see."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import Engine

from partnerjourney.searching.rules import holds, words
from tests.chain import Chain, build
from tests.databases import counted
from tests.starting.test_pages import member, text


@pytest.fixture
def chain(engine: Engine) -> Chain:
    return build(engine)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("pakket", True),
        ("PAKKET afge", True),
        ("coordineer", True),
        ("Coördineer", True),
        ("pakket fiets", False),
        ("p", False),
        (" ", False),
        ("%", False),
        ("__", False),
    ],
)
def test_every_word_counts_and_no_sign_is_a_wildcard(query: str, found: bool) -> None:
    assert holds(words(query), ["Pakket afgeven", "coördineert", None]) is found


def finds(chain: Chain, app: Flask, name: str, query: str, where: str = "") -> str:
    """Return what an organisation is shown when it searches."""
    client = member(chain, app, name)
    answer = client.get(f"/o/{name}/journeys{where}/search", query_string={"q": query})
    assert answer.status_code == 200
    return text(answer.get_data(as_text=True))


def test_cards_parties_phases_and_hand_overs_are_found(chain: Chain, app: Flask) -> None:
    where = f"/{chain.journey}"
    for query, says in (
        ("afgeven", "Pakket afgeven Contactmoment of handeling · Koeriers"),
        ("thuisklaar", "Thuisklaar Partij"),
        ("voorbereiden", "Voorbereiden Fase"),
        ("barcode pakket", "Pakket gaat mee met de koerier Overdracht"),
        ("zakelijk internet", "Zakelijk internet en toestel"),
    ):
        assert says in finds(chain, app, "telenoord", query), query
        if query != "zakelijk internet":
            assert says in finds(chain, app, "telenoord", query, where), query
    assert "Niets gevonden voor ‘<b>olifant" in finds(chain, app, "telenoord", "<b>olifant")
    assert "ten minste twee" in finds(chain, app, "telenoord", "x")


def test_nothing_is_found_that_one_may_not_see(chain: Chain, app: Flask) -> None:
    """A courier shares no terms of brand and warehouse; a stranger shares nothing at all."""
    secret = "Type en kleur"
    assert "Opdracht naar het magazijn" in finds(chain, app, "telenoord", secret)
    assert "Niets gevonden" in finds(chain, app, "snel", secret)
    assert "Opdracht" not in finds(chain, app, "snel", "magazijn")
    assert "Niets gevonden" in finds(chain, app, "stranger", "pakket")
    client = member(chain, app, "stranger")
    answer = client.get(f"/o/stranger/journeys/{chain.journey}/search?q=pakket")
    assert answer.status_code == 404


def test_a_search_costs_a_fixed_number_of_statements(chain: Chain, app: Flask) -> None:
    client = member(chain, app, "telenoord")
    with counted(chain.engine) as found:
        client.get("/o/telenoord/journeys/search?q=klant")
    assert len(found.texts) <= 10
