"""Hand-overs in words, for every page that tells of one: fields, values, what changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from partnerjourney.handovers.rules import TERMS, DurationError, parse_time_limit
from partnerjourney.web.words import within


@dataclass(frozen=True, slots=True)
class Line:
    """One field of a change: what stood there, what stands there now; lists item by item."""

    label: str
    before: tuple[str, ...]
    after: tuple[str, ...]


def time_limit(text: str | None) -> str:
    """Say a time limit in words: PT48H → within 48 hours, P2D → within 2 working days."""
    if not text:
        return ""
    try:
        limit = parse_time_limit(text)
    except DurationError:
        return text
    return within(limit.working_days, limit.minutes)


def term(name: str) -> str:
    """Name a field of a hand-over; KeyError for one that does not exist."""
    names = {
        "name": gettext("Name"),
        "trigger": gettext("What starts it"),
        "time_limit": gettext("Time limit"),
        "checklist": gettext("Checklist at the hand-over"),
        "refuse_reasons": gettext("Reasons to refuse"),
        "contact_name": gettext("Contact if it goes wrong"),
        "contact_reach": gettext("Can be reached"),
        "contact_hours": gettext("Opening hours"),
        "told": gettext("What the customer hears"),
    }
    return str(names[name])


def said(name: str, value: Any) -> tuple[str, ...]:
    """Say a value of a field; a list stays a list, nothing is empty."""
    if isinstance(value, list):
        return tuple(str(item) for item in value)
    text = time_limit(value) if name == "time_limit" else value
    return (str(text),) if text else ()


def changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[Line, ...]:
    """Say what changed, in the order of the form; `now` has at least the fields of `before`."""
    return tuple(
        Line(term(name), said(name, before[name]), said(name, now[name]))
        for name in (*TERMS, "told")
        if name in before
    )
