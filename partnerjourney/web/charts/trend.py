"""A score over time with its margin as a band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from partnerjourney.core.text_width import fit, text_width
from partnerjourney.web.charts.places import Label, Places, apart
from partnerjourney.web.charts.scales import Axis, Estimate, Number
from partnerjourney.web.charts.svg import Picture, box, dot, num

_LEAST = 240


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One period: its name under the axis, its score (none breaks the line) and that in words."""

    label: str
    shown: Estimate | None
    text: str = ""


@dataclass(frozen=True, slots=True)
class TrendLine:
    """A level over the whole width, named at its end: the agreed target or the baseline."""

    value: float
    name: str


@dataclass(frozen=True, slots=True)
class TrendMark:
    """Something that held for a while, as a band behind the line, with its name at the top.

    `start` and `end` count points: 0 is the first, 0.5 half way to the next, −0.5 before it.
    """

    start: float
    end: float
    name: str


@dataclass(frozen=True, slots=True)
class _Plot:
    """The drawing area: axis upright, the points at their x."""

    axis: Axis
    left: float
    right: float
    top: float
    bottom: float
    xs: tuple[float, ...]

    def y(self, value: float) -> float:
        """Height of a value in the picture."""
        return self.axis.at(value, self.bottom, self.top)


def trend(  # noqa: PLR0913 - one chart is one call
    points: Sequence[TrendPoint],
    *,
    axis: Axis,
    number: Number,
    title: str,
    width: float,
    target: TrendLine | None = None,
    baseline: TrendLine | None = None,
    name: str = "",
    height: float = 190,
    marks: Sequence[TrendMark] = (),
) -> str:
    """The scores of successive periods, the margin a band around them; names at the lines' ends.

    With a `name` the last score stands at the end of its line, behind that name. `marks` are bands
    over some of the time; say them in the title too, for who does not see them.
    """
    picture = Picture(max(width, _LEAST), max(height, 110), title)
    places = Places(picture)
    levels = [line for line in (target, baseline) if line]
    ends = [("c-text-soft", line) for line in levels]
    last = next((p for p in reversed(points) if p.shown), None)
    if name and last and last.shown:
        ends.insert(0, ("c-now", TrendLine(last.shown.score, f"{name} {last.text}")))
        points = [replace(p, text="") if p is last else p for p in points]
    plot = _plot(picture, axis, number, [line.name for _, line in ends], len(points))
    _mark(picture, plot, marks)
    _grid(picture, places, plot, number)
    _band(picture, points, plot)
    for line, paint, dash in ((baseline, "c-base", "3 2.5"), (target, "c-target", "")):
        if line:
            path = f"M{num(plot.left)} {num(plot.y(line.value))}H{num(plot.right)}"
            picture.stroke(paint, path, 1.25, dash)
    _line(picture, points, plot)
    _ends(places, ends, plot, picture.width)
    _keep_clear(places, points, plot, [line.value for line in levels])
    _texts(picture, places, points, plot)
    _names(picture, places, plot, marks)
    return picture.svg()


def _plot(picture: Picture, axis: Axis, number: Number, names: Sequence[str], count: int) -> _Plot:
    """Room for the numbers at the left and for the names at the right; the points between them."""
    gutter = max([text_width(text, 11, 600) for text in names] + [0.0])
    gutter = min(gutter + 12, picture.width * 0.34) if gutter else 20
    left = max(text_width(number(tick), 11) for tick in axis.ticks) + 10
    left, right = min(left, picture.width / 4), picture.width - gutter
    step = (right - left - 24) / max(1, count - 1)
    xs = tuple(left + 14 + step * index for index in range(count))
    return _Plot(axis, left, right, 12, picture.height - 28, xs)


def _ends(places: Places, ends: Sequence[tuple[str, TrendLine]], plot: _Plot, width: float) -> None:
    """The names at the ends of their lines, moved apart where these lie close."""
    heights = apart([plot.y(line.value) for _, line in ends], 14, plot.top, plot.bottom)
    for (paint, line), y in zip(ends, heights, strict=True):
        text = fit(line.name, width - plot.right - 8, 11, 600)
        places.write(plot.right + 6, y + 4, Label(text, 11, 600, paint))


def _grid(picture: Picture, places: Places, plot: _Plot, number: Number) -> None:
    last = 1e9
    for tick in plot.axis.ticks:
        y = plot.y(tick)
        paint = "c-axis" if tick == plot.axis.zero else "c-grid"
        picture.stroke(paint, f"M{num(plot.left)} {num(y)}H{num(plot.right)}")
        if last - y >= 13:
            label = Label(fit(number(tick), plot.left - 6, 11), 11, paint="c-text-faint")
            places.write(plot.left - 6, y + 4, label, anchor="end")
            last = y


def _edges(plot: _Plot, mark: TrendMark) -> tuple[float, float]:
    """The left and right of a band, inside the drawing area and never too thin to be seen."""
    first, step = plot.xs[0], plot.xs[1] - plot.xs[0] if len(plot.xs) > 1 else 0.0
    left, right = (
        max(plot.left, min(plot.right, first + step * place)) for place in (mark.start, mark.end)
    )
    return (left, right) if right - left >= 3 else (max(plot.left, right - 3), right)


