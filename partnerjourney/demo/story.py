"""The demo's story: fictitious companies behind one brand. Telling it again changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import border, clock, passwords
from partnerjourney.core.parties import Role, Setting
from partnerjourney.core.scopes import System
from partnerjourney.organisations import services as organisations

KEY = "demo_story"
"""The setting that says that the story was told."""


@dataclass(frozen=True)
class Person:
    """Somebody of the story, who signs in with the demo's password."""

    name: str
    email: str
    role: Role = Role.ADMIN
    signatory: bool = False


@dataclass(frozen=True)
class Company:
    """An organisation of the story and its people."""

    slug: str
    name: str
    people: tuple[Person, ...]


@dataclass(frozen=True)
class Told:
    """What the demo says about the story: who can sign in, and where its report lies."""

    companies: tuple[Company, ...]
    report_pdf: Path | None = None


COMPANIES = (
    Company(
        "helder",
        "Helder Telecom",
        (
            Person("Noor van Dijk", "noor@helder.example", signatory=True),
            Person("Bas de Wit", "bas@helder.example", Role.EDITOR),
        ),
    ),
    Company("stapel", "Stapel Magazijnen", (Person("Ilse Kramer", "ilse@stapel.example"),)),
    Company("vlot", "Vlot Koeriers", (Person("Karim Bouzid", "karim@vlot.example"),)),
    Company("noordpost", "Noordpost", (Person("Femke Postma", "femke@noordpost.example"),)),
    Company("aansluit", "Aansluit Monteurs", (Person("Joost Aerts", "joost@aansluit.example"),)),
    Company("bijdehand", "Bijdehand Service", (Person("Sanne Mol", "sanne@bijdehand.example"),)),
)


def tell(app: Flask, *, password: str) -> Told:
    """Make the story in this application's database, unless it is there; return who is in it."""
    engine = app.extensions["engine"]
    with border.open_session(engine, System("is the story told?")) as session:
        told = session.scalar(select(Setting.key).where(Setting.key == KEY))
    if told is None:
        at = clock.now()
        hashed = passwords.hash_password(password)
        with border.open_session(engine, System("the demo's story"), write=True) as session:
            _people(session, password_hash=hashed, at=at)
            session.add(Setting(key=KEY, value={"told_at": at.isoformat()}))
            session.commit()
    return Told(COMPANIES)


def _people(session: Session, *, password_hash: str, at: datetime) -> None:
    for company in COMPANIES:
        made = organisations.create_organisation(
            session, name=company.name, slug=company.slug, at=at
        )
        for person in company.people:
            user = organisations.create_user(
                session, email=person.email, name=person.name, password_hash=password_hash, at=at
            )
            organisations.add_member(
                session, made, user, role=person.role, signatory=person.signatory, at=at
            )
