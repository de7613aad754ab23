"""Written rows: whether a scope may write a row, asked for each row before it is stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, inspect, select
from sqlalchemy.orm import Session

from partnerjourney.core import predicates
from partnerjourney.core.db import CircleScoped, Directory, JourneyScoped, OrganisationPrivate
from partnerjourney.core.narrowing import STAMP, BorderError
from partnerjourney.core.parties import Journey, Organisation, User
from partnerjourney.core.scopes import Member, Respondent, Scope


def moved(row: Any) -> list[str]:
    """Return the columns by which a changed row would become somebody else's."""
    history = inspect(row).attrs
    return [name for name in predicates.fixed(type(row)) if history[name].history.has_changes()]


def check(session: Session, scope: Scope, connection: Connection, row: Any) -> None:
    """Refuse a row that this scope may not write; raises BorderError."""
    if isinstance(scope, Respondent):
        grant = predicates.RESPONDENT.get(type(row))
        if grant is None or not grant.write or not inspect(row).persistent:
            raise BorderError(f"a respondent does not write {type(row).__name__}")
    elif isinstance(scope, Member):
        if isinstance(row, predicates.NOT_WRITTEN_BY_MEMBERS):
            raise BorderError(f"{type(row).__name__} is written by verbs only")
        if isinstance(row, Directory):
            _check_directory(scope, row)
        _check_place(session, connection, scope.organisation_id, row)


def _check_directory(scope: Member, row: Any) -> None:
    owns: dict[Any, Any] = {Organisation: scope.organisation_id, User: scope.user_id}
    own = owns.get(type(row))
    if own is None or not inspect(row).persistent or row.id != own:
        raise BorderError(f"a member does not write another's {type(row).__name__}")


def _check_place(session: Session, connection: Connection, me: Any, row: Any) -> None:
    if isinstance(row, OrganisationPrivate):
        if row.owner_id != me:
            raise BorderError("a private row was written for another organisation")
    elif isinstance(row, Journey) and not inspect(row).persistent:
        if row.organisation_id != me:
            raise BorderError("a journey was made for another organisation")
    elif isinstance(row, Journey | JourneyScoped):
        touched = row.id if isinstance(row, Journey) else row.journey_id
        _within(session, connection, touched, predicates.journeys_of, me, "journey")
    elif isinstance(row, CircleScoped):
        _within(session, connection, row.circle_id, predicates.circles_of, me, "circle")
    elif not isinstance(row, Organisation | User):
        raise BorderError(f"nobody said who writes {type(row).__name__}")


def _within(
    session: Session,
    connection: Connection,
    place: Any,
    mine: Callable[[Any], Any],
    me: Any,
    what: str,
) -> None:
    seen = session.info.setdefault(f"own {what}", set())
    if place in seen:
        return
    own = mine(me).subquery()
    found = select(own.c[0]).where(own.c[0] == place).limit(1)
    if connection.execute(found, execution_options={**STAMP}).first() is None:
        raise BorderError(f"a row was written into a {what} of others")
    seen.add(place)
