"""The histogram cells: changed in the transaction of the answer, equal to a recount at any time."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from partnerjourney.core import border, counts
from partnerjourney.core.scopes import Member
from partnerjourney.events.rules import State
from partnerjourney.measurement.models import Cell
from partnerjourney.surveys.models import Answer, Invitation, Wave
from partnerjourney.surveys.rules import InvitationState
from partnerjourney.surveys.services import forgetting
from partnerjourney.surveys.signals import CellDelta, cells_changed

COUNTS = (*(f"s{score}" for score in range(11)), "skipped", "invited", "delivered")
"""The columns of a cell that are added up."""


class CellKey(NamedTuple):
    """What makes a cell unique."""

    journey_id: uuid.UUID
    circle_id: uuid.UUID
    point_id: uuid.UUID
    wave_id: uuid.UUID
    question_id: uuid.UUID
    role: str
    state: State
    day: date


Counted = dict[CellKey, dict[str, int]]


@cells_changed.connect
def count(session: Session, *, deltas: Iterable[CellDelta]) -> None:
    """Add changes to the cells, in the sender's transaction and in its scope.

    A member's session never writes cells: for it the product does. Raises BorderError where a
    survey link would count outside its own invitation.
    """
    changes: Counted = defaultdict(lambda: defaultdict(int))
    for delta in deltas:
        if delta.field not in COUNTS:
            raise ValueError(f"a cell does not count {delta.field!r}")
        changes[_key(delta)][delta.field] += delta.by
    if isinstance(border.scope_of(session), Member):
        with border.verb(session, "count answers") as system:
            _add(system, changes)
    else:
        _add(session, changes)


def recount(session: Session, journey_id: uuid.UUID) -> Counted:
    """Count a journey's cells from its raw answers and invitations; cells without any are left out.

    Only the product itself reads those.
    """
    found: Counted = defaultdict(lambda: defaultdict(int))
    answers = [getattr(Answer, name) for name in CellKey._fields]
    for row in session.execute(
        select(*answers, Answer.score, Answer.skipped, func.count())
        .where(Answer.journey_id == journey_id)
        .group_by(*answers, Answer.score, Answer.skipped)
    ):
        *key, score, skipped, number = row
        field = f"s{score}" if score is not None else "skipped" if skipped else None
        if field is not None:
            found[CellKey(*key)][field] += number
    for *place, role, day, invited, bounced in session.execute(_sent(journey_id)):
        cell = found[CellKey._make([*place, role, State.UNKNOWN, day])]
        cell["invited"] += invited
        cell["delivered"] += invited - bounced
    return found


def rebuild(session: Session, journey_id: uuid.UUID) -> int:
    """Make a journey's cells what its raw answers say; returns how many were different.

    For the product itself, while nothing else writes: what is counted meanwhile is lost. Cells of
    days whose raw answers may be gone (`forgetting`) stay as they are: they are all that is left.
    """
    since = forgetting.cleared_before(session) or date.min
    columns = [getattr(Cell, name) for name in (*CellKey._fields, *COUNTS)]
    stored = session.execute(
        select(*columns).where(Cell.journey_id == journey_id, Cell.day >= since)
    )
    changes: Counted = defaultdict(lambda: defaultdict(int))
    changes |= {key: cell for key, cell in recount(session, journey_id).items() if key.day >= since}
    for row in stored:
        cell = changes[CellKey(*row[: len(CellKey._fields)])]
        for name, number in zip(COUNTS, row[len(CellKey._fields) :], strict=True):
            cell[name] = cell.get(name, 0) - number
    return _add(session, changes)


def _sent(journey_id: uuid.UUID) -> Any:
    """Select what was sent per place and day, and how much of it could not be delivered."""
    place = (
        Invitation.journey_id,
        Invitation.circle_id,
        Invitation.point_id,
        Invitation.wave_id,
        Wave.question_id,
        Invitation.role,
        Invitation.sent_day,
    )
    bounced = func.sum(case((Invitation.state == InvitationState.BOUNCED, 1), else_=0))
    return (
        select(*place, func.count(), bounced)
        .join(Wave, (Wave.journey_id == Invitation.journey_id) & (Wave.id == Invitation.wave_id))
        .where(Invitation.journey_id == journey_id, Invitation.sent_day.is_not(None))
        .group_by(*place)
    )


def _key(delta: CellDelta) -> CellKey:
    return CellKey(*(getattr(delta, name) for name in CellKey._fields))


def _add(session: Session, changes: Mapping[CellKey, Mapping[str, int]]) -> int:
    """Write what is not zero, always in the order of the keys, so that nobody waits in a ring."""
    rows = [
        {**key._asdict(), **{name: cell.get(name, 0) for name in COUNTS}}
        for key, cell in sorted(changes.items(), key=lambda item: [str(part) for part in item[0]])
        if any(cell.values())
    ]
    counts.upsert(session, Cell, CellKey._fields, rows)
    return len(rows)
