"""Shared conventions of the command line; every feature's `commands.py` stands on this.

A feature exports `register(root, group_import, group_export)`, which adds its commands to those
groups. A command that acts on a journey looks like this:

    @group_export.command("answers")
    @click.argument("slug")
    @commandline.acting_options
    @commandline.json_option
    def answers(slug: str, *, as_json: bool, **whom: str | None) -> None:
        acting = commandline.act(slug, **whom)
        with acting.session() as session:
            ...
        commandline.answer(document, text, as_json=as_json)

Exit codes: 0 fine, 1 findings, 2 wrong use (click's own), 3 done in part, 4 failed. Standard output
is written once, at the end, by `answer`; messages and progress go to standard error by `say`.
Errors of the domain, the settings and the database become one line and exit code 4 in `Root`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any, TypeVar
from uuid import UUID

import click
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from partnerjourney.core import audit, border, clock, migrate
from partnerjourney.core import settings as configuration
from partnerjourney.core.ending import Code, Failure, Root
from partnerjourney.core.engine import new_engine
from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.parties import Journey, Organisation, Role
from partnerjourney.core.scopes import Member, Operator, System
from partnerjourney.core.settings import Settings

__all__ = [
    "Acting",
    "Code",
    "Failure",
    "Installation",
    "Root",
    "act",
    "act_for",
    "acting_options",
    "answer",
    "installation",
    "json_option",
    "open_engine",
    "say",
]

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass
class Installation:
    """What all commands share: settings, engine, application; each made on first use."""

    make_app: Callable[..., Any]
    _settings: Settings | None = None
    _engine: Engine | None = field(default=None, repr=False)
    _app: Any = field(default=None, repr=False)

    @property
    def settings(self) -> Settings:
        """The settings; says on standard error which database is used when none is named."""
        if self._settings is None:
            self._settings = configuration.load()
            if not configuration.names_database():
                say(f"No database is named; using {self._settings.database_url}")
        return self._settings

    @property
    def engine(self) -> Engine:
        """A guarded engine, of a migrated database or not."""
        if self._engine is None:
            given = self.settings
            self._engine = new_engine(
                given.database_url,
                roles=given.database_roles or None,
                pooler=given.database_pooler,
            )
            audit.use_key(self._engine, given.secret_key)
        return self._engine

    @property
    def app(self) -> Any:
        """The Flask application, for commands that render mails or reports."""
        if self._app is None:
            self._app = self.make_app(self.settings)
        return self._app

    def app_without_pages(self) -> Any:
        """Return the application of a worker, which renders mails alone."""
        if self._app is None:
            self._app = self.make_app(self.settings, pages=False)
        return self._app

    def use(self, settings: Settings) -> None:
        """Work with these settings instead of the environment's: the demo."""
        self._settings = settings

    def close(self) -> None:
        """Close every connection to the database."""
        for engine in (self._engine, self._app and self._app.extensions["engine"]):
            if engine is not None:
                engine.dispose()


def installation() -> Installation:
    """Return the installation that this run of the command line works on."""
    found = click.get_current_context().find_object(Installation)
    assert found is not None, "the root command sets it"
    return found


def open_engine() -> Engine:
    """Return the engine; raises Failure unless the database is at this program's revision."""
    engine = installation().engine
    there, wanted = migrate.current(engine), migrate.head()
    if there != wanted:
        what = "is not migrated" if there is None else f"is at revision {there}, not {wanted}"
        raise Failure(f"the database {what}: run `partnerjourney db upgrade`")
    return engine


# --- for whom -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Acting:
    """For whom a command acts on which journey.

    `scope` is a Member without a person in the role admin, or an Operator, for whom the border is
    lifted; `organisation_id` is the organisation acted for in both cases.
    """

    engine: Engine
    scope: Member | Operator
    organisation_id: UUID
    journey_id: UUID

    @property
    def member(self) -> Member:
        """The organisation's own standing, also where the border is lifted."""
        return Member(None, self.organisation_id, Role.ADMIN)

    @contextmanager
    def session(self, *, write: bool = False) -> Iterator[Session]:
        """Open one transaction under the scope; with `write` it commits at the end."""
        with border.open_session(self.engine, self.scope, write=write) as session:
            yield session
            if write:
                session.commit()


