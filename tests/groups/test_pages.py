"""The page of a group: members by name, for the coordinator alone."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from partnerjourney.core import border
from partnerjourney.core.parties import Party
from partnerjourney.core.scopes import System
from partnerjourney.organisations.models import PartyInvitation
from tests.told import Story, told

__all__ = ["told"]


def page(told: Story, organisation: str = "telenoord", key: str = "koeriers") -> str:
    """Return the address of a group's page."""
    with border.open_session(told.engine, System("a test")) as session:
        found = session.scalars(
            select(Party.id).where(Party.journey_id == told.ids["journey_id"], Party.key == key)
        ).one()
    return f"/o/{organisation}/journeys/{told.ids['journey_id']}/groups/{found}"


def test_members_stand_by_name_with_what_was_answered_about_each(told: Story) -> None:
    brand = told.browser("anna@telenoord.example")
    shown = brand.get(page(told))
    assert shown.status_code == 200
    rows = re.findall(r'<th scope="row">.*?<span>([^<]+)<small>', shown.text)
    assert rows == ["Koerier Snel", "Rijk Bezorgt"]
    assert re.search(r"\d+ antwoorden · marge", shown.text)  # never a score without n and margin
    assert "bevestigd" in shown.text
    found = brand.get(page(told) + "?q=rijk").text
    assert "Rijk Bezorgt" in found
    assert "Koerier Snel" not in re.findall(r'<th scope="row">.*?</th>', found)[0]
    assert "Geen lid met die naam" in brand.get(page(told) + "?q=nobody").text


@pytest.mark.parametrize(
    ("slug", "email", "status"),
    [
        ("koerier-snel", "mila@koeriersnel.example", 403),
        ("magazijn-flevo", "joost@flevo.example", 403),
        ("bean-brook", "ellen@beanandbrook.example", 404),
    ],
)
def test_nobody_else_opens_it(told: Story, slug: str, email: str, status: int) -> None:
    assert told.browser(email).get(page(told, slug)).status_code == status


def test_only_a_group_has_such_a_page(told: Story) -> None:
    brand = told.browser("anna@telenoord.example")
    assert brand.get(page(told, key="magazijn")).status_code == 404


def test_many_are_invited_by_their_addresses_alone(told: Story) -> None:
    brand = told.browser("anna@telenoord.example")
    text = "een@koerier.example\ntwee@koerier.example\nnothing"
    answer = brand.post(page(told) + "/invitations", data={"text": text})
    assert answer.status_code == 200
    assert "2 uitnodigingen zijn onderweg" in answer.text
    assert "1 regel" in answer.text
    with border.open_session(told.engine, System("a test")) as session:
        sent = set(session.scalars(select(PartyInvitation.email)))
    assert {"een@koerier.example", "twee@koerier.example"} <= sent
    assert brand.post(page(told) + "/invitations", data={"text": ""}).status_code == 422
