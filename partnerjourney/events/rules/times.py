"""Times as a file writes them, fast: fixed-width formats by pattern, all others by strptime.

A time without an offset is read in the source's zone. One that a change of the clock skipped does
not exist: it is read with the offset before the change, and flagged. One that occurs twice is
read as the first of the two.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_WIDTHS = {"Y": 4, "m": 2, "d": 2, "H": 2, "M": 2, "S": 2}
_DIRECTIVE = re.compile(r"%(.)")
_TIME_PART = re.compile(r"[ T,]*%[HIpMSfTXzZ]")

CLOCK_CHANGE = "clock_change"


def reader(time_format: str | None) -> Callable[[str], datetime]:
    """Return a function that reads this strptime format, or ISO 8601 where there is none.

    What it returns has an offset only if the text has one. It raises ValueError.
    """
    if time_format is None:
        return datetime.fromisoformat
    letters = _DIRECTIVE.findall(time_format)
    if set(letters) - _WIDTHS.keys() or len(set(letters)) < len(letters) or "Y" not in letters:
        return lambda text: datetime.strptime(text, time_format)  # noqa: DTZ007 - zone follows
    pieces = _DIRECTIVE.split(time_format)
    pattern = "".join(
        f"(?P<{piece}>[0-9]{{{_WIDTHS[piece]}}})" if number % 2 else re.escape(piece)
        for number, piece in enumerate(pieces)
    )
    match = re.compile(pattern).fullmatch
    order = [letter for letter in _WIDTHS if letter in letters]
    if order != list(_WIDTHS)[: len(order)] or len(order) < 3:
        return lambda text: datetime.strptime(text, time_format)  # noqa: DTZ007 - zone follows

    def read(text: str) -> datetime:
        found = match(text)
        if found is None:  # one digit where two are usual: strptime takes it, or says why not
            return datetime.strptime(text, time_format)  # noqa: DTZ007 - zone follows
        return datetime(*map(int, found.group(*order)))  # type: ignore[arg-type]  # noqa: DTZ001

    return read


def day_reader(time_format: str | None) -> Callable[[str], date]:
    """Return a function that reads the day of a text that may lack the time of day."""
    whole = reader(time_format)
    part = _TIME_PART.split(time_format, maxsplit=1)[0] if time_format else None
    short = reader(part) if part and part != time_format else None

    def read(text: str) -> date:
        try:
            return whole(text).date()
        except ValueError:
            if short is None:
                raise
            return short(text).date()

    return read


def moment(text_time: datetime, zone: ZoneInfo) -> tuple[datetime, bool]:
    """Return a time in UTC, and whether a change of the clock skipped it.

    Raises OverflowError at the ends of the calendar.
    """
    if text_time.tzinfo is not None:
        return text_time.astimezone(UTC), False
    first = text_time.replace(tzinfo=zone).utcoffset()
    second = text_time.replace(tzinfo=zone, fold=1).utcoffset()
    assert first is not None
    assert second is not None
    return (text_time - first).replace(tzinfo=UTC), second > first
