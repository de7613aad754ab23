"""The states of cases and the counts of them, derived in the transaction of the events."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session, aliased

from partnerjourney.core import counts, ids
from partnerjourney.core.staging import among, insert_rows
from partnerjourney.events.models import CaseState, Event, FactCell
from partnerjourney.events.rules import State
from partnerjourney.events.rules.states import Outcome, Path, Said
from partnerjourney.events.signals import case_states_changed

CellKey = tuple[uuid.UUID, uuid.UUID, State, date]
"""Circle, hand-over, state, day."""

_CELL = ("journey_id", "circle_id", "handover_id", "state", "day")
_STATE = ("circle_id", "state", "completed_at", "day")


def events_in_force(
    system: Session, journey_id: uuid.UUID, case_ids: Collection[uuid.UUID] | None
) -> dict[uuid.UUID, list[tuple[uuid.UUID, Said]]]:
    """Return case → its events that no correction replaced, each with its id; None: all cases."""
    newer = aliased(Event)
    same = [
        getattr(newer, name) == getattr(Event, name)
        for name in ("journey_id", "sender_id", "source", "row_key", "handover_id", "kind")
    ]
    replaced = select(newer.id).where(*same, newer.correction > Event.correction).exists()
    query = select(
        Event.id,
        Event.case_id,
        Event.handover_id,
        Event.circle_id,
        Event.kind,
        Event.at,
        Event.promised_at,
        Event.time_limit,
    ).where(Event.journey_id == journey_id, ~replaced)
    if case_ids is not None:
        query = query.where(among(system, Event.case_id, case_ids))
    found: dict[uuid.UUID, list[tuple[uuid.UUID, Said]]] = defaultdict(list)
    for row in system.execute(query):
        said = Said(
            row.handover_id, row.circle_id, row.kind, row.at, row.promised_at, row.time_limit
        )
        found[row.case_id].append((row.id, said))
    return found


def stored_states(
    system: Session, journey_id: uuid.UUID, case_ids: Collection[uuid.UUID] | None
) -> dict[tuple[uuid.UUID, uuid.UUID], Outcome]:
    """Return (case, hand-over) → what is stored; None: all cases."""
    query = select(
        CaseState.case_id,
        CaseState.handover_id,
        CaseState.circle_id,
        CaseState.state,
        CaseState.completed_at,
        CaseState.day,
    ).where(CaseState.journey_id == journey_id)
    if case_ids is not None:
        query = query.where(among(system, CaseState.case_id, case_ids))
    return {
        (row.case_id, row.handover_id): Outcome(row.circle_id, row.state, row.completed_at, row.day)
        for row in system.execute(query)
    }


def settle(
    system: Session,
    journey_id: uuid.UUID,
    path: Path,
    events: Mapping[uuid.UUID, Iterable[Said]],
    *,
    fresh: frozenset[uuid.UUID] = frozenset(),
) -> None:
    """Make the states of these cases what their events say, move the counts, and tell.

    `events` holds all events in force of each case; `fresh` are cases that have no states yet.
    """
    old = {}
    if known := events.keys() - fresh:
        old = stored_states(system, journey_id, known)
    new = {
        (case, handover): outcome
        for case, said in events.items()
        for handover, outcome in path.outcomes(said).items()
    }
    changed = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
    if not changed:
        return
    _store_states(system, journey_id, old, new, changed)
    moved: Counter[CellKey] = Counter()
    for key in changed:
        for outcome, by in ((old.get(key), -1), (new.get(key), 1)):
            if outcome is not None and outcome.day is not None:
                moved[outcome.circle, key[1], outcome.state, outcome.day] += by
    _count(system, journey_id, moved)
    _tell(system, journey_id, old, new, changed)


def _store_states(
    system: Session, journey_id: uuid.UUID, old: Any, new: Any, changed: set[Any]
) -> None:
    added, moved = [], []
    for key in sorted(changed & new.keys()):
        outcome: Outcome = new[key]
        values = (outcome.circle, outcome.state, outcome.completed_at, outcome.day)
        if key in old:
            row = dict(zip(_STATE, values, strict=True))
            moved.append({"of_case": key[0], "of_handover": key[1], **row})
        else:
            added.append((*key, *values))
    columns_of_new = ("case_id", "handover_id", *_STATE)
    insert_rows(system, CaseState, columns_of_new, added, same={"journey_id": journey_id})
    table: Any = CaseState.__table__
    here = table.c.journey_id == journey_id
    if moved:
        one = here & (table.c.case_id == bindparam("of_case"))
        one &= table.c.handover_id == bindparam("of_handover")
        columns: dict[str, Any] = {name: bindparam(name) for name in _STATE}
        system.execute(update(table).where(one).values(columns), moved)
    for case, handover in sorted(changed - new.keys()):
        system.execute(
            delete(table).where(here, table.c.case_id == case, table.c.handover_id == handover)
        )


def _count(system: Session, journey_id: uuid.UUID, moved: Counter[CellKey]) -> None:
    rows = [
        {
            "id": ids.new_v7(),
            "journey_id": journey_id,
            "circle_id": circle,
            "handover_id": handover,
            "state": state,
            "day": day,
            "cases": by,
        }
        for (circle, handover, state, day), by in sorted(moved.items())
        if by
    ]
    counts.upsert(system, FactCell, _CELL, rows)


def _tell(system: Session, journey_id: uuid.UUID, old: Any, new: Any, changed: set[Any]) -> None:
    """Say which cases are in another state, or were completed at another moment.

    A case that has no state is `unknown`.
    """
    changes: dict[uuid.UUID, list[tuple[uuid.UUID, State, State]]] = defaultdict(list)
    for key in sorted(changed):
        before = old[key].state if key in old else State.UNKNOWN
        after = new[key].state if key in new else State.UNKNOWN
        done = [found[key].completed_at if key in found else None for found in (old, new)]
        if before is not after or done[0] != done[1]:
            changes[key[1]].append((key[0], before, after))
    for handover_id, rows in sorted(changes.items()):
        case_states_changed.send(
            system, journey_id=journey_id, handover_id=handover_id, changes=rows
        )
