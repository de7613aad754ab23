"""Two who edit the map at once: it ends in a state that both understand, nothing typed is lost."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from partnerjourney.core import border
from partnerjourney.core.scopes import Member
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Base, Place
from partnerjourney.touchpoints import services as touchpoints
from partnerjourney.touchpoints.services import Spot
from tests.copies import made_once
from tests.maps import telenoord
from tests.maps.telenoord import AT, Telenoord, text
from tests.maps.test_editing import Command, Editor, undo
from tests.waiting import during

Act = Callable[[Session, Member, Place], Any]


@pytest.fixture
@made_once
def chain(engine: Engine) -> Telenoord:
    """Give the journey with an empty phase at its end."""
    chain = telenoord.build(engine)
    with chain.acting("telenoord") as (session, actor, place):
        journeys.add_phase(session, actor, place, name="Afscheid", at=AT)
    return chain


@pytest.fixture
def brand(chain: Telenoord, app: Flask) -> Editor:
    """Give the coordinator, with the map open."""
    return Editor(chain, chain.client(app, "telenoord"), "telenoord")


def holding(chain: Telenoord, act: Act, name: str = "telenoord") -> AbstractContextManager[None]:
    """Act as an organisation, and keep it uncommitted within the block."""

    @contextmanager
    def hold() -> Iterator[None]:
        actor = chain.member(name)
        with border.open_session(chain.engine, actor, write=True) as session, session.begin():
            place = journeys.find(session, actor, chain.journey, lock=True)
            act(session, actor, place)
            session.flush()
            yield

    return hold()


def phases(chain: Telenoord) -> dict[str, uuid.UUID]:
    """Return the phases on the map, by name."""
    with chain.acting("telenoord") as (session, _, place):
        return {phase.content.name: phase.id for phase in journeys.phases(session, place.id)}


def move(key: str, phase: uuid.UUID) -> Act:
    """Put a card into a phase, as the first."""

    def act(session: Session, actor: Member, place: Place) -> None:
        card = next(c for c in touchpoints.cards(session, place.id) if c.key == key)
        to, base = Spot(phase, card.content.party_id), Base(card.content.version)
        touchpoints.put(session, actor, place, card, to, base=base, at=AT)

    return act


def test_of_two_who_move_one_card_the_later_reads_where_it_went(
    chain: Telenoord, brand: Editor
) -> None:
    there = phases(chain)
    command = brand.form(f"cards/{chain.card('nummer')}", "/place")
    to = str(there["Installeren"])
    answer = during(
        lambda: holding(chain, move("nummer", there["Leveren"])),
        lambda: brand.send(command, to=to),
    )
    assert answer.status_code == 409
    said = text(answer.text)
    assert "Achterhaald: ‘Nummer overzetten’ is intussen gewijzigd." in said
    assert "Nu staat dat in Leveren, als eerste. Er is nu niets gewijzigd." in said
    assert brand.path("Leveren")[0] == "Nummer overzetten"
    again = undo(answer.text)  # the button that puts it there after all, on what now stands
    assert again.fields["to"] == to
    assert brand.send(again).status_code == 303
    assert brand.path("Installeren")[0] == "Nummer overzetten"


def test_an_undo_waits_too_and_is_out_of_date(chain: Telenoord, brand: Editor) -> None:
    there = phases(chain)
    command = brand.form(f"cards/{chain.card('nummer')}", "/place")
    page = brand.client.get(brand.send(command, to=str(there["Gebruiken"])).location).text
    answer = during(
        lambda: holding(chain, move("nummer", there["Leveren"])), lambda: brand.send(undo(page))
    )
    assert answer.status_code == 409
    assert "Nu staat dat in Leveren, als eerste." in text(answer.text)
    assert brand.path("Leveren")[0] == "Nummer overzetten"


def retire(phase_id: uuid.UUID) -> Act:
    """Take a phase off the map."""

    def act(session: Session, actor: Member, place: Place) -> None:
        phase = journeys.find_phase(session, place, phase_id)
        version = phase.content.version
        touchpoints.retire_phase(session, actor, place, phase, version=version, at=AT)

    return act


def test_a_card_does_not_move_into_a_phase_that_goes_meanwhile(
    chain: Telenoord, brand: Editor
) -> None:
    gone = phases(chain)["Afscheid"]
    before = brand.path("Voorbereiden")
    command = brand.form(f"cards/{chain.card('nummer')}", "/place")
    answer = during(lambda: holding(chain, retire(gone)), lambda: brand.send(command, to=str(gone)))
    assert answer.status_code == 422
    assert "Dit staat niet meer in de klantreis" in text(answer.text)
    assert brand.path("Voorbereiden") == before
    assert "Afscheid" not in phases(chain)


def test_what_was_typed_for_a_phase_that_goes_meanwhile_is_kept(
    chain: Telenoord, brand: Editor
) -> None:
    gone = phases(chain)["Afscheid"]
    new = brand.form("map/cards/new", "/map/cards")
    answer = during(
        lambda: holding(chain, retire(gone)),
        lambda: brand.send(new, name="Bedankje sturen", kind="touchpoint", to=str(gone)),
    )
    assert answer.status_code == 422
    assert 'value="Bedankje sturen"' in answer.text
    assert "Dit staat niet meer in de klantreis" in text(answer.text)
    name = brand.form(f"map/phases/{phases(chain)['Hulp']}", "/name")
    action = name.action.replace(str(phases(chain)["Hulp"]), str(gone))
    answer = brand.send(Command(action, name.fields), name="Tot ziens")
    assert answer.status_code == 409
    assert "Wat je typte: ‘Tot ziens’." in text(answer.text)


def test_a_phase_does_not_go_while_a_card_moves_into_it(chain: Telenoord, brand: Editor) -> None:
    there = phases(chain)
    path = f"map/phases/{there['Afscheid']}"
    command = brand.form(path, "/retire")
    answer = during(
        lambda: holding(chain, move("nummer", there["Afscheid"])), lambda: brand.send(command)
    )
    assert answer.status_code == 409
    assert "‘Nummer overzetten’ staat nog in deze fase" in text(answer.text)
    assert brand.path("Afscheid") == ["Nummer overzetten"]
    assert "Afscheid" in phases(chain)


def test_the_older_form_of_a_card_finds_its_phase_gone_too(chain: Telenoord, brand: Editor) -> None:
    gone = phases(chain)["Afscheid"]
    card = f"cards/{chain.card('nummer')}/edit"
    command = brand.form(card, "/edit")
    answer = during(
        lambda: holding(chain, retire(gone)),
        lambda: brand.send(command, phase_id=str(gone), name="Nummer omzetten"),
    )
    assert answer.status_code == 422
    assert 'value="Nummer omzetten"' in answer.text
