"""Rows of a spreadsheet: each line is a card or has a fault, and only the good ones are added."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import Engine

from partnerjourney.core.parties import Role
from partnerjourney.maps import services as maps
from partnerjourney.starting.rules.rows import MOST_ROWS, RowFault, parse_rows
from tests.chain import Chain, build
from tests.starting.test_pages import member, text

CHANNELS = {"website": "website", "bezoek": "visit"}


@pytest.fixture
def chain(engine: Engine) -> Chain:
    return build(engine)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("Leveren\tKoerier\tPakket afgeven\tcontactmoment\tBezoek", None),
        ("Leveren\tKoerier\tPakket afgeven", None),
        ("Leveren\tKoerier\tInpakken\tHandeling", None),
        ("Leveren\tKoerier\tInpakken\tHandeling\tBezoek", RowFault.STEP_CHANNEL),
        ("\tKoerier\tInpakken", RowFault.NO_PHASE),
        ("Leveren\t\tInpakken", RowFault.NO_PARTY),
        ("Leveren\tKoerier\t", RowFault.NO_NAME),
        ("Leveren\tKoerier", RowFault.FEW),
        ("Leveren, Koerier, Inpakken", RowFault.FEW),
        ("Leveren\tKoerier\tInpakken\tfeestje", RowFault.KIND),
        ("Leveren\tKoerier\t" + "x" * 81, RowFault.LONG),
        ("Leveren\tKoerier\tIn\u202epakken", RowFault.UNSEEN),
    ],
)
def test_a_line_is_a_card_or_has_one_fault(line: str, fault: RowFault | None) -> None:
    (row,) = parse_rows(line, CHANNELS)
    assert row.fault == fault
    assert row.text == line


def test_heads_and_merged_cells_are_understood_and_lines_keep_their_numbers() -> None:
    rows = parse_rows(
        "Fase\tPartij\tContactmoment\n\nLeveren\tKoerier\tBelt aan\t\tbezoek\r\n"
        '\t"Koerier"\tGeeft  af\tstep\t\n\tKlant\tNeemt aan\t\tsnorfiets',
        CHANNELS,
    )
    assert [(row.number, row.phase, row.party, row.name) for row in rows] == [
        (3, "Leveren", "Koerier", "Belt aan"),
        (4, "Leveren", "Koerier", "Geeft af"),
        (5, "Leveren", "Klant", "Neemt aan"),
    ]
    assert [row.channel for row in rows] == ["visit", "", "snorfiets"]
    assert [row.kind for row in rows] == ["touchpoint", "step", "touchpoint"]


def test_no_more_than_a_journey_takes_at_once() -> None:
    rows = parse_rows("\n".join(["A\tB\tC"] * (MOST_ROWS + 2)), {})
    assert [row.fault for row in rows[-3:]] == [None, RowFault.TOO_MANY, RowFault.TOO_MANY]


def test_the_heads_that_a_page_shows_are_no_row_in_either_language() -> None:
    for heads in ("Fase\tPartij\tContactmoment", "Phase\tParty\tTouchpoint"):
        assert [row.name for row in parse_rows(f"{heads}\nA\tB\tC", {})] == ["C"]


def names(chain: Chain) -> list[str]:
    """Return the cards of the journey, in path order."""
    with chain.acting("telenoord") as (session, _, place):
        return [card["name"] for card in maps.export_journey(session, place)["cards"]]


GOOD = "Retour\tRetourdesk\tRetour aanmelden\t\twebsite\n\tKoeriers\tDoos scannen\thandeling"


def test_rows_are_shown_first_and_become_cards_with_their_phases_and_parties(
    chain: Chain, app: Flask
) -> None:
    client = member(chain, app, "telenoord")
    address = f"/o/telenoord/journeys/{chain.journey}/rows"
    before = names(chain)
    pasted = f"{GOOD}\nLeveren\tThuisklaar\tBelt aan\nLeveren\tTelenoord\tBelt\tfeest"
    looked = text(client.post(address, data={"text": pasted}).get_data(as_text=True))
    assert names(chain) == before
    assert "Nieuwe fasen: Retour" in looked
    assert "Nieuwe partijen, voorlopig tot zij bevestigen: Retourdesk" in looked
    assert "Regel 3 de baan van een andere partij" in looked
    assert "Regel 4 een soort die geen contactmoment" in looked
    added = client.post(f"{address}/cards", data={"text": pasted})
    page = added.get_data(as_text=True)
    assert added.status_code == 200
    assert names(chain) == [*before, "Retour aanmelden", "Doos scannen"]
    assert "Belt\tfeest" in page
    assert "Retour aanmelden" not in page
    done = client.post(f"{address}/cards", data={"text": "Retour\tRetourdesk\tGeld terug"})
    assert done.status_code == 303
    assert names(chain)[-1] == "Geld terug"
    only_faults = client.post(f"{address}/cards", data={"text": "Leveren\tX"})
    assert only_faults.status_code == 422
    empty = client.post(address, data={"text": " "})
    assert empty.status_code == 422


def test_a_partner_adds_to_its_own_lane_only(chain: Chain, app: Flask) -> None:
    client = member(chain, app, "flevo")
    address = f"/o/flevo/journeys/{chain.journey}/rows"
    pasted = "Leveren\tMagazijn Flevo\tTelt na\thandeling\nLeveren\tTelenoord\tBelt\n" + GOOD
    looked = text(client.post(address, data={"text": pasted}).get_data(as_text=True))
    assert "Voeg 1 contactmoment of handeling toe" in looked
    assert "die alleen de regie toevoegt" in looked
    client.post(f"{address}/cards", data={"text": pasted})
    assert "Telt na" in names(chain)
    assert "Belt" not in names(chain)
    for name, role in (("telenoord", Role.VIEWER), ("rijk", Role.ADMIN)):
        other = member(chain, app, name, role)
        answer = other.post(f"/o/{name}/journeys/{chain.journey}/rows", data={"text": GOOD})
        assert answer.status_code in (403, 404)
