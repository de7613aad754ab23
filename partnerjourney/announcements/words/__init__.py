"""How announcements are called on pages and in a report, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _

from partnerjourney.announcements.rules import Dated, Kind, When, when
from partnerjourney.web import numbers

if TYPE_CHECKING:  # a report's own process has words, and no database
    from partnerjourney.announcements.queries import Told


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


__all__ = ["When", "chip", "days", "kind", "kinds", "title", "when"]
