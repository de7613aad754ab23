"""What grows and never changes of one participation: its events, and the acts that it reads.

Each is found by the circles in which the participation sits and by the day until which it took
part, so the same rows come out afterwards, when circles closed and the border shows it nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, literal, select
from sqlalchemy.orm import Session

from partnerjourney.core.audit import CircleAct, JourneyAct
from partnerjourney.core.parties import CircleSeat, Organisation, Participation, User
from partnerjourney.events.models import Event
from partnerjourney.handovers.models import Handover

PAGE = 2000

Row = dict[str, Any]


def _circles(gone: Participation) -> Select[uuid.UUID]:
    return select(CircleSeat.circle_id).where(
        CircleSeat.journey_id == gone.journey_id, CircleSeat.participation_id == gone.id
    )


def events(session: Session, mine: Participation, *, until: datetime) -> Iterator[Row]:
    """Yield the events that the organisation sent, as they came in."""
    rows = session.execute(
        select(
            Handover.key,
            Event.kind,
            Event.at,
            Event.promised_at,
            Event.time_limit,
            Event.reason,
            Event.source,
            Event.row_key,
            Event.correction,
            Event.received_at,
        )
        .join(
            Handover,
            (Handover.journey_id == Event.journey_id) & (Handover.id == Event.handover_id),
        )
        .where(
            Event.journey_id == mine.journey_id,
            Event.sender_id == mine.organisation_id,
            Event.circle_id.in_(_circles(mine)),
            Event.received_at <= until,
        )
        .order_by(Event.received_at, Event.id)
        .execution_options(yield_per=PAGE)
    )
    names = (
        "handover", "kind", "at", "promised_at", "time_limit", "reason", "source", "id",
        "correction", "received_at",
    )  # fmt: skip
    for row in rows:
        yield dict(zip(names, row, strict=True))


def acts(session: Session, mine: Participation, *, until: datetime) -> Iterator[Row]:
    """Yield the acts that the organisation reads: of the journey, then of its circles.

    People are named only where they acted for this organisation itself.
    """
    for table, where in (
        (JourneyAct, JourneyAct.journey_id == mine.journey_id),
        (
            CircleAct,
            (CircleAct.journey_id == mine.journey_id) & CircleAct.circle_id.in_(_circles(mine)),
        ),
    ):
        shared = "journey" if table is JourneyAct else "circle"
        rows = session.execute(
            select(
                table.at,
                table.verb,
                literal(shared),
                Organisation.name,
                User.name,
                table.means,
            )
            .outerjoin(Organisation, Organisation.id == table.organisation_id)
            .outerjoin(
                User,
                (User.id == table.user_id) & (table.organisation_id == mine.organisation_id),
            )
            .where(where, table.at <= until)
            .order_by(table.at, table.id)
            .execution_options(yield_per=PAGE)
        )
        names = ("at", "act", "shared_by", "organisation", "person", "means")
        for row in rows:
            yield dict(zip(names, row, strict=True))
