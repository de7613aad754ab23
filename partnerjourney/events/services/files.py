"""Importing a file of events."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from typing import BinaryIO
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Member, Scope
from partnerjourney.core.tabular import Table
from partnerjourney.events.models import Case, CaseReference, CaseState, Event
from partnerjourney.events.rules.mapping import Mapping
from partnerjourney.events.rules.rows import NewEvent, Report, event_reader
from partnerjourney.events.services.chunks import Run
from partnerjourney.events.services.record import Result, record
from partnerjourney.events.services.routes import MappingFault, Routes
from partnerjourney.journeys.services import find


def columns_of(mapping: Mapping) -> list[str]:
    """Return every column that the events of a mapping are read from."""
    source = mapping.source
    found = [*source.id, *source.reference_columns.values()]
    for event in mapping.events:
        found += filter(None, (event.time, event.promise, event.member, event.reason))
    return found


def import_events(
    engine: Engine,
    actor: Member,
    journey_id: UUID,
    *,
    stream: BinaryIO,
    mapping: Mapping,
    at: datetime,
    correct: bool = False,
    dry_run: bool = False,
    scope: Scope | None = None,
) -> Report:
    """Store the events of a delimited file; returns the report.

    `stream` is seekable and binary. `scope` is the actor, or an operator who lifts the border.
    Raises core.tabular.UnreadableError and MappingFault before anything is stored, and
    NotFoundError and NotAllowedError.
    """
    if not mapping.events:
        raise MappingFault("the mapping has no [[event]]")
    run = Run(engine, scope or actor, at, correct=correct, dry_run=dry_run)
    zone = run.look(lambda session: _check(session, actor, journey_id, mapping))
    source = mapping.source
    table = Table(stream, encoding=source.encoding, delimiter=source.delimiter)
    read = event_reader(mapping, table.places(columns_of(mapping)), zone)

    def work(session: Session, events: list[NewEvent], _ready: None) -> list[Result]:
        return record(
            session,
            actor,
            find(session, actor, journey_id),
            events=events,
            source=source.name,
            at=at,
            correct=correct,
            dry_run=dry_run,
        )

    with closing(table):
        return run.through(table, read, work, _key, grow=(Case, CaseReference, CaseState, Event))


def _key(event: NewEvent) -> tuple[str, str, int]:
    return f"{event.handover}\x1f{event.kind}\x1f{event.row_key}", event.digest(), event.line


def _check(session: Session, actor: Member, journey_id: UUID, mapping: Mapping) -> ZoneInfo:
    place = find(session, actor, journey_id)
    require(actor, Permission.EVENT_IMPORT, place)
    routes = Routes(session, place)
    for number, event in enumerate(mapping.events, 1):
        if event.handover not in routes:
            raise MappingFault(f"event {number}.handover: unknown hand-over {event.handover!r}")
    return ZoneInfo(place.journey.time_zone)
