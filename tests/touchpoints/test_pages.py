"""The pages about customer roles, and about what a touchpoint is to the customer."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from partnerjourney.core import clock
from partnerjourney.core.parties import Role
from partnerjourney.touchpoints import services
from tests.maps.telenoord import NOW, Telenoord, chain, text

__all__ = ["chain"]


@pytest.fixture
def roles(chain: Telenoord, app: Flask) -> dict[str, str]:
    """Give two customer roles, made as the coordinator makes them: key → id."""
    client = chain.client(app, "telenoord")
    for kind, name in (("user", "Monteur"), ("buyer", "Inkoop")):
        with clock.at(NOW):
            made = client.post(
                chain.at("telenoord", "customer-roles"), data={"kind": kind, "name": name}
            )
        assert made.status_code == 303
    with chain.acting("telenoord") as (session, _, place):
        return {role.key: str(role.id) for role in services.customer_roles(session, place.id)}


def test_roles_are_named_changed_ordered_and_taken_off(
    chain: Telenoord, app: Flask, roles: dict[str, str]
) -> None:
    client, at = chain.client(app, "telenoord"), chain.at("telenoord", "customer-roles")
    role = roles["inkoop"]
    changed = {"version": "1", "kind": "buyer", "name": "Hoofd inkoop", "department": "Inkoop"}
    assert client.post(f"{at}/{role}", data=changed).status_code == 303
    late = client.post(f"{at}/{role}", data={**changed, "name": "Anders"})
    assert late.status_code == 409
    assert "Nu staat er: Hoofd inkoop · Inkoop" in late.get_data(as_text=True)
    assert 'value="Anders"' in late.get_data(as_text=True)
    part = client.post(f"{at}/{role}/order", data={"position": "0"}, headers={"HX-Request": "true"})
    shown = text(part.get_data(as_text=True))
    assert shown.index("Hoofd inkoop") < shown.index("Monteur")
    wrong = client.post(at, data={"kind": "boss", "name": "Dirk"})
    assert wrong.status_code == 422
    assert 'value="Dirk"' in wrong.get_data(as_text=True)
    assert client.post(f"{at}/{role}/retire").status_code == 303
    assert "Hoofd inkoop" not in text(client.get(at).get_data(as_text=True)).split("Monteur")[1]
    partner = chain.client(app, "flevo")
    theirs = chain.at("flevo", "customer-roles")
    assert "Monteur" in text(partner.get(theirs).get_data(as_text=True))
    assert partner.post(theirs, data={"kind": "user"}).status_code == 403
    assert "Rol toevoegen" not in partner.get(theirs).get_data(as_text=True)
    assert (
        chain.client(app, "stranger").get(chain.at("stranger", "customer-roles")).status_code == 404
    )


def test_what_a_touchpoint_is_to_the_customer_stands_on_the_map(
    chain: Telenoord, app: Flask, roles: dict[str, str]
) -> None:
    client = chain.client(app, "telenoord")
    card = chain.card("afgeven")
    page = chain.at("telenoord", f"cards/{card}/customer")
    version = re.search(r'name="version" value="(\d+)"', client.get(page).get_data(as_text=True))
    assert version is not None
    with chain.acting("telenoord") as (_, _, place):
        brand = next(party.id for party in place.parties.values() if party.orchestrator)
    said = {
        "version": version[1],
        "perceived_id": str(brand),
        "perceived_told": "",
        "control": "partner",
        "truths": [roles["monteur"]],
        "impacts": [f"{roles['monteur']}:2", f"{roles['inkoop']}:-1"],
    }
    with clock.at(NOW):
        saved = client.post(page, data=said)
        assert saved.status_code == 303
        panel = text(client.get(chain.at("telenoord", f"cards/{card}")).get_data(as_text=True))
    for words in ("Wie de klant denkt dat dit is", "waarde botst", "Van een partner",
                  "+2 helpt veel", "−1 zit in de weg", "wie is dit?"):  # fmt: skip
        assert words in panel, words
    late = client.post(page, data={**said, "perceived_told": "Onze koerier."})
    assert late.status_code == 409
    assert "Onze koerier." in late.get_data(as_text=True)
    listed = text(
        client.get(chain.at("telenoord", "?view=table&role=monteur")).get_data(as_text=True)
    )
    assert "Beslissende momenten: Monteur" in listed
    cards = listed[listed.rindex("Beslissende momenten: Monteur") :]
    assert "Pakket afgeven" in cards
    drawn = client.get(chain.at("telenoord", "?view=map&role=inkoop")).get_data(as_text=True)
    assert re.search(rf'is-dimmed[^>]*id="card-{chain.card("bestelt")}"', drawn)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("impacts", "x:1"),
        ("impacts", "00000000-0000-0000-0000-000000000000:9"),
        ("impacts", "00000000-0000-0000-0000-000000000000:1"),
        ("control", "nobody"),
        ("perceived_id", "nobody"),
        ("perceived_told", "a\u202eb"),
    ],
)
def test_what_cannot_be_taken_is_answered_at_the_form(
    chain: Telenoord, app: Flask, roles: dict[str, str], name: str, value: str
) -> None:
    client = chain.client(app, "telenoord")
    card = chain.card("bestelt")
    said = {"version": "1", "perceived_told": "Dat blijft staan.", name: value}
    wrong = client.post(chain.at("telenoord", f"cards/{card}/customer"), data=said)
    assert wrong.status_code == 422
    kept = "a\u202eb" if name == "perceived_told" else "Dat blijft staan."
    assert kept in wrong.get_data(as_text=True)


def test_only_the_owner_says_it(chain: Telenoord, app: Flask) -> None:
    card = chain.card("bestelt")
    page = f"cards/{card}/customer"
    assert chain.client(app, "flevo").get(chain.at("flevo", page)).status_code == 403
    viewer = chain.client(app, "telenoord", Role.VIEWER)
    assert viewer.post(chain.at("telenoord", page), data={}).status_code == 403
    stranger = chain.client(app, "stranger")
    assert stranger.get(chain.at("stranger", page)).status_code == 404
