"""What the review has to talk about, in words."""

from __future__ import annotations

from partnerjourney.reviews.paper.sheets import ToDiscuss
from partnerjourney.reviews.rules import Facts, Open, OpenPoint
from partnerjourney.reviews.rules.texts import shortened
from partnerjourney.web import numbers
from partnerjourney.web.texts import gettext as _

NAME, REASON = 60, 300


def to_discuss(facts: Facts) -> tuple[ToDiscuss, ...]:
    """Return the open points in the order of the facts."""
    return tuple(_row(point) for point in facts.to_discuss)


def _row(point: OpenPoint) -> ToDiscuss:
    about = f"{point.about} · {point.member}" if point.member else point.about
    return ToDiscuss(
        str(point.number) if point.number else "–",
        _("Proposal without an answer") if point.kind is Open.LAPSED else _("Emergency change"),
        shortened(about, 2 * NAME),
        shortened(point.by, NAME),
        shortened(point.reason, REASON),
        _when(point),
    )


def _when(point: OpenPoint) -> str:
    if point.kind is Open.LAPSED:
        return _("lapsed on %(day)s", day=numbers.day(point.day))
    return numbers.period(point.day, point.until)
