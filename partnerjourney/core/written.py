"""Written rows: whether a scope may write a row, asked for each row before it is stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, inspect, select
from sqlalchemy.orm import Session

from partnerjourney.core import having, predicates
from partnerjourney.core.db import CircleScoped, Directory, JourneyScoped, OrganisationPrivate
from partnerjourney.core.narrowing import STAMP, BorderError
from partnerjourney.core.parties import Journey, Organisation, User
from partnerjourney.core.scopes import Member, Respondent, Scope, Token


def moved(row: Any) -> list[str]:
    """Return the columns by which a changed row would become somebody else's."""
    history = inspect(row).attrs
    return [name for name in predicates.fixed(type(row)) if history[name].history.has_changes()]


def by_statement(scope: Scope, table: type[Any]) -> bool:
    """Say whether this scope changes and deletes rows of a table by statements."""
    if isinstance(scope, Token) and not _shared(table):
        return False
    foreign = (*predicates.NOT_WRITTEN_BY_MEMBERS, Directory)
    return isinstance(scope, Member | Token) and not issubclass(table, foreign)


def _shared(table: type[Any]) -> bool:
    """Say whether a table is of the kinds of which a token writes rows."""
    return issubclass(table, JourneyScoped | CircleScoped | Journey)


def check(session: Session, scope: Scope, connection: Connection, row: Any) -> None:
    """Refuse a row that this scope may not write; raises BorderError."""
    if isinstance(scope, Respondent):
        grant = predicates.RESPONDENT.get(type(row))
        if grant is None or not grant.write or not inspect(row).persistent:
            raise BorderError(f"a respondent does not write {type(row).__name__}")
    elif isinstance(scope, Member | Token):
        if isinstance(row, predicates.NOT_WRITTEN_BY_MEMBERS):
            raise BorderError(f"{type(row).__name__} is written by verbs only")
        if isinstance(scope, Token):
            _check_token(scope, row)
        elif isinstance(row, Directory):
            _check_directory(scope, row)
        _check_place(session, connection, scope, row)


def _check_token(scope: Token, row: Any) -> None:
    makes = isinstance(row, Journey) and not inspect(row).persistent
    if makes or not scope.writes or not _shared(type(row)):
        raise BorderError(f"a token does not write this {type(row).__name__}")


def _check_directory(scope: Member, row: Any) -> None:
    owns: dict[Any, Any] = {Organisation: scope.organisation_id, User: scope.user_id}
    own = owns.get(type(row))
    if own is None or not inspect(row).persistent or row.id != own:
        raise BorderError(f"a member does not write another's {type(row).__name__}")


def _check_place(session: Session, connection: Connection, scope: Member | Token, row: Any) -> None:
    me = scope.organisation_id
    if isinstance(row, OrganisationPrivate):
        if row.owner_id != me:
            raise BorderError("a private row was written for another organisation")
    elif isinstance(row, Journey) and not inspect(row).persistent:
        if row.organisation_id != me:
            raise BorderError("a journey was made for another organisation")
    elif isinstance(row, Journey | JourneyScoped):
        touched = row.id if isinstance(row, Journey) else row.journey_id
        _within(session, connection, touched, having.journeys_of, scope, "journey")
    elif isinstance(row, CircleScoped):
        _within(session, connection, row.circle_id, having.circles_of, scope, "circle")
    elif not isinstance(row, Organisation | User):
        raise BorderError(f"nobody said who writes {type(row).__name__}")


def _within(
    session: Session,
    connection: Connection,
    place: Any,
    mine: Callable[[Any, having.Among | None], Any],
    scope: Member | Token,
    what: str,
) -> None:
    seen = session.info.setdefault(f"own {what}", set())
    if place in seen:
        return
    among = None
    if isinstance(scope, Token):
        journeys = scope.journeys
        among = lambda journey: journey.in_(journeys)  # noqa: E731
    own = mine(scope.organisation_id, among).subquery()
    found = select(own.c[0]).where(own.c[0] == place).limit(1)
    if connection.execute(found, execution_options={**STAMP}).first() is None:
        raise BorderError(f"a row was written into a {what} of others")
    seen.add(place)
