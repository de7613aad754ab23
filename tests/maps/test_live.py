"""An open map asks whether it still stands: one look, and after a change what is new."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from partnerjourney.core import clock
from partnerjourney.core.parties import Membership, Role, User
from tests.databases import counted
from tests.maps import telenoord
from tests.maps.telenoord import AT, NOW, Telenoord
from tests.maps.test_editing import HTMX, Editor
from tests.web_client import client_of


@pytest.fixture
def chain(engine: Engine, app: Flask) -> Telenoord:
    """Give the journey, and pages that are believed as in production."""
    app.extensions["kept"].checking = False
    return telenoord.build(engine)


def test_an_open_map_that_stands_costs_one_statement(
    chain: Telenoord, app: Flask, engine: Engine
) -> None:
    client, path = chain.client(app, "telenoord"), chain.at("telenoord", "?live=1")
    with clock.at(NOW):
        first = client.get(path, headers=HTMX)
        assert 'id="chart"' in first.text
        assert "<html" not in first.text
        known = {**HTMX, "If-None-Match": first.headers["ETag"]}
        with counted(engine) as found:
            same = client.get(path, headers=known)
    assert (same.status_code, same.data, found.texts) == (304, b"", ["pj_seen"])


def test_another_partys_change_is_in_the_next_look_and_a_hidden_one_is_not(
    chain: Telenoord, app: Flask, engine: Engine
) -> None:
    courier, path = chain.client(app, "snel"), chain.at("snel", "?live=1")
    flevo = Editor(chain, chain.client(app, "flevo"), "flevo")
    with clock.at(NOW):
        first = courier.get(path, headers=HTMX)
        known = {**HTMX, "If-None-Match": first.headers["ETag"]}
        telenoord.change_limit(chain, "rijk", "P3D")  # another member's own terms
        with counted(engine) as found:
            assert courier.get(path, headers=known).status_code == 304
        assert len(found) <= 12
        command = flevo.form(f"cards/{chain.card('verzamelen')}", "/name")
        assert flevo.send(command, name="Rapen en inpakken").status_code == 303
        changed = courier.get(path, headers=known)
    assert changed.status_code == 200
    assert "Rapen en inpakken" in changed.text
    assert changed.headers["ETag"] != first.headers["ETag"]


def _colleague(chain: Telenoord, app: Flask, name: str) -> FlaskClient:
    """Somebody else with the same rights, who also acts for the stranger."""
    with chain.system() as session:
        user = User(email=f"x@{name}.example", name="Jan Vos", language="nl", created_at=AT)
        session.add(user)
        session.flush()
        for owner, role in ((name, Role.ADMIN), ("stranger", Role.VIEWER)):
            owner_id = chain.organisations[owner]
            session.add(Membership(owner_id=owner_id, user_id=user.id, role=role, created_at=AT))
    return client_of(app, user.id)


def test_colleagues_with_the_same_rights_share_what_htmx_gets_of_a_map(
    chain: Telenoord, app: Flask, engine: Engine
) -> None:
    colleague, first = _colleague(chain, app, "flevo"), chain.client(app, "flevo")
    strong = client_of(app, chain.user("flevo"), means="password+code")
    viewer = chain.client(app, "flevo", Role.VIEWER)
    english = chain.client(app, "flevo", language="en")
    path = chain.at("flevo", "?live=1")
    with clock.at(NOW):
        seen = first.get(path, headers=HTMX)
        with counted(engine) as found:
            same = colleague.get(path, headers=HTMX)
        assert (same.data, same.headers["ETag"]) == (seen.data, seen.headers["ETag"])
        assert found.texts == ["pj_seen"]
        for other in (strong, viewer, english):
            with counted(engine) as found:
                assert other.get(path, headers=HTMX).status_code == 200
            assert len(found) > 1  # a part of its own, made of what was read already
            assert len(found) <= 3, found.texts
        telenoord.change_limit(chain)
        handover = chain.at("flevo", f"handovers/{chain.handover('h4')}")
        with counted(engine) as found:
            assert "2 werkdagen" in viewer.get(handover).text
        assert len(found) > 3
        with counted(engine) as found:
            assert "2 werkdagen" in first.get(handover).text
        assert len(found) <= 3, found.texts
        whole = colleague.get(chain.at("flevo"))
        assert "Jan Vos" in whole.text
        assert "Jan Vos" not in first.get(chain.at("flevo")).text


def test_nothing_of_a_part_of_the_map_hangs_on_the_person(chain: Telenoord, app: Flask) -> None:
    """What one got is made once more for the other, and compared."""
    telenoord.change_limit(chain)
    app.extensions["kept"].checking = True
    colleague, first = _colleague(chain, app, "telenoord"), chain.client(app, "telenoord")
    kept = app.extensions["kept"]._held
    with clock.at(NOW):
        for path in (
            "?live=1&edit=1",
            "?view=table&as=koeriers",
            *(f"cards/{chain.card(key)}?edit=1" for key in ("nummer", "verzamelen")),
            *(f"handovers/{chain.handover(key)}?live=1" for key in ("h2", "h4")),
        ):
            first.get(chain.at("telenoord", path), headers=HTMX)
            number = len(kept)
            assert colleague.get(chain.at("telenoord", path), headers=HTMX).status_code == 200
            assert len(kept) == number


def test_a_panel_whose_card_went_closes_and_the_address_follows(
    chain: Telenoord, app: Flask
) -> None:
    card = f"cards/{chain.card('nummer')}"
    client, path = chain.client(app, "flevo"), chain.at("flevo", f"{card}?live=1&zoom=75")
    brand = Editor(chain, chain.client(app, "telenoord"), "telenoord")
    with clock.at(NOW):
        assert "Nummer overzetten" in client.get(path, headers=HTMX).text
        assert brand.send(brand.form(card, "/retire")).status_code == 303
        gone = client.get(path, headers=HTMX)
        assert gone.status_code == 200
        assert gone.headers["HX-Replace-Url"] == chain.at("flevo", "?zoom=75")
        assert "Nummer overzetten" not in gone.text
        phase = brand.get("?edit=1").split('data-phase="')[1].split('"')[0]
        assert client.get(chain.at("flevo", f"map/phases/{phase}?live=1")).status_code == 403


def test_who_was_signed_out_is_told_so(chain: Telenoord, app: Flask) -> None:
    client, path = chain.client(app, "telenoord"), chain.at("telenoord", "?live=1")
    with clock.at(NOW):
        assert client.get(path, headers=HTMX).status_code == 200
    with clock.at(NOW + timedelta(days=30)):
        assert client.get(path, headers=HTMX).status_code == 401
