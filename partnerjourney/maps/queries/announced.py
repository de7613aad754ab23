"""The members of groups and what parties announce, in one statement: the map has room for no more.

A row has the columns of one or of the other; those that it lacks are empty.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    Select,
    Uuid,
    bindparam,
    cast,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from partnerjourney.announcements.models import MemberAnnouncement
from partnerjourney.announcements.queries import COLUMNS, Told, selected, told_row
from partnerjourney.core.parties import Organisation, Participation, ParticipationState, PartyKind
from partnerjourney.journeys.services import Place
from partnerjourney.maps.queries.seen import MemberRow

_MEMBER = (
    Participation.id,
    Participation.party_id,
    Participation.organisation_id,
    Organisation.name,
)


def members(
    session: Session, place: Place, near: ColumnElement[bool] | None
) -> tuple[MemberRow, ...]:
    """Return the members of groups that the scope reads, by name; in a preview those `near`."""
    query = _known(near).order_by(Organisation.name, Participation.id)
    return tuple(MemberRow(*row) for row in session.execute(query, {"journey": place.id}))


def members_and_announced(
    session: Session,
    place: Place,
    near: ColumnElement[bool] | None,
    *,
    today: date,
    circles: Select[Any] | None,
) -> tuple[tuple[MemberRow, ...], tuple[Told, ...]]:
    """Return the members by name, and what is announced and not over, by its first day."""
    query = _own() if near is None and circles is None else _both(near, circles)
    found: list[MemberRow] = []
    announced: list[Told] = []
    for row in map(tuple, session.execute(query, {"journey": place.id, "today": today})):
        if row[0] is None:
            announced.append(told_row(row[len(_MEMBER) :]))
        else:
            found.append(MemberRow(*row[: len(_MEMBER)]))
    found.sort(key=lambda one: (one.name, one.participation_id))
    return tuple(found), _by(place, found, announced)


@cache
def _own() -> CompoundSelect[*tuple[Any, ...]]:
    """Select what the reader itself sees: made once, since that takes its time."""
    return _both(None, None)


def _both(
    near: ColumnElement[bool] | None, circles: Select[Any] | None
) -> CompoundSelect[*tuple[Any, ...]]:
    """Select members and announcements; parameters: journey, today."""
    here, today = bindparam("journey", type_=Uuid()), bindparam("today", type_=Date())
    empty = _nothing(_MEMBER, "member")
    said = selected(
        lambda table: table.journey_id == here, since=today, circles=circles, before=empty
    )
    lacks = _nothing([getattr(MemberAnnouncement, name) for name in COLUMNS], "said")
    return union_all(*said, _known(near).add_columns(*lacks))


def _nothing(columns: Sequence[Any], name: str) -> list[Any]:
    """Columns that hold nothing, each of the type of the other's."""
    return [cast(null(), column.type).label(f"{name}_{n}") for n, column in enumerate(columns)]


def _by(place: Place, known: Sequence[MemberRow], announced: Sequence[Told]) -> tuple[Told, ...]:
    """Say who announces: the party, of a group the member."""
    names: dict[tuple[uuid.UUID, uuid.UUID], str] = {
        (member.party_id, member.organisation_id): member.name for member in known
    }
    found = []
    for one in announced:
        party = place.parties.get(one.party_id)
        if party is not None:
            by = party.name
            if party.kind is PartyKind.GROUP:
                by = names.get((party.id, one.organisation_id), by)
            found.append((party.position, replace(one, by=by)))
    found.sort(key=lambda pair: (pair[1].first_day, pair[0], pair[1].by, pair[1].id))
    return tuple(one for _, one in found)


def _known(near: ColumnElement[bool] | None) -> Select[*tuple[Any, ...]]:
    """Select the members of groups of a `journey` that the scope reads."""
    query: Select[*tuple[Any, ...]] = (
        select(*_MEMBER)
        .join(Organisation, Organisation.id == Participation.organisation_id)
        .where(
            Participation.journey_id == bindparam("journey"),
            Participation.discreet.is_(True),
            Participation.state != ParticipationState.LEFT,
        )
    )
    return query if near is None else query.where(near)
