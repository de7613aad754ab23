"""The demo's story: fictitious companies behind one brand. Telling it again changes nothing."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from partnerjourney.core import border, clock, ids, passwords
from partnerjourney.core.parties import Organisation, Role, Setting
from partnerjourney.core.scopes import System
from partnerjourney.demo import (
    agreeing,
    chapters,
    complaining,
    confirming,
    measuring,
    talking,
    telling_once,
)
from partnerjourney.demo.chapters import LENGTH, Teller
from partnerjourney.journeys.rules import Discipline
from partnerjourney.organisations import services as organisations

REPORT = "ketenrapport.pdf"

KEY = "demo_story"
"""The setting that says that the story was told."""


@dataclass(frozen=True)
class Person:
    """Somebody of the story, who signs in with the demo's password."""

    name: str
    email: str
    role: Role = Role.ADMIN
    signatory: bool = False
    language: str = "nl"


@dataclass(frozen=True)
class Company:
    """An organisation of the story and its people."""

    slug: str
    name: str
    people: tuple[Person, ...]
    colour: str = "#1456ad"
    reply_to: str | None = None


@dataclass(frozen=True)
class Told:
    """What the demo says about the story: who can sign in, and where its report lies."""

    companies: tuple[Company, ...]
    report_pdf: Path | None = None


COMPANIES = (
    Company(
        "telenoord",
        "Telenoord",
        (
            Person("Anna Vermeer", "anna@telenoord.example", signatory=True),
            Person("Bas de Wit", "bas@telenoord.example", Role.VIEWER),
        ),
        colour="#5b2a8c",
        reply_to="klantenservice@telenoord.example",
    ),
    Company("magazijn-flevo", "Magazijn Flevo", (Person("Joost Meijer", "joost@flevo.example"),)),
    Company("koerier-snel", "Koerier Snel", (Person("Mila Bos", "mila@koeriersnel.example"),)),
    Company("rijk-bezorgt", "Rijk Bezorgt", (Person("Karim Rijk", "karim@rijkbezorgt.example"),)),
    Company("thuisklaar", "Thuisklaar", (Person("Dirk Bos", "dirk@thuisklaar.example"),)),
    Company(
        "bean-brook",
        "Bean & Brook",
        (Person("Ellen Ward", "ellen@beanandbrook.example", language="en"),),
        colour="#7a4a1e",
        reply_to="service@beanandbrook.example",
    ),
)


JOINED = {
    "magazijn-flevo": "magazijn",
    "koerier-snel": "koeriers",
    "rijk-bezorgt": "koeriers",
    "thuisklaar": "thuisklaar",
}
"""Who has joined the Dutch journey, as which party; its service desk has not."""


class HalfToldError(RuntimeError):
    """An earlier telling was interrupted; the demo has to start afresh."""


def tell(app: Flask, *, password: str, folder: Path | None = None) -> Told:
    """Make the story in this application's database, unless it is there; return who is in it.

    With a `folder` the brand's report is written there as PDF. Raises HalfToldError when an
    earlier telling was interrupted.
    """
    engine = app.extensions["engine"]
    with border.open_session(engine, System("is the story told?")) as session:
        told = session.scalar(select(Setting).where(Setting.key == KEY))
        begun = session.scalar(select(Organisation.id).limit(1))
    if told is None:
        if begun is not None:
            raise HalfToldError("the story was told only in part: start afresh with --reset")
        with ids.seeded("the demo's story"):
            secret = app.extensions["settings"].secret_key
            dutch = _tell(engine, passwords.hash_password(password), secret)
        if folder is not None:
            with app.app_context():
                teller = Teller(engine, clock.now())
                (folder / REPORT).write_bytes(chapters.take_home(teller, "telenoord", dutch))
        _end(engine)
    written = folder / REPORT if folder is not None else None
    return Told(COMPANIES, written if written and written.is_file() else None)


def _tell(engine: Engine, password_hash: str, secret: str) -> uuid.UUID:
    begin = (clock.now() - LENGTH).replace(hour=0, minute=0, second=0, microsecond=0)
    with (
        clock.at(begin),
        border.open_session(engine, System("the demo's story"), write=True) as session,
    ):
        _people(session, password_hash=password_hash, at=begin)
        session.commit()
    teller = Teller(engine, begin)
    dutch = chapters.draw(teller, "telenoord", "zakelijk-internet.json")
    english = chapters.draw(teller, "bean-brook", "coffee-machine.json")
    for slug, party in JOINED.items():
        chapters.join(teller, dutch, slug, party)
    chapters.join(teller, english, "koerier-snel", "courier")
    telling_once.keep_library(teller, "koerier-snel")
    chapters.look_from(teller, "telenoord", dutch, Discipline.SERVICE)
    agreeing.first(teller, "telenoord", dutch, tuple(JOINED))
    couriers = ("koerier-snel", "rijk-bezorgt")
    chapters.measure(teller, "telenoord", dutch, measuring.DUTCH, groups=couriers)
    chapters.measure(teller, "bean-brook", english, measuring.ENGLISH)
    chapters.explain(
        teller,
        "koerier-snel",
        dutch,
        point="levering",
        wave="najaar",
        text=measuring.EXPLANATION,
        day=114,
    )
    chapters.change_limit(
        teller,
        "koerier-snel",
        dutch,
        "lading",
        "Het pakket staat klaar, uiterlijk om 17.30 uur.",
        "Onze laatste rit naar het noorden vertrekt voortaan om 17.45 uur.",
    )
    chapters.invite(teller, "telenoord", dutch, "servicedesk", "sanne@servicedesknoord.example")
    confirming.ask(
        teller,
        "telenoord",
        dutch,
        "servicedesk",
        name="Sanne Vos",
        email="sanne@servicedesknoord.example",
        question="Geldt de acht uur ook als iemand na 17.00 uur belt?",
    )
    chapters.ask(teller, "telenoord", dutch, point="hulp", wave="nulmeting", secret=secret)
    telling_once.announce(teller, "koerier-snel")
    telling_once.call_ahead(teller, "koerier-snel")
    order = complaining.late_case(teller, measuring.DUTCH[1], first_order=11_000, members=couriers)
    complaining.solved_before(teller, "telenoord", dutch, "11002")
    complaining.blue_phone(teller, "telenoord", dutch, order)
    agreeing.second(
        teller, "telenoord", dutch, "test", "Het werkt op elke werkplek, en iemand legde uit hoe."
    )
    complaining.machine(teller, "bean-brook", english)
    talking.before_december(teller, "telenoord", dutch)
    talking.at_the_van(teller, dutch)
    return dutch


def _end(engine: Engine) -> None:
    with border.open_session(engine, System("the demo's story"), write=True) as session:
        session.add(Setting(key=KEY, value={"told_at": clock.now().isoformat()}))
        session.commit()


def _people(session: Session, *, password_hash: str, at: datetime) -> None:
    for company in COMPANIES:
        made = organisations.create_organisation(
            session, name=company.name, slug=company.slug, at=at
        )
        made.brand_colour, made.reply_to = company.colour, company.reply_to
        for person in company.people:
            user = organisations.create_user(
                session,
                email=person.email,
                name=person.name,
                language=person.language,
                password_hash=password_hash,
                at=at,
            )
            organisations.add_member(
                session, made, user, role=person.role, signatory=person.signatory, at=at
            )
