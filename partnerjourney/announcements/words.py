"""How announcements are called on pages and in overviews, in the reader's language."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from partnerjourney.announcements.queries import Told, told
from partnerjourney.announcements.rules import Dated, Kind, When, is_news, when
from partnerjourney.core import waiting
from partnerjourney.core.scopes import Member
from partnerjourney.core.waiting import Item
from partnerjourney.journeys.queries import mine
from partnerjourney.web import numbers


def kind(value: Kind) -> str:
    """Return what a kind of announcement is called."""
    said = {
        Kind.PEAK: _("Peak"),
        Kind.CLOSURE: _("Closure"),
        Kind.NUMBER: _("New number"),
        Kind.OTHER: _("Announcement"),
    }
    return str(said[value])


def kinds() -> list[tuple[str, str, str]]:
    """Return the kinds to choose from, each with what it is for."""
    said = {
        Kind.PEAK: _("It is busier than usual."),
        Kind.CLOSURE: _("You are not there, or less."),
        Kind.NUMBER: _("You are reached in another way."),
        Kind.OTHER: _("Something else that your partners should know."),
    }
    names = {**{one: kind(one) for one in Kind}, Kind.OTHER: _("Something else")}
    return [(str(one), names[one], said[one]) for one in Kind]


def days(one: Dated) -> str:
    """Return its days: ‘1 – 24 Dec 2026’, or since when it holds."""
    if one.last_day is None:
        return str(_("from %(day)s", day=numbers.day(one.first_day)))
    return numbers.period(one.first_day, one.last_day)


def chip(standing: When) -> tuple[str, str, str]:
    """Return how it stands today, as `ui.chip` wants it."""
    return {
        When.RUNNING: ("info", _("now"), "megaphone"),
        When.COMING: ("neutral", _("to come"), "calendar"),
        When.PAST: ("neutral", _("over"), "history"),
    }[standing]


def title(one: Told) -> str:
    """Return what it is and of whom, in one line."""
    return f"{one.by}: {kind(one.kind)[:1].lower()}{kind(one.kind)[1:]}"


# --- overviews by mail --------------------------------------------------------------------------


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

__all__ = ["When", "chip", "days", "kind", "kinds", "title", "when"]
