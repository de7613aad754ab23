"""Open complaints where they stand on the map: the hand-overs that they are about."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Select, Subquery, and_, select

from partnerjourney.complaints.models import Complaint, ComplaintHandover
from partnerjourney.complaints.rules import State


@dataclass(frozen=True, slots=True)
class Marked:
    """An open complaint at one of its hand-overs; `last` is where its badge stands."""

    id: uuid.UUID
    title: str
    handover_id: uuid.UUID
    last: bool


def open_at_handovers(
    journey_id: uuid.UUID | BindParameter[uuid.UUID], circles: Select[Any] | None = None
) -> Subquery:
    """Select the open complaints that the reader shares, for a statement that reads hand-overs.

    Columns: handover_id, id, title, due_at, position. `circles` narrows them to what another party
    sees: the preview.
    """
    query = (
        select(
            ComplaintHandover.handover_id,
            Complaint.id,
            Complaint.title,
            Complaint.due_at,
            ComplaintHandover.position,
        )
        .join(
            ComplaintHandover,
            and_(
                ComplaintHandover.journey_id == Complaint.journey_id,
                ComplaintHandover.complaint_id == Complaint.id,
            ),
        )
        .where(Complaint.journey_id == journey_id, Complaint.state != State.CLOSED)
    )
    if circles is not None:
        query = query.where(Complaint.circle_id.in_(circles))
    return query.subquery("open_complaint")


Row = tuple[uuid.UUID, uuid.UUID, str, datetime, int]
"""One row of `open_at_handovers`."""


def marked(rows: Iterable[Row]) -> tuple[Marked, ...]:
    """Return each complaint once for each of its hand-overs, by due time, then along the path."""
    once = sorted(set(rows), key=lambda row: (row[3], row[1], row[4]))
    ends = {complaint_id: handover_id for handover_id, complaint_id, *_ in once}
    return tuple(
        Marked(complaint_id, title, handover_id, ends[complaint_id] == handover_id)
        for handover_id, complaint_id, title, _due, _position in once
    )
