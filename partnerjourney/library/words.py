"""How items, places and results are called on pages, in the reader's language."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from partnerjourney.library.rules import Count, Kind, Result, Standing, Way, Why
from partnerjourney.web import numbers
from partnerjourney.web.words import channel_word


def kind(value: Kind) -> str:
    """Return what a kind of item is called."""
    said = {
        Kind.CARD: _("Touchpoint or step"),
        Kind.HOURS: _("Opening hours"),
        Kind.CONTACT: _("Contact"),
        Kind.TEXT: _("Text for the customer"),
    }
    return str(said[value])


def kinds() -> list[tuple[str, str, str]]:
    """Return the kinds to choose from, each with what it is for."""
    said = {
        Kind.CARD: _("Name, channel and intended experience of a touchpoint or step in your lane."),
        Kind.HOURS: _("When you are open, at the hand-overs whose contact is yours."),
        Kind.CONTACT: _("Whom to call when it goes wrong at a hand-over, and how."),
        Kind.TEXT: _("What the customer is told at a hand-over."),
    }
    return [(str(one), kind(one), said[one]) for one in Kind]


def icon(value: Kind) -> str:
    """Return the name of a kind's icon."""
    return {
        Kind.CARD: "map",
        Kind.HOURS: "clock",
        Kind.CONTACT: "phone",
        Kind.TEXT: "message-square",
    }[value]


def label(name: str) -> str:
    """Return what a field is called."""
    said = {
        "name": _("Name"),
        "channel": _("Channel"),
        "intended_experience": _("What it should feel like"),
        "contact_name": _("Contact if it goes wrong"),
        "contact_reach": _("Can be reached"),
        "contact_hours": _("Opening hours"),
        "told": _("What the customer hears"),
    }
    return str(said[name])


def shown(name: str, value: str) -> str:
    """Return the value of a field as it is read."""
    if not value:
        return str(_("nothing"))
    return channel_word(value) if name == "channel" else value


def standing(value: Standing) -> tuple[str, str, str]:
    """Return how a place stands, as `ui.chip` wants it."""
    said = {
        Standing.SAME: ("good", _("says this"), "check"),
        Standing.BEHIND: ("neutral", _("not as it says"), "hourglass"),
        Standing.DIFFERS: ("warn", _("differs"), "equal-not"),
        Standing.APART: ("neutral", _("not now"), "lock"),
    }
    return said[value]


def way(value: Way) -> tuple[str, str, str]:
    """Return what a change does at a place, as `ui.chip` wants it."""
    said = {
        Way.DIRECT: ("good", _("direct"), "check"),
        Way.PROPOSAL: ("warn", _("as a proposal"), "git-pull-request-arrow"),
        Way.SAME: ("neutral", _("says this already"), "equal"),
        Way.CANNOT: ("neutral", _("not possible"), "lock"),
    }
    return said[value]


def why(value: Why) -> str:
    """Return why nothing can be changed at a place."""
    said = {
        Why.APART: _("You take no part in this journey now: suspended, or you left."),
        Why.GONE: _("This is off the map, or not yours any more."),
        Why.EMERGENCY: _("An emergency change holds here. Try again once it has ended."),
        Why.GROUP: _("The coordinator writes this for the whole group."),
    }
    return str(said[value])


def result(value: Result) -> tuple[str, str, str]:
    """Return what became of a place, as `ui.chip` wants it."""
    said = {
        Result.WAITS: ("neutral", _("busy"), "hourglass"),
        Result.DONE: ("good", _("changed"), "check"),
        Result.PROPOSED: ("warn", _("proposed"), "git-pull-request-arrow"),
        Result.SAME: ("neutral", _("said this already"), "equal"),
        Result.STALE: ("bad", _("out of date"), "history"),
        Result.CANNOT: ("neutral", _("not possible"), "lock"),
        Result.LEFT: ("neutral", _("left as it is"), "minus"),
    }
    return said[value]


def counted(value: Count) -> str:
    """Return what a change touches, in one line: ‘6 direct, 3 as a proposal’."""
    parts = []
    if value.direct:
        parts.append(_("%(number)s direct", number=numbers.count(value.direct)))
    if value.proposal:
        parts.append(ngettext("%(num)s as a proposal", "%(num)s as a proposal", value.proposal))
    if value.cannot:
        parts.append(_("%(number)s not possible", number=numbers.count(value.cannot)))
    return ", ".join(parts) or str(_("this touches nothing"))


def became(results: list[Result]) -> str:
    """Return what became of a change, in one line."""
    said = {
        Result.DONE: _("%(number)s changed", number=results.count(Result.DONE)),
        Result.PROPOSED: _("%(number)s proposed", number=results.count(Result.PROPOSED)),
        Result.STALE: _("%(number)s out of date", number=results.count(Result.STALE)),
        Result.CANNOT: _("%(number)s not possible", number=results.count(Result.CANNOT)),
        Result.LEFT: _("%(number)s left as it is", number=results.count(Result.LEFT)),
    }
    return ", ".join(text for one, text in said.items() if one in results) or str(_("Saved."))
