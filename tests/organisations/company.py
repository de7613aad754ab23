"""A brand with an admin, an editor and a viewer, a courier with its own admin, and one in both."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from partnerjourney.core import border, clock, ids, jobs, passwords
from partnerjourney.core.parties import Membership, Organisation, Role, User
from partnerjourney.core.scopes import Member, System
from partnerjourney.organisations import services
from tests.copies import made_once
from tests.web_client import client_of

PASSWORD = "vier grote zinnen"
BRAND, COURIER = "telenoord", "koerier-snel"

PEOPLE = {
    "marjan": ("Marjan Smit", {BRAND: Role.ADMIN}),
    "aisha": ("Aïsha Bakker", {BRAND: Role.EDITOR}),
    "pieter": ("Pieter de Vries", {BRAND: Role.VIEWER}),
    "mila": ("Mila Bos", {COURIER: Role.ADMIN}),
    "both": ("Jo van Twee", {BRAND: Role.EDITOR, COURIER: Role.ADMIN}),
}


@cache
def hashed() -> str:
    """Return the hash of everybody's password, made once."""
    return passwords.hash_password(PASSWORD)


@dataclass
class Company:
    """Who and what is there, by name."""

    engine: Engine
    organisations: dict[str, uuid.UUID] = field(default_factory=dict)
    users: dict[str, uuid.UUID] = field(default_factory=dict)
    memberships: dict[tuple[str, str], uuid.UUID] = field(default_factory=dict)

    @contextmanager
    def system(self) -> Iterator[Session]:
        """Open a transaction of the product itself."""
        scope = System("a test")
        with border.open_session(self.engine, scope, write=True) as session, session.begin():
            yield session

    @contextmanager
    def acting(self, name: str, organisation: str = BRAND) -> Iterator[tuple[Session, Member]]:
        """Open a transaction in which a person acts for an organisation."""
        role = PEOPLE[name][1][organisation]
        actor = Member(self.users[name], self.organisations[organisation], role)
        with border.open_session(self.engine, actor, write=True) as session, session.begin():
            yield session, actor

    def email(self, name: str) -> str:
        """Return a person's address."""
        return f"{name}@example.org"

    def client(self, app: Flask, name: str) -> FlaskClient:
        """Return a browser in which a person is signed in."""
        return client_of(app, self.users[name])

    def organisation(self, session: Session, name: str = BRAND) -> Organisation:
        """Return an organisation."""
        return session.get_one(Organisation, self.organisations[name])


@made_once
def build(engine: Engine) -> Company:
    """Make the company in an empty database."""
    made = Company(engine)
    at = clock.now()
    with made.system() as session:
        for slug, name in ((BRAND, "Telenoord"), (COURIER, "Koerier Snel")):
            made.organisations[slug] = services.create_organisation(
                session, name=name, slug=slug, at=at
            ).id
        for key, (name, roles) in PEOPLE.items():
            user = services.create_user(
                session,
                email=made.email(key),
                name=name,
                language="en",
                password_hash=hashed(),
                at=at,
            )
            made.users[key] = user.id
            for slug, role in roles.items():
                organisation = made.organisation(session, slug)
                member = services.add_member(session, organisation, user, role=role, at=at)
                made.memberships[key, slug] = member.id
    return made


def work(app: Flask) -> None:
    """Do the jobs that wait, as a worker would."""
    with app.app_context():
        while jobs.run_due(app.extensions["engine"], app.extensions["settings"], ids.new_v4()):
            pass


def mails(folder: Path) -> list[EmailMessage]:
    """Return the mails that were sent, the first one first."""
    found = [path.read_bytes() for path in sorted((folder / "mail").glob("*.eml"))]
    return [message_from_bytes(data, policy=policy.default) for data in found]  # type: ignore[misc]


def link_in(mail: EmailMessage) -> str:
    """Return the first link of a mail's text."""
    body = mail.get_body(("plain",))
    assert body is not None
    return next(word for word in body.get_content().split() if word.startswith("http"))


def user_of(session: Session, name: str) -> User | None:
    """Return the person with an address."""
    return services.find_user(session, name)


def membership(session: Session, made: Company, name: str, slug: str = BRAND) -> Membership | None:
    """Return a person's current membership."""
    return services.current_membership(session, made.organisations[slug], made.users[name])
