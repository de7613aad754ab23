"""`token create`: an access key for a system, printed once."""

from __future__ import annotations

from datetime import timedelta

import click
from sqlalchemy import select

from partnerjourney.core import border, clock, commandline
from partnerjourney.core.parties import Organisation
from partnerjourney.core.scopes import TokenPurpose
from partnerjourney.organisations import services

PURPOSES = [purpose.value for purpose in TokenPurpose]


@click.group()
def token() -> None:
    """Access keys of systems."""


@token.command()
@click.option("--organisation", required=True, metavar="SLUG", help="Whose system it is.")
@click.option("--journey", "journeys", required=True, multiple=True, metavar="SLUG")
@click.option(
    "--purpose",
    "purposes",
    required=True,
    multiple=True,
    type=click.Choice(PURPOSES),
    help="May be given several times, as --journey.",
)
@click.option("--name", default="command line", show_default=True, help="To know it by.")
@click.option("--days", type=click.IntRange(1, 3650), default=365, show_default=True)
@commandline.json_option
def create(
    *,
    organisation: str,
    journeys: tuple[str, ...],
    purposes: tuple[str, ...],
    name: str,
    days: int,
    as_json: bool,
) -> None:
    """Make an access key of an organisation and print it, this once."""
    if not 0 < len(name.strip()) <= 80 or not name.isprintable():
        raise click.BadParameter("1 to 80 characters", param_hint="--name")
    found = [commandline.act(journey, as_organisation=organisation) for journey in journeys]
    acting, at = found[0], clock.now()
    expires_at = at + timedelta(days=days)
    with border.open_session(acting.engine, acting.member, write=True) as session:
        company = session.scalars(
            select(Organisation).where(Organisation.id == acting.organisation_id)
        ).one()
        key = services.make_key(
            session,
            acting.member,
            company,
            name=name.strip(),
            journeys={one.journey_id for one in found},
            purposes=[TokenPurpose(one) for one in purposes],
            expires_at=expires_at,
            at=at,
        )
        session.commit()
    commandline.say(f"For {organisation}, until {expires_at:%Y-%m-%d}. It is shown this once.")
    document = {
        "token": key,
        "organisation": organisation,
        "journeys": list(journeys),
        "purposes": sorted(set(purposes)),
        "expires_at": expires_at,
    }
    commandline.answer(document, key, as_json=as_json)
