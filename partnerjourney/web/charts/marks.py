"""Marks that several charts share: whiskers with their dot, grid lines, texts beside them."""

from __future__ import annotations

from collections.abc import Sequence

from partnerjourney.core.text_width import fit, text_width
from partnerjourney.web.charts.scales import Axis, Estimate
from partnerjourney.web.charts.svg import Picture, dot, num

# What a stored verdict does to the mark of the present score. Without one it is plain.
_VERDICT_PAINT = {"better": "c-good", "worse": "c-bad", "too_few": "c-base"}
_CHEVRON = {"better": "m-3 1.5l3-3l3 3", "worse": "m-3-1.5l3 3l3-3"}

ICONS = {
    "late": "m-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0m6-3.2v3.2l2.2 1.4",
    "none": "m-5 .2l3.3 3.3l6.7-7",
    "unknown": "m-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0m4.2-1.6a1.8 1.8 0 0 1 3.6.4c0 1.1-1.8 1.4-1.8 2"
    "m0 2.3v.2",
    "missing": "m-4-4l8 8m0-8l-8 8",
    "failing": "m0-5.5l6 10.5h-12zm0 4v3m0 1.8v.2",
    "ad_hoc": "m-5 0h10m-5-5v10",
    "difference": "m-4.5 0h9",
}


def centred(y: float, size: float) -> float:
    """Baseline of a text whose capitals are centred on y."""
    return y + 0.36 * size


def grid(picture: Picture, axis: Axis, start: float, end: float, top: float, bottom: float) -> None:
    """Upright lines at the ticks, a stronger one at the zero."""
    for strong in (False, True):
        lines = [
            f"M{num(axis.at(tick, start, end))} {num(top)}V{num(bottom)}"
            for tick in axis.ticks
            if (tick == axis.zero) is strong
        ]
        if lines:
            picture.stroke("c-axis" if strong else "c-grid", "".join(lines), 1.5 if strong else 1)


def _whisker(
    axis: Axis, shown: Estimate, start: float, end: float, y: float, gap: float, cap: float
) -> str:
    """Path of the margin, left open around the dot; no cap where the axis cuts the margin off."""
    x, path = axis.at(shown.score, start, end), ""
    for limit, side in ((shown.low, -1), (shown.high, 1)):
        if limit is None:
            continue
        tip = axis.at(limit, start, end)
        if (tip - x) * side > gap:
            path += f"M{num(x + side * gap)} {num(y)}H{num(tip)}"
        if cap and axis.shows(limit) and (tip - x) * side > 0:
            path += f"M{num(tip)} {num(y - cap)}v{num(2 * cap)}"
    return path


def now_mark(
    picture: Picture,
    axis: Axis,
    shown: Estimate,
    *,
    start: float,
    end: float,
    y: float,
    verdict: str = "",
    radius: float = 5.5,
) -> None:
    """The present score: a filled dot with whiskers; better and worse have colour and chevron."""
    paint = _VERDICT_PAINT.get(verdict, "c-now")
    x = axis.at(shown.score, start, end)
    chevron = _CHEVRON.get(verdict, "")
    if chevron:
        radius = 7
    if path := _whisker(axis, shown, start, end, y, radius - 1, radius * 0.75):
        picture.stroke(paint, path, 2)
    picture.fill(paint, dot(x, y, radius))
    if chevron:
        picture.stroke("c-on", f"M{num(x)} {num(y)}{chevron}", 1.75)


def hollow_mark(
    picture: Picture,
    axis: Axis,
    shown: Estimate,
    *,
    start: float,
    end: float,
    y: float,
    dash: str = "3 2.5",
    radius: float = 4,
) -> None:
    """A hollow dot with whiskers: the baseline (dashed, no caps) or a group nobody can judge."""
    cap = 0 if dash else 4
    width = 1.25 if dash else 1.5
    if path := _whisker(axis, shown, start, end, y, radius + 0.5, cap):
        picture.stroke("c-base", path, width, dash)
    picture.stroke("c-base", dot(axis.at(shown.score, start, end), y, radius), 1.5)


def extent(axis: Axis, shown: Estimate, start: float, end: float) -> tuple[float, float]:
    """Leftmost and rightmost place of a score with its margin and dot."""
    places = [axis.at(value, start, end) for value in shown.values]
    x = axis.at(shown.score, start, end)
    return min([*places, x - 7]), max([*places, x + 7])


def beside(
    picture: Picture,
    text: str,
    taken: tuple[float, float],
    y: float,
    *,
    walls: Sequence[float] = (),
    size: float = 11,
    weight: int = 400,
    paint: str = "c-text-soft",
) -> None:
    """A text right of what is taken on its line, else left of it, between the nearest walls."""
    left, right = taken[0] - 8, taken[1] + 8
    most = min([picture.width - 2, *(w - 6 for w in walls if w > taken[1])]) - right
    least = left - max([2, *(w + 6 for w in walls if w < taken[0])])
    wide = text_width(text, size, weight)
    to_right = wide <= most or (wide > least and most >= least)
    text = fit(text, max(0, most if to_right else least), size, weight)
    x, anchor = (right, "start") if to_right else (left, "end")
    picture.text(x, centred(y, size), text, size=size, weight=weight, paint=paint, anchor=anchor)
