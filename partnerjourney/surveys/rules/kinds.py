"""The kinds and states of points, waves and invitations, and what counts as a score."""

from __future__ import annotations

import re
from enum import StrEnum


class Metric(StrEnum):
    """What a measuring point asks; each is shown as what it is and never converted."""

    NPS = "nps"
    CSAT = "csat"
    CES = "ces"

    @property
    def first(self) -> int:
        """The lowest value of the scale."""
        return SCALES[self][0]

    @property
    def last(self) -> int:
        """The highest value of the scale; higher is better for every metric."""
        return SCALES[self][1]

    @property
    def values(self) -> range:
        """Every value of the scale, lowest first."""
        first, last = SCALES[self]
        return range(first, last + 1)

    @property
    def unit(self) -> float:
        """How many shown units (points, or steps of the scale) one unit of −1…1 is."""
        return 100.0 if self is Metric.NPS else (self.last - self.first) / 2


SCALES: dict[Metric, tuple[int, int]] = {
    Metric.NPS: (0, 10),
    Metric.CSAT: (1, 5),
    Metric.CES: (1, 7),
}
"""Metric → its lowest and highest answer."""


class WaveKind(StrEnum):
    """The first wave is the baseline; `outside` holds answers that no wave asked for."""

    BASELINE = "baseline"
    REGULAR = "regular"
    OUTSIDE = "outside"


class WaveState(StrEnum):
    """Where a wave stands; the baseline freezes when it closes."""

    OPEN = "open"
    CLOSED = "closed"
    FROZEN = "frozen"


class InvitationState(StrEnum):
    """Where one question to one customer stands."""

    PLANNED = "planned"
    SUPPRESSED = "suppressed"
    SENT = "sent"
    ANSWERED = "answered"
    NOT_ME = "not_me"
    EXPIRED = "expired"
    OPTED_OUT = "opted_out"
    BOUNCED = "bounced"


class Suppression(StrEnum):
    """Why a question was not sent."""

    OPTED_OUT = "opted_out"
    TOO_SOON = "too_soon"
    TOO_OFTEN = "too_often"
    NOT_DRAWN = "not_drawn"
    OPEN_COMPLAINT = "open_complaint"


_DIGITS = re.compile(r"0|[1-9][0-9]?")


def parse_score(text: str | None, metric: Metric) -> int | None:
    """Return the score that was typed, or None unless it is a plain whole number of the scale.

    Only ASCII digits without sign, point or leading zero: '9.5', '−1' and '09' are none.
    """
    if text is None or not _DIGITS.fullmatch(text):
        return None
    low, high = SCALES[metric]
    score = int(text)
    return score if low <= score <= high else None
