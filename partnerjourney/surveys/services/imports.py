"""Importing a file of answers that were given elsewhere, in chunks.

Without a wave they stand outside any: no verdict, never a baseline.
"""

from __future__ import annotations

import uuid
from contextlib import closing
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from partnerjourney.core import border
from partnerjourney.core.scopes import Member, Scope
from partnerjourney.core.tabular import Table
from partnerjourney.events.models import Case, CaseReference
from partnerjourney.events.rules.mapping import Mapping as FileMapping
from partnerjourney.events.rules.rows import Report
from partnerjourney.events.services import MappingFault, Result, Run
from partnerjourney.surveys.models import Answer, Point
from partnerjourney.surveys.rules.answer_rows import NewAnswer, answer_reader, columns_of
from partnerjourney.surveys.services import waves
from partnerjourney.surveys.services.import_chunks import Ready, Sender
from partnerjourney.surveys.services.import_place import Asked, asked_of, still_asked

CHUNK = 2000
"""So many answers a transaction has at most."""


def import_answers(
    engine: Engine,
    actor: Member,
    journey_id: uuid.UUID,
    *,
    stream: BinaryIO,
    mapping: FileMapping,
    at: datetime,
    correct: bool = False,
    dry_run: bool = False,
    scope: Scope | None = None,
) -> Report:
    """Store the answers of a delimited file; returns the report.

    `stream` is seekable and binary. `scope` is the actor, or an operator who lifts the border.
    Raises core.tabular.UnreadableError and MappingFault before anything is stored, and
    NotFoundError and NotAllowedError.
    """
    if mapping.answer is None:
        raise MappingFault("the mapping has no [answer]")
    spec, source = mapping.answer, mapping.source
    run = Run(engine, scope or actor, at, correct=correct, dry_run=dry_run)
    asked = run.look(lambda session: asked_of(session, actor, journey_id, spec))
    table = Table(stream, encoding=source.encoding, delimiter=source.delimiter)
    places = table.places(columns_of(mapping))
    if not dry_run and asked.wave is None:
        run.write(lambda session: _outside(session, asked, at))
    here = run.look(lambda session: asked_of(session, actor, journey_id, spec))
    read = answer_reader(mapping, places, here.zone, here.point.metric)

    sender = Sender(actor, source.name, at, correct=correct)

    def work(session: Session, answers: list[NewAnswer], ready: Ready | None) -> list[Result]:
        again = still_asked(session, actor, here)
        if dry_run:
            return sender.foresee(session, again, answers)
        return sender.store(session, again, answers, ready)

    def get_ready(session: Session, answers: list[NewAnswer]) -> Ready | None:
        return sender.get_ready(session, here, answers)

    with closing(table):
        report = run.through(
            table, read, work, _key, get_ready, grow=(Case, CaseReference, Answer), chunk=CHUNK
        )
    if not dry_run and spec.wave is not None:
        run.write(lambda session: _close(session, here, at))
    return report


def _key(answer: NewAnswer) -> tuple[str, str, int]:
    return answer.row_key, answer.digest(), answer.line


def _outside(session: Session, asked: Asked, at: datetime) -> None:
    point = session.get_one(Point, (asked.point.journey_id, asked.point.id))
    waves.outside_wave(session, point, asked.place.journey, at=at)


def _close(session: Session, asked: Asked, at: datetime) -> None:
    """Close the wave if these answers brought it to its number."""
    assert asked.wave is not None
    with border.verb(session, "close a wave at its number") as system:
        waves.close_if_due(system, asked.wave.id, at=at)
