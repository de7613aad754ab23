"""Cell: the histogram that everybody reads; Verdict: what was said once and is repeated."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
    select,
    tuple_,
)
from sqlalchemy.orm import Mapped, mapped_column

from partnerjourney.core.db import Base, CircleScoped, Id, ProductWritten, choice
from partnerjourney.core.parties import circle_key
from partnerjourney.core.predicates import Lookups, grant_respondent
from partnerjourney.events.rules import State
from partnerjourney.surveys.models import Invitation


def _point() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["journey_id", "point_id"], ["measuring_point.journey_id", "measuring_point.id"]
    )


class Cell(CircleScoped, ProductWritten, Base):
    """Counts of answers per point, circle, wave, question, role, state and day.

    `s0` … `s10` count the scores (CSAT uses 1–5, CES 1–7); `invited` and `delivered` stand on the
    day of sending in the state `unknown`. Changes in the transaction of the answer. The key is
    what it counts, in the order in which scores are read: SQLite stores the rows in that order.
    """

    __tablename__ = "cell"
    __table_args__ = (
        PrimaryKeyConstraint(
            "journey_id", "point_id", "wave_id", "circle_id", "question_id", "state", "role", "day"
        ),
        circle_key(),
        _point(),
        {"sqlite_with_rowid": False},
    )
    circle_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, sort_order=-20)
    point_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    wave_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    question_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(String(40), primary_key=True, default="")
    state: Mapped[State] = mapped_column(choice(State), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    s0: Mapped[int] = mapped_column(default=0)
    s1: Mapped[int] = mapped_column(default=0)
    s2: Mapped[int] = mapped_column(default=0)
    s3: Mapped[int] = mapped_column(default=0)
    s4: Mapped[int] = mapped_column(default=0)
    s5: Mapped[int] = mapped_column(default=0)
    s6: Mapped[int] = mapped_column(default=0)
    s7: Mapped[int] = mapped_column(default=0)
    s8: Mapped[int] = mapped_column(default=0)
    s9: Mapped[int] = mapped_column(default=0)
    s10: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    invited: Mapped[int] = mapped_column(default=0)
    delivered: Mapped[int] = mapped_column(default=0)


class StoredVerdict(CircleScoped, ProductWritten, Base):
    """The one look at a closed wave against the baseline: given once, never recomputed.

    It carries the numbers on which it stands; its circle is the point's base circle.
    """

    __tablename__ = "verdict"
    __table_args__ = (
        circle_key(),
        _point(),
        ForeignKeyConstraint(["journey_id", "wave_id"], ["wave.journey_id", "wave.id"]),
        UniqueConstraint("journey_id", "circle_id", "wave_id", "family"),
    )
    id: Mapped[Id]
    point_id: Mapped[uuid.UUID]
    wave_id: Mapped[uuid.UUID]
    baseline_id: Mapped[uuid.UUID]
    family: Mapped[str] = mapped_column(String(40), default="primary")
    verdict: Mapped[str] = mapped_column(String(20))
    given_at: Mapped[datetime]
    facts: Mapped[dict[str, Any]]


def _own_cells(cls: Any, see: Lookups) -> Any:
    """A survey link opens the cells of its own invitation: its point, circle and wave."""
    own = Invitation.__table__.alias()
    mine = select(own.c.journey_id, own.c.circle_id, own.c.point_id, own.c.wave_id).where(
        own.c.id == see.invitation
    )
    return tuple_(cls.journey_id, cls.circle_id, cls.point_id, cls.wave_id).in_(mine)


grant_respondent(Cell, _own_cells, add=True)