def _mark(picture: Picture, plot: _Plot, marks: Sequence[TrendMark]) -> None:
    """Bands behind everything, dashed at their sides: a tint alone says nothing."""
    for mark in marks:
        if not plot.xs:
            return
        left, right = _edges(plot, mark)
        picture.fill("c-gap", box(left, plot.top, right - left, plot.bottom - plot.top))
        sides = f"M{num(left)} {num(plot.top)}V{num(plot.bottom)}"
        sides += f"M{num(right)} {num(plot.top)}V{num(plot.bottom)}"
        picture.stroke("c-axis", sides, 1, "2 3")


def _names(picture: Picture, places: Places, plot: _Plot, marks: Sequence[TrendMark]) -> None:
    """The names of the bands where there is room for them; all of them stand in the title."""
    for mark in marks:
        if not plot.xs:
            return
        left, right = _edges(plot, mark)
        room = max(right - left - 8, min(160.0, picture.width / 3))
        label = Label(fit(mark.name, room, 11, 600), 11, 600, "c-text-soft")
        x = max(plot.left + label.width / 2, min(plot.right - label.width / 2, (left + right) / 2))
        places.put(label, (x, plot.top + 11), (x, plot.bottom - 6), (x, plot.top + 25))


def _band(picture: Picture, points: Sequence[TrendPoint], plot: _Plot) -> None:
    """The margins of neighbouring points as one band; a point alone gets a whisker."""
    run: list[tuple[float, float, float]] = []
    for point, x in [*zip(points, plot.xs, strict=True), (None, 0.0)]:
        shown = point.shown if point else None
        if shown and shown.low is not None and shown.high is not None:
            run.append((x, plot.y(shown.high), plot.y(shown.low)))
            continue
        if len(run) == 1:
            alone, high, low = run[0]
            path = f"M{num(alone - 4)} {num(high)}h8m-4 0V{num(low)}m-4 0h8"
            picture.stroke("c-now", path, 1.5)
        elif run:
            upper = [f"{num(x)} {num(high)}" for x, high, _ in run]
            lower = [f"{num(x)} {num(low)}" for x, _, low in reversed(run)]
            picture.fill("c-now-soft", "M" + "L".join([*upper, *lower]) + "z")
        run = []


def _line(picture: Picture, points: Sequence[TrendPoint], plot: _Plot) -> None:
    path, pen = "", "M"
    dots = []
    for point, x in zip(points, plot.xs, strict=True):
        if point.shown is None:
            pen = "M"
            continue
        y = plot.y(point.shown.score)
        path += f"{pen}{num(x)} {num(y)}"
        pen = "L"
        dots.append(dot(x, y, 3.5))
    if dots:
        picture.stroke("c-now", path, 2)
        picture.fill("c-now", "".join(dots))


def _keep_clear(
    places: Places, points: Sequence[TrendPoint], plot: _Plot, levels: Sequence[float]
) -> None:
    """Dots are taken; the levels, the line between dots and lone whiskers are to be avoided."""
    for level in levels:
        places.avoid(plot.left, plot.y(level) - 1, plot.right, plot.y(level) + 1)
    before: tuple[float, float] | None = None
    for point, x in zip(points, plot.xs, strict=True):
        if point.shown is None:
            before = None
            continue
        y = plot.y(point.shown.score)
        places.take(x - 4, y - 4, x + 4, y + 4)
        if before:
            for part in range(1, 5):
                at = before[0] + (x - before[0]) * part / 5
                height = before[1] + (y - before[1]) * part / 5
                places.avoid(at - 3, height - 2, at + 3, height + 2)
        elif point.shown.low is not None and point.shown.high is not None:
            places.avoid(x - 5, plot.y(point.shown.high), x + 5, plot.y(point.shown.low))
        before = (x, y)


def _texts(picture: Picture, places: Places, points: Sequence[TrendPoint], plot: _Plot) -> None:
    """Values at the dots and periods under the axis: the last, the first, then what has room."""
    drawn = [i for i, point in enumerate(points) if point.shown]
    order = [*drawn[-1:], *drawn[:1], *drawn[-2:0:-1]]
    for index in order:
        shown = points[index].shown
        if shown:
            y, x = plot.y(shown.score), plot.xs[index]
            label = Label(points[index].text, 12, 600, "c-text")
            aside = 9 + label.width / 2
            places.put(label, (x, y - 9), (x, y + 18), (x + aside, y + 4), (x - aside, y + 4))
    every = range(len(points))
    for index in [*every[-1:], *every[:1], *every[-2:0:-1]]:
        text = fit(points[index].label, picture.width / 3, 11)
        label = Label(text, 11, paint="c-text-faint")
        x = picture.inside(plot.xs[index], text, 11)
        places.put(label, (x, picture.height - 7))
