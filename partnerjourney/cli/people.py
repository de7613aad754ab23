"""`user create`: the first people of an installation. `user reset-factor`: a lost second step."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import border, clock, commandline, logins, passwords
from partnerjourney.core.commandline import Failure
from partnerjourney.core.parties import Membership, Organisation, Role, User
from partnerjourney.core.scopes import Operator
from partnerjourney.credentials import services as credentials
from partnerjourney.organisations import services
from partnerjourney.organisations.rules.names import clean_email, clean_name, new_slug

LINK_LASTS = timedelta(days=7)


@click.group()
def user() -> None:
    """People who sign in."""


@user.command()
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--organisation", required=True, metavar="SLUG", help="Made where missing.")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    help="Default: admin for an organisation's first member, else viewer.",
)
@click.option("--signatory", is_flag=True, help="May sign for the organisation.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@commandline.json_option
def create(
    *,
    email: str,
    name: str,
    organisation: str,
    role: str | None,
    signatory: bool,
    password_stdin: bool,
    as_json: bool,
) -> None:
    """Make a person a member; without a password it prints a link to set one and sign in."""
    address, called = clean_email(email), clean_name(name)
    if address is None:
        raise click.BadParameter(f"{email!r} is not a mail address", param_hint="--email")
    if not called:
        raise click.BadParameter(f"{name!r} is not a name", param_hint="--name")
    engine, at = commandline.open_engine(), clock.now()
    hashed = _read_password(address, called) if password_stdin else None
    with border.open_session(engine, Operator("user create"), write=True) as session:
        company = _organisation(session, organisation, at=at)
        person = services.find_user(session, address)
        if person is None:
            person = services.create_user(session, email=address, name=called, at=at)
        if hashed is not None:
            services.set_password(session, person.id, password_hash=hashed, at=at)
        given = Role(role) if role else _role(session, company)
        services.add_member(session, company, person, role=given, signatory=signatory, at=at)
        link = _link(session, person, at=at) if hashed is None else None
        session.commit()
    commandline.say(f"{address} is {given} of {company.slug}.")
    document = {"email": address, "organisation": company.slug, "role": given, "link": link}
    commandline.answer(document, link or "", as_json=as_json)


@user.command("reset-factor")
@click.option("--email", required=True)
@click.option("--operator", required=True, metavar="REASON", help="Why; audited.")
@commandline.json_option
def reset_factor(*, email: str, operator: str, as_json: bool) -> None:
    """Take a lost second step off a person, who is told by mail; signs out everywhere."""
    if not operator.strip():
        raise click.BadParameter("give a reason", param_hint="--operator")
    engine, at = commandline.open_engine(), clock.now()
    scope = Operator(operator.strip())
    with border.open_session(engine, scope, write=True) as session, session.begin():
        person = services.find_user(session, clean_email(email) or "")
        if person is None:
            raise Failure(f"there is nobody with the address {email!r}")
        if not credentials.reset(session, person.id, at=at):
            raise Failure(f"{person.email} has no second step")
        logins.end(session, person.id, at=at)
        address = person.email
    commandline.say(f"{address} signs in with the password alone from now on, and is told by mail.")
    commandline.answer({"email": address}, as_json=as_json)


def _read_password(*personal: str) -> str:
    password = sys.stdin.readline().rstrip("\r\n")
    if weakness := passwords.weakness(password, personal=personal):
        raise Failure(f"a password of {passwords.SHORTEST} signs or more ({weakness.value})")
    return passwords.hash_password(password)


def _organisation(session: Session, slug: str, *, at: datetime) -> Organisation:
    found = session.scalar(select(Organisation).where(Organisation.slug == slug))
    if found is not None:
        return found
    if new_slug(slug, ()) != slug:
        raise click.BadParameter(
            f"{slug!r} is no slug: small letters, digits and hyphens", param_hint="--organisation"
        )
    name = slug.replace("-", " ").capitalize()
    return services.create_organisation(session, name=name, slug=slug, at=at)


def _role(session: Session, organisation: Organisation) -> Role:
    mine = (Membership.owner_id == organisation.id) & Membership.ended_at.is_(None)
    return Role.VIEWER if session.scalar(select(Membership.id).where(mine).limit(1)) else Role.ADMIN


def _link(session: Session, person: User, *, at: datetime) -> str:
    settings = commandline.installation().settings
    reset = services.make_reset(session, person.id, at=at, lasts=LINK_LASTS)
    return settings.base_url.rstrip("/") + services.reset_path(settings.secret_key, reset)
