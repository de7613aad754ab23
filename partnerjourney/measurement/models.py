"""What a measurement stores: cells of counts, verdicts, and what parties say beside a number."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
    and_,
    select,
    tuple_,
)
from sqlalchemy.orm import Mapped, mapped_column

from partnerjourney.core.db import Base, CircleScoped, Id, ProductWritten, choice
from partnerjourney.core.having import Lookups
from partnerjourney.core.parties import circle_key
from partnerjourney.core.predicates import grant_respondent
from partnerjourney.events.rules import State
from partnerjourney.surveys.models import Invitation

LONGEST_EXPLANATION = 600
"""A party says what it has to say beside a number in so many characters."""


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


_OF_LINK = ("journey_id", "circle_id", "point_id", "wave_id")


class StoredExplanation(CircleScoped, Base):
    """What one party says beside the number of a point in one wave: a row in each of its circles.

    A stretch through a group has a circle per member. Who sits in all of them has the same row,
    with the same version, in each; a member's own stands in the circles where it sits alone of its
    group. One that was taken back has an empty text: its version goes on.
    """

    __tablename__ = "explanation"
    __table_args__ = (
        circle_key(),
        _point(),
        ForeignKeyConstraint(["journey_id", "wave_id"], ["wave.journey_id", "wave.id"]),
        ForeignKeyConstraint(["journey_id", "party_id"], ["party.journey_id", "party.id"]),
        UniqueConstraint("journey_id", "circle_id", "wave_id", "party_id"),
    )
    id: Mapped[Id]
    point_id: Mapped[uuid.UUID]
    wave_id: Mapped[uuid.UUID]
    party_id: Mapped[uuid.UUID]
    text: Mapped[str] = mapped_column(String(LONGEST_EXPLANATION))
    written_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {  # noqa: RUF012 - SQLAlchemy's own interface
        "version_id_col": version,
        "version_id_generator": False,  # copies keep the version of what they repeat
    }


def _own_cells(cls: Any, see: Lookups) -> Any:
    """A survey link opens the cells of its own invitation: its point, circle and wave."""
    if see.opened is not None:
        return and_(*(getattr(cls, name) == see.opened(name) for name in _OF_LINK))
    own = Invitation.__table__.alias()
    mine = select(*(own.c[name] for name in _OF_LINK)).where(own.c.id == see.invitation)
    return tuple_(*(getattr(cls, name) for name in _OF_LINK)).in_(mine)


grant_respondent(Cell, _own_cells, add=True)
