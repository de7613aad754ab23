"""What overviews by mail say of announcements: that there is one, and where."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import ngettext
from sqlalchemy.orm import Session

from partnerjourney.announcements.queries import told
from partnerjourney.announcements.rules import is_news
from partnerjourney.core import waiting
from partnerjourney.core.scopes import Member
from partnerjourney.core.waiting import Item
from partnerjourney.journeys.queries import mine


def _news(session: Session, actor: Member, at: datetime) -> list[Item]:
    """Find what others announced lately, or what begins before long."""
    journeys = {journey.id: journey for journey in mine(session, actor)}
    place = waiting.place(session, actor)
    found = []
    for one in told(session, journeys, since=at.date()):
        journey = journeys[one.journey_id]
        zone = ZoneInfo(journey.time_zone)
        today = at.astimezone(zone).date()
        if one.organisation_id == actor.organisation_id:
            continue
        if is_news(one, one.said_at.astimezone(zone).date(), today):
            found.append(
                Item(
                    max(one.first_day, today),
                    "announcement",
                    f"{place}/journeys/{one.journey_id}/announcements/",
                    f"{journey.brand} · {journey.name}",
                )
            )
    return found


waiting.register(
    "announcement",
    _news,
    say=lambda n: ngettext(
        "A partner has announced something", "Partners have announced something (%(num)s×)", n
    ),
)
