"""What partners announce, on home: what holds and what is to come, over all journeys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for

from partnerjourney.announcements import queries, words
from partnerjourney.announcements.rules import When, when
from partnerjourney.core.scopes import Member
from partnerjourney.journeys.queries import MyJourney

MOST = 8
"""So many stand on home, those that hold first; each journey lists all of its own."""


def at_home(
    session: Any, actor: Member, journeys: Sequence[MyJourney], now: datetime
) -> list[dict[str, Any]]:
    """Return what others announce in these journeys and what is not over, by its first day."""
    by_id = {journey.id: journey for journey in journeys}
    found = []
    for one in queries.told(session, by_id, since=now.date()):
        journey = by_id[one.journey_id]
        today = now.astimezone(ZoneInfo(journey.time_zone)).date()
        if one.organisation_id == actor.organisation_id or when(one, today) is When.PAST:
            continue
        found.append(
            {
                "title": words.title(one),
                "text": one.text,
                "days": words.days(one),
                "monogram": one.monogram,
                "source": f"{journey.brand} · {journey.name}",
                "href": url_for("announcements.show", journey_id=one.journey_id),
            }
        )
    return found[:MOST]
