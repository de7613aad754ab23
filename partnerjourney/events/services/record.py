"""Recording events: one, or a chunk of at most 500, in a fixed number of statements.

A sender's row is known by (organisation, journey, source, row, hand-over, kind). The same content
again is a duplicate; other content is rejected, or becomes a correction, which is a new row.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import border, ids
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Actor
from partnerjourney.core.staging import among
from partnerjourney.events.models import Event
from partnerjourney.events.rules.kinds import EventKind
from partnerjourney.events.rules.rows import Fault, Flag, NewEvent
from partnerjourney.events.rules.states import Path, Said, oddity
from partnerjourney.events.services.cases import CaseConflictError, Cases, lock_cases
from partnerjourney.events.services.routes import Route, Routes, UnknownError, path_of
from partnerjourney.events.services.states import events_in_force, settle
from partnerjourney.journeys.services import Place

Key = tuple[str, uuid.UUID, EventKind]
"""What makes a sender's event unique: row, hand-over, kind."""


class Status(StrEnum):
    """What became of one row."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


@dataclass(slots=True)
class Result:
    """What became of one row, why if it was rejected, and what is odd about it."""

    status: Status
    id: uuid.UUID | None = None
    fault: Fault | None = None
    flags: list[Flag] = field(default_factory=list)


@dataclass(slots=True)
class Version:
    """The newest version of a row: its digest, when it came, which correction it is, its case."""

    digest: str
    received_at: datetime
    correction: int
    id: uuid.UUID
    case_id: uuid.UUID


def differs(line: int, stored: datetime) -> Fault:
    """Return the fault of a row that says something else than before."""
    return Fault(line, "id", f"differs from what was stored on {stored:%Y-%m-%d}")


@dataclass(slots=True)
class _Accepted:
    new: NewEvent
    route: Route
    case_id: uuid.UUID
    version: Version
    result: Result

    def said(self) -> Said:
        new, route = self.new, self.route
        return Said(
            route.handover_id, route.circle_id, new.kind, new.at, new.promised_at, route.time_limit
        )


def record(
    session: Session,
    actor: Actor,
    place: Place,
    *,
    events: Sequence[NewEvent],
    source: str,
    at: datetime,
    correct: bool = False,
    dry_run: bool = False,
) -> list[Result]:
    """Store what a sender says happened; return one result per event, in their order.

    `source` names the sender's system. With `correct` other content becomes a correction; a
    `dry_run` says what would become of the rows and stores nothing. Raises NotAllowedError.
    """
    require(actor, Permission.EVENT_IMPORT, place)
    routes = Routes(session, place)
    with border.verb(session, "read cases") as system:
        path = path_of(system, place.id, place)
        batch = _Batch(system, actor, place, routes, source, at, correct=correct)
        results = batch.judge(events)
        batch.read_cases(dry_run=dry_run)
        batch.flag(path)
    if dry_run or not batch.accepted:
        return results
    border.bulk_insert(session, Event, [batch.row(accepted) for accepted in batch.accepted])
    with border.verb(session, "derive states") as system:
        settle(system, place.id, path, batch.after(), fresh=batch.fresh)
    return results


class _Batch:
    def __init__(
        self,
        system: Session,
        actor: Actor,
        place: Place,
        routes: Routes,
        source: str,
        at: datetime,
        *,
        correct: bool,
    ) -> None:
        self.system, self.actor, self.place, self.routes = system, actor, place, routes
        self.source, self.at, self.correct = source, at, correct
        self.cases = Cases(system, place.id)
        self.accepted: list[_Accepted] = []
        self.stored: dict[uuid.UUID, list[tuple[uuid.UUID, Said]]] = {}
        self.replaced: set[uuid.UUID] = set()
        self.left: set[uuid.UUID] = set()  # cases that a correction took an event away from

    @property
    def fresh(self) -> frozenset[uuid.UUID]:
        return self.cases.is_new()

    def judge(self, events: Sequence[NewEvent]) -> list[Result]:
        """Say for each row whether it is accepted, a duplicate or rejected."""
        versions = self._versions({event.row_key for event in events})
        self.cases.look_up(ref for event in events for ref in event.references)
        return [self._judge(event, versions) for event in events]

    def _versions(self, keys: Collection[str]) -> dict[Key, Version]:
        query = select(
            Event.row_key,
            Event.handover_id,
            Event.kind,
            Event.digest,
            Event.received_at,
            Event.correction,
            Event.id,
            Event.case_id,
        ).where(
            Event.journey_id == self.place.id,
            Event.sender_id == self.actor.organisation_id,
            Event.source == self.source,
            among(self.system, Event.row_key, keys),
        )
        found: dict[Key, Version] = {}
        for row in self.system.execute(query.order_by(Event.correction)):
            found[row.row_key, row.handover_id, row.kind] = Version(
                row.digest, row.received_at, row.correction, row.id, row.case_id
            )
        return found

    def _judge(self, event: NewEvent, versions: dict[Key, Version]) -> Result:
        try:
            route = self.routes.find(event.handover, event.member)
        except UnknownError as error:
            return _rejected(Fault(event.line, error.field, str(error)))
        key, digest = (event.row_key, route.handover_id, event.kind), event.digest()
        known = versions.get(key)
        if known is not None and known.digest == digest:
            return Result(Status.DUPLICATE, known.id)
        if known is not None and not self.correct:
            return _rejected(differs(event.line, known.received_at))
        try:
            case_id = self.cases.of(event.references)
        except CaseConflictError as error:
            return _rejected(Fault(event.line, "case", str(error)))
        number = 0
        if known is not None:
            number = known.correction + 1
            self.replaced.add(known.id)
            self.left.add(known.case_id)
        version = Version(digest, self.at, number, ids.new_v7(), case_id)
        versions[key] = version
        result = Result(Status.ACCEPTED, version.id, flags=list(event.flags))
        self.accepted.append(_Accepted(event, route, case_id, version, result))
        return result

    def read_cases(self, *, dry_run: bool) -> None:
        """Make new cases, lock the others and read what is in force about them."""
        touched = {accepted.case_id for accepted in self.accepted} | self.left
        known = touched - self.fresh
        if not dry_run:
            for rows in self.cases.stage(at=self.at):
                rows.insert(self.system)
            lock_cases(self.system, self.place.id, known)
        if known:
            self.stored = events_in_force(self.system, self.place.id, known)

    def flag(self, path: Path) -> None:
        """Flag stamps in the wrong order, as far as the sender shares the hand-overs."""
        mine = self.routes.circles
        before = {
            case: [said for said in rows if said.circle in mine]
            for case, rows in self._in_force().items()
        }
        whole = {
            case: [said for said in rows if said.circle in mine]
            for case, rows in self.after().items()
        }
        for accepted in self.accepted:
            case = accepted.case_id
            odd = oddity(path, accepted.said(), whole[case], before.get(case, ()))
            if odd is not None:
                accepted.result.flags.append(Flag(accepted.new.line, *odd))

    def _in_force(self) -> dict[uuid.UUID, list[Said]]:
        return {
            case: [said for event_id, said in rows if event_id not in self.replaced]
            for case, rows in self.stored.items()
        }

    def after(self) -> dict[uuid.UUID, list[Said]]:
        """Return case → all its events in force, the new ones with them."""
        found = self._in_force()
        for accepted in self.accepted:
            rows = found.setdefault(accepted.case_id, [])
            if accepted.version.id not in self.replaced:
                rows.append(accepted.said())
        return found

    def row(self, accepted: _Accepted) -> dict[str, object]:
        """Return the columns of an event."""
        new, route, version = accepted.new, accepted.route, accepted.version
        flags = [flag.rule for flag in accepted.result.flags]
        return {
            "journey_id": self.place.id,
            "circle_id": route.circle_id,
            "id": version.id,
            "handover_id": route.handover_id,
            "case_id": accepted.case_id,
            "kind": new.kind,
            "at": new.at,
            "promised_at": new.promised_at,
            "time_limit": route.time_limit,
            "reason": new.reason,
            "participation_id": route.participation_id,
            "sender_id": self.actor.organisation_id,
            "source": self.source,
            "row_key": new.row_key,
            "correction": version.correction,
            "digest": version.digest,
            "flags": flags or None,
            "received_at": self.at,
        }


def _rejected(fault: Fault) -> Result:
    return Result(Status.REJECTED, fault=fault)
