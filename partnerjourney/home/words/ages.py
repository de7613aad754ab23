"""What home says of how old data are, and of journeys from which the organisation is apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for

from partnerjourney.core import clock
from partnerjourney.core.apart import Apart
from partnerjourney.core.parties import monogram
from partnerjourney.home.queries import DataAges
from partnerjourney.journeys.queries import MyJourney
from partnerjourney.web import moments


@dataclass(frozen=True, slots=True)
class PartnerAge:
    """How old the data of one partner are, as far as the reader shares them."""

    name: str
    age: str
    exact: str
    stale: bool


def partners(
    journey: MyJourney, known: DataAges | None, now: datetime, *, stale_after: timedelta
) -> Sequence[PartnerAge]:
    """Return the age of each partner's data, by name: for the brand that coordinates."""
    if known is None or not journey.leads:
        return []
    zone = journey.time_zone
    return [
        PartnerAge(
            name, moments.moment(at, now, zone), moments.exact(at, zone), now - at > stale_after
        )
        for name, at in known.others
    ]


def apart(row: Apart) -> dict[str, str]:
    """Return a journey from which the organisation is apart: suspended, or left."""
    at = moments.moment(row.left_at or row.fixed_at, clock.now(), row.time_zone)
    return {
        "name": row.journey_name,
        "brand": row.brand_name,
        "monogram": monogram(row.brand_name),
        "left": "yes" if row.left_at else "",
        "when": at,
        "until": moments.full_day(row.reads_until) if row.reads_until else "",
        "href": url_for("leaving.past", apart_id=row.id),
    }
