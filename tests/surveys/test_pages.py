"""The coordinator's pages: open a wave, add contacts, see how far it is, close."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from partnerjourney.core import clock
from partnerjourney.surveys.models import Contact, Wave
from tests.surveys.story import AT, Story
from tests.web_client import client_of


def address(story: Story, name: str = "telenoord") -> str:
    return f"/o/{name}/journeys/{story.journey}/surveys/"


def wave_id(story: Story) -> str:
    with story.system() as session:
        return str(session.scalars(select(Wave.id)).one())


def test_from_nothing_to_a_closed_baseline(app: Flask, story: Story) -> None:
    point = story.points["delivery"]
    with clock.at(AT):
        client = client_of(app, story.users["telenoord"])
        assert "Hier is nog niets gevraagd." in client.get(address(story)).text
        form = client.get(f"{address(story)}{point}/waves")
        assert "Als u alleen aan deze levering denkt" in form.text
        assert 'value="nulmeting"' in form.text
        opened = client.post(
            f"{address(story)}{point}/waves",
            data={"key": "nulmeting", "close_on": "2026-05-31", "close_at_answers": ""},
            follow_redirects=True,
        )
        assert "sluit na zo 31 mei" in opened.text
        there = f"{address(story)}{point}/waves/{wave_id(story)}"
        wrong = client.post(f"{there}/contacts", data={"contacts": "email\nnobody"})
        assert wrong.status_code == 422
        assert "Regel 2: ‘nobody’ is geen mailadres." in wrong.text
        file = (io.BytesIO("\ufeffemail;naam\na@x.nl;Zoë\nb@x.nl;<b>".encode()), "lijst.csv")
        taken = client.post(f"{there}/contacts", data={"file": file}, follow_redirects=True)
        assert "2 regels zijn overgenomen." in taken.text
        assert re.search(r"<b>2</b> adressen op de lijst", taken.text)
        assert "wacht" not in taken.text
        closed = client.post(f"{there}/close", follow_redirects=True)
        assert "nulmeting · do 5 maart – do 5 maart" in closed.text
        assert "hoogstens 2 verstuurd" in closed.text  # none was: none to four look the same
        assert client.post(f"{there}/close").status_code == 409
        assert client.post(f"{there}/contacts", data={"contacts": "c@x.nl"}).status_code == 409


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"key": "a"}, "Zeg wanneer de meetperiode eindigt"),
        ({"key": "a", "close_on": "2026-03-01"}, "Deze dag is al voorbij."),
        ({"key": "a", "close_on": "morgen"}, "Geef een dag"),
        ({"key": "a", "close_at_answers": "10"}, "kies een laatste dag"),
        ({"key": "A B", "close_at_answers": "10"}, "Gebruik kleine letters"),
        ({"key": "a", "close_at_answers": "9"}, "minstens 10"),
        ({"key": "a", "close_at_answers": "10", "sample_percent": "0"}, "Geef een percentage"),
        ({"key": "outside", "close_on": "2026-05-31"}, "Er is al een meetperiode met deze naam"),
    ],
)
def test_what_a_wave_cannot_be(app: Flask, story: Story, data: dict[str, str], said: str) -> None:
    with clock.at(AT):
        client = client_of(app, story.users["telenoord"])
        got = client.post(f"{address(story)}{story.points['delivery']}/waves", data=data)
    assert got.status_code == 422
    assert said in got.text
    with story.system() as session:
        assert session.scalar(select(func.count()).select_from(Wave)) == 0


def test_others_see_the_question_and_manage_nothing(app: Flask, story: Story) -> None:
    wave, point = story.open_wave(), story.points["delivery"]
    story.invite(wave)
    with clock.at(AT):
        for name in ("flevo", "snel"):
            client = client_of(app, story.users[name])
            got = client.get(address(story, name))
            assert "Als u alleen aan deze levering denkt" in got.text
            assert "verstuurd" not in got.text
            here = f"{address(story, name)}{point}/waves"
            for path in (here, f"{here}/{wave}/contacts", f"{here}/{wave}/close"):
                assert client.post(path, data={"contacts": "a@x.nl"}).status_code == 403
        stranger = client_of(app, story.users["stranger"])
        assert stranger.get(address(story, "stranger")).status_code == 404
        assert stranger.get(address(story)).status_code == 404
    with story.system() as session:
        assert session.scalar(select(func.count()).select_from(Contact)) == 1
