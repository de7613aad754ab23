"""When somebody leaves, what is asked from then on is asked in circles without it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core.departing import Departure, participation_left
from partnerjourney.surveys.models import PointCircle


@participation_left.connect
def _move_points(system: Session, *, departure: Departure) -> None:
    """Let points stand in the circles that go on; those of a member that left stay for its cases.

    Their base circle stays until another wave opens: the verdict of one that runs counts answers
    about who left, and whoever fills the party next does not read it.
    """
    if not departure.successors:
        return
    for row in system.scalars(
        select(PointCircle)
        .where(
            PointCircle.journey_id == departure.participation.journey_id,
            PointCircle.circle_id.in_(departure.closed),
        )
        .order_by(PointCircle.id)
    ):
        row.circle_id = departure.successors[row.circle_id]
    system.flush()
