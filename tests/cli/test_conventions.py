"""For whom a command acts, what it writes where, and how it ends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, select

from partnerjourney import create_app
from partnerjourney.core import border, commandline
from partnerjourney.core.audit import JourneyAct
from partnerjourney.core.commandline import Code
from partnerjourney.core.errors import ConflictError
from partnerjourney.core.parties import Journey, Organisation
from partnerjourney.core.policy import NotAllowedError, Permission
from partnerjourney.core.scopes import Member, Operator, System
from tests import world
from tests.databases import ROLES
from tests.world import World


@pytest.fixture
def made(engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch) -> World:
    """Give a world on the database that the environment names."""
    monkeypatch.setenv("PARTNERJOURNEY_DATABASE_URL", database_url)
    if database_url.startswith("postgresql"):
        monkeypatch.setenv("PARTNERJOURNEY_DATABASE_ROLES", ROLES)
    return world.build(engine)


@pytest.fixture
def installations() -> Iterator[list[commandline.Installation]]:
    """Collect what commands open, and close it."""
    found: list[commandline.Installation] = []
    yield found
    for installation in found:
        installation.engine.dispose()


Installations = list[commandline.Installation]


def call(do: Any, *arguments: str, installations: Installations) -> Result:
    """Run a command that does `do(slug, **whom)`."""

    @click.group(cls=commandline.Root)
    @click.pass_context
    def root(context: click.Context) -> None:
        context.obj = commandline.Installation(create_app)
        installations.append(context.obj)

    @root.command("try")
    @click.argument("slug")
    @commandline.acting_options
    def command(slug: str, **whom: str | None) -> None:
        do(slug, **whom)

    return CliRunner().invoke(root, ["try", *arguments])


def acts(*arguments: str, installations: Installations) -> tuple[commandline.Acting | None, Result]:
    """Return for whom a command acts, and how it ended."""
    found: list[commandline.Acting] = []
    result = call(
        lambda slug, **whom: found.append(commandline.act(slug, **whom)),
        *arguments,
        installations=installations,
    )
    return (found[0] if found else None), result


def test_by_default_it_acts_for_who_coordinates(made: World, installations: Installations) -> None:
    acting, _ = acts("journey", installations=installations)
    assert acting is not None
    assert isinstance(acting.scope, Member)
    assert acting.scope.user_id is None
    assert acting.organisation_id == made.organisations["brand"]
    assert acting.journey_id == made.journey


def test_as_a_partner_it_stays_within_the_partners_border(
    made: World, installations: Installations
) -> None:
    acting, _ = acts("journey", "--as", "warehouse", installations=installations)
    assert acting is not None
    assert acting.organisation_id == made.organisations["warehouse"]
    with acting.session() as session:
        assert set(session.scalars(select(Journey.slug))) == {"journey"}


@pytest.mark.parametrize("slug", ["journey", "brand/journey", "nowhere"])
def test_what_is_not_yours_and_what_is_not_look_alike(
    made: World, slug: str, installations: Installations
) -> None:
    acting, result = acts(slug, "--as", "outsider", installations=installations)
    assert (acting, result.exit_code, result.stdout) == (None, Code.FAILED, "")
    assert result.stderr == f"Error: there is no journey {slug!r}, or not for whom you act\n"


def test_two_journeys_of_one_name_are_wrong_use(
    made: World, engine: Engine, installations: Installations
) -> None:
    with border.open_session(engine, System("test"), write=True) as session:
        mine = made.organisations["outsider"]
        at = datetime(2026, 3, 4, tzinfo=UTC)
        session.add(
            Journey(
                organisation_id=mine,
                customer_owner_id=mine,
                slug="journey",
                name="Another",
                created_at=at,
            )
        )
        session.commit()
    acting, result = acts("journey", installations=installations)
    assert (acting, result.exit_code, result.stdout) == (None, Code.WRONG_USE, "")
    assert "brand/journey, outsider/journey" in result.stderr
    acting, _ = acts("brand/journey", installations=installations)
    assert acting is not None
    assert acting.journey_id == made.journey
    acting, _ = acts("journey", "--as", "brand", installations=installations)
    assert acting is not None, "for the brand there is only one"


def test_an_operator_lifts_the_border_and_is_audited(
    made: World, engine: Engine, installations: Installations
) -> None:
    _, wrong = acts("journey", "--operator", " ", installations=installations)
    assert wrong.exit_code == Code.WRONG_USE
    acting, _ = acts("journey", "--operator", "ticket 7", installations=installations)
    assert acting is not None
    assert isinstance(acting.scope, Operator)
    with acting.session() as session:
        assert session.scalars(select(Organisation)).all()
    with border.open_session(engine, System("test")) as session:
        means = set(
            session.scalars(select(JourneyAct.means).where(JourneyAct.verb == "command: try"))
        )
    assert means == {"operator: ticket 7"}


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConflictError("taken"), "Error: taken\n"),
        (
            NotAllowedError(Permission.CARD_EDIT),
            "Error: not allowed for whom you act: card:edit\n",
        ),
        (ZeroDivisionError("by\nzero"), "Error: ZeroDivisionError: by zero\n"),
    ],
)
def test_errors_are_one_line(error: Exception, words: str, installations: Installations) -> None:
    def fail(slug: str, **whom: str | None) -> None:
        raise error

    result = call(fail, "x", installations=[])
    assert (result.exit_code, result.stdout, result.stderr) == (Code.FAILED, "", words)


@pytest.mark.parametrize("code", [Code.FINE, Code.FINDINGS, Code.IN_PART])
def test_an_answer_is_one_json_document(code: Code) -> None:
    def answer(slug: str, **whom: str | None) -> None:
        commandline.say("working")
        at = datetime(2026, 3, 4, tzinfo=UTC)
        commandline.answer({"name": "café", "at": at}, code=code)

    result = call(answer, "x", installations=[])
    assert result.exit_code == code
    assert json.loads(result.stdout) == {"name": "café", "at": "2026-03-04T00:00:00+00:00"}
    assert result.stderr == "working\n"


def test_an_answer_without_a_number_is_a_failure() -> None:
    result = call(lambda slug, **_: commandline.answer(float("nan")), "x", installations=[])
    assert (result.exit_code, result.stdout) == (Code.FAILED, "")