def acting_options(command: Command) -> Command:
    """Give a command `--as ORGANISATION` and `--operator REASON`."""
    for option in (
        click.option("--operator", metavar="REASON", help="Lift the border; audited."),
        click.option(
            "--as",
            "as_organisation",
            metavar="ORGANISATION",
            help="Act for this organisation (default: who coordinates the journey).",
        ),
    ):
        command = option(command)
    return command


def act(journey: str, *, as_organisation: str | None = None, operator: str | None = None) -> Acting:
    """Find a journey by SLUG or ORGANISATION/SLUG and say for whom this command acts on it.

    Raises NotFoundError where it does not exist for that organisation, click.UsageError (2) where
    two journeys answer to the name.
    """
    engine = open_engine()
    with border.open_session(engine, System("find a journey"), write=False) as session:
        mine = _organisation_id(session, as_organisation) if as_organisation else None
    scope: Member | System = System("find a journey")
    if mine is not None and operator is None:
        scope = Member(None, mine, Role.ADMIN)
    with border.open_session(engine, scope) as session:
        found = _journey(session, journey)
    acting = mine or found.organisation_id
    if operator is None:
        return Acting(engine, Member(None, acting, Role.ADMIN), acting, found.id)
    lifted = Acting(engine, Operator(_reason(operator)), acting, found.id)
    command = click.get_current_context().command_path.split(" ", 1)[-1]
    with lifted.session(write=True) as session:
        audit.record(session, f"command: {command}"[:60], at=clock.now(), journey_id=found.id)
    return lifted


def act_for(as_organisation: str) -> tuple[Engine, Member]:
    """Return the engine and an admin of an organisation, for commands without a journey."""
    engine = open_engine()
    with border.open_session(engine, System("find an organisation")) as session:
        return engine, Member(None, _organisation_id(session, as_organisation), Role.ADMIN)


def _reason(operator: str) -> str:
    if not operator.strip():
        raise click.UsageError("--operator needs a reason")
    return operator.strip()


def _organisation_id(session: Session, slug: str) -> UUID:
    found = session.scalar(select(Organisation.id).where(Organisation.slug == slug))
    if found is None:
        raise NotFoundError(f"there is no organisation {slug!r}")
    return found


def _journey(session: Session, name: str) -> Journey:
    owner, _, slug = name.rpartition("/")
    query = (
        select(Journey, Organisation.slug)
        .join(Organisation, Organisation.id == Journey.organisation_id)
        .where(Journey.slug == slug, Journey.retired_at.is_(None))
        .order_by(Organisation.slug)
    )
    rows = session.execute(query.where(Organisation.slug == owner) if owner else query).all()
    if not rows:
        raise NotFoundError(f"there is no journey {name!r}, or not for whom you act")
    if len(rows) > 1:
        names = ", ".join(f"{of}/{slug}" for _, of in rows)
        raise click.UsageError(f"several journeys are called {slug}: {names}")
    journey: Journey = rows[0][0]
    return journey


# --- what it says -------------------------------------------------------------------------------


def json_option(command: Command) -> Command:
    """Give a command `--json`, as the parameter `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")(command)


def say(message: str) -> None:
    """Write a message or progress to standard error."""
    click.echo(message, err=True)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | time) else str(value)


def answer(document: Any, text: str = "", *, as_json: bool = True, code: Code = Code.FINE) -> None:
    """Write the one answer to standard output and end with `code`; NaN is refused."""
    assert code in (Code.FINE, Code.FINDINGS, Code.IN_PART), "otherwise raise Failure"
    if as_json:
        text = json.dumps(document, ensure_ascii=False, allow_nan=False, default=_plain, indent=2)
    if text:
        click.echo(text)
    if code:
        click.get_current_context().exit(code)
