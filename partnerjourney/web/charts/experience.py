"""The line at the bottom of the map: what customers expected and what they lived through."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from partnerjourney.core.text_width import fit, wrap
from partnerjourney.web.charts import curve
from partnerjourney.web.charts.places import Label, Places
from partnerjourney.web.charts.scales import Axis, Number, near_axis
from partnerjourney.web.charts.svg import Picture, box, dot, num

_LEAST = 240


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One measuring point at its x on the map, in px; texts in the reader's language.

    Without an experience the line stops here and `note` says why (nobody asked, too few answers).
    `foot` is the number of answers.
    """

    x: float
    experience: float | None
    experience_text: str = ""
    expectation: float | None = None
    expectation_text: str = ""
    note: str = ""
    foot: str = ""


@dataclass(frozen=True, slots=True)
class _Frame:
    """The drawing area of the line."""

    axis: Axis
    left: float
    right: float
    top: float
    bottom: float

    def y(self, value: float) -> float:
        """Height of a value in the picture."""
        return self.axis.at(value, self.bottom, self.top)


def experience_line(
    points: Sequence[CurvePoint],
    *,
    number: Number,
    title: str,
    width: float,
    left: float = 48,
    names: tuple[str, str] = ("", ""),
    limits: tuple[float, float] = (1, 10),
    height: float = 150,
) -> str:
    """Experience (solid) and expectation (dashed), in the order of x; where it falls short, shaded.

    Stretches where nobody was asked or too few answered are a sunken band with their note. `names`
    labels experience and expectation at their lines; `left` is where the plot starts.
    """
    picture = Picture(max(width, _LEAST), max(height, 110), title)
    places = Places(picture)
    left = min(left, picture.width / 3)
    ordered = sorted(points, key=lambda p: p.x)
    ordered = [replace(p, x=max(left, min(picture.width - 8, p.x))) for p in ordered]
    rooms = [_room(ordered, index, picture.width) for index in range(len(ordered))]
    feet = [wrap(p.foot, room, 11) for p, room in zip(ordered, rooms, strict=True)]
    notes = [wrap(p.note, room, 12) for p, room in zip(ordered, rooms, strict=True)]
    below = picture.height - 10 - 14 * max([len(lines) for lines in feet] + [0])
    bottom = below - 16 - 14 * max([len(lines) for lines in notes] + [0])
    values = [v for p in ordered for v in (p.experience, p.expectation) if v is not None]
    frame = _Frame(near_axis(values, *limits, ticks=3), left, picture.width, 24, bottom)
    _gaps(picture, ordered, frame, below)
    _lines(places, ordered, notes, bottom + 26, 12)
    _lines(places, ordered, feet, below + 14, 11)
    _grid(picture, places, frame, number)
    lived = _runs(ordered, lambda p: p.experience, frame)
    wished = _runs(ordered, lambda p: p.expectation, frame)
    _shortfall(picture, lived, wished)
    _curves(picture, places, lived, wished)
    _dots_and_texts(picture, places, ordered, frame)
    _name(places, ordered, frame, Label(names[0], 12, 600, "c-now"), lambda p: p.experience)
    _name(places, ordered, frame, Label(names[1], 11), lambda p: p.expectation)
    return picture.svg()


def _curves(
    picture: Picture,
    places: Places,
    lived: list[list[curve.Piece]],
    wished: list[list[curve.Piece]],
) -> None:
    """Both lines, and what labels should avoid of them."""
    for piece in (piece for run in (*lived, *wished) for piece in run):
        for x, y in curve.samples(piece):
            places.avoid(x - 6, y - 3, x + 6, y + 3)
    if wished:
        picture.stroke("c-base", "".join(curve.path(run) for run in wished), 1.5, "4 3")
    if lived:
        picture.stroke("c-now", "".join(curve.path(run) for run in lived), 2)


def _slot(points: Sequence[CurvePoint], index: int, frame: _Frame) -> tuple[float, float]:
    """From halfway the point before to halfway the next: the room of one measuring point."""
    x = points[index].x
    before = (points[index - 1].x + x) / 2 if index else frame.left
    after = (points[index + 1].x + x) / 2 if index + 1 < len(points) else frame.right
    return before, after


def _room(points: Sequence[CurvePoint], index: int, width: float) -> float:
    """How wide a text centred under a point may be, so that neighbours do the same."""
    x = points[index].x
    before = x - points[index - 1].x if index else 2 * x
    after = points[index + 1].x - x if index + 1 < len(points) else 2 * (width - x)
    return max(0, min(before, after) - 8)


def _lines(
    places: Places, points: Sequence[CurvePoint], texts: list[list[str]], y: float, size: float
) -> None:
    """Texts on one or two lines, centred under their points."""
    for point, lines in zip(points, texts, strict=True):
        for row, text in enumerate(lines):
            label = Label(text, size, paint="c-text-faint")
            places.write(point.x, y + 14 * row, label, anchor="middle")


def _gaps(picture: Picture, points: Sequence[CurvePoint], frame: _Frame, bottom: float) -> None:
    """A sunken band wherever there is no experience to show."""
    path, start, end = "", -1.0, -1.0
    for index, point in enumerate(points):
        if point.experience is not None:
            continue
        left, right = _slot(points, index, frame)
        if left > end + 0.1:
            path += _band(start, end, bottom)
            start = left
        end = right
    if path := path + _band(start, end, bottom):
        picture.fill("c-sunken", path)


def _band(start: float, end: float, bottom: float) -> str:
    return box(start, 4, end - start, bottom - 4, 6) if end > start else ""


def _grid(picture: Picture, places: Places, frame: _Frame, number: Number) -> None:
    path, last = "", 1e9
    for tick in frame.axis.ticks:
        y = frame.y(tick)
        path += f"M{num(frame.left)} {num(y)}H{num(frame.right)}"
        if last - y >= 13:
            label = Label(fit(number(tick), frame.left - 8, 11), 11, paint="c-text-faint")
            places.write(frame.left - 8, y + 4, label, anchor="end")
            last = y
    picture.stroke("c-grid", path)


def _runs(
    points: Sequence[CurvePoint], value: Callable[[CurvePoint], float | None], frame: _Frame
) -> list[list[curve.Piece]]:
    """The smooth line in pieces, a new run after every point without a value."""
    runs: list[list[curve.Piece]] = []
    run: list[curve.Point] = []
    for point in [*points, None]:
        shown = value(point) if point else None
        if point and shown is not None:
            run.append((point.x, frame.y(shown)))
            continue
        if pieces := curve.pieces(run):
            runs.append(pieces)
        run = []
    return runs


def _shortfall(
    picture: Picture, lived: list[list[curve.Piece]], wished: list[list[curve.Piece]]
) -> None:
    """Shade where the experience runs under the expectation; y grows downwards."""
    expected = {(piece[0][0], piece[3][0]): piece for run in wished for piece in run}
    path = ""
    for own in (piece for run in lived for piece in run):
        other = expected.get((own[0][0], own[3][0]))
        if other is None:
            continue
        first, last = own[0][1] - other[0][1], own[3][1] - other[3][1]
        if first <= 0 and last <= 0:
            continue
        if first < 0 or last < 0:
            t, side = curve.crossing(own, other), int(first < 0)
            lower, upper = curve.cut(own, t)[side], curve.cut(other, t)[side]
        else:
            lower, upper = own, other
        path += curve.path([lower]) + curve.path(curve.backwards([upper]), start="L") + "z"
    if path:
        picture.fill("c-gap", path)


def _dots_and_texts(
    picture: Picture,
    places: Places,
    points: Sequence[CurvePoint],
    frame: _Frame,
) -> None:
    """Dots with their values above and below."""
    marks: list[tuple[float, float, Label]] = []
    for point in points:
        lived, wished = point.experience, point.expectation
        up = lived is not None and (wished is None or lived >= wished)
        if wished is not None:
            y = frame.y(wished)
            picture.fill("c-on", dot(point.x, y, 3.5))
            picture.stroke("c-base", dot(point.x, y, 3.5), 1.5)
            places.take(point.x - 4, y - 4, point.x + 4, y + 4)
            label = Label(point.expectation_text, 11, paint="c-text-faint")
            marks.append((point.x, y + 16 if up else y - 8, label))
        if lived is not None:
            y = frame.y(lived)
            picture.fill("c-now", dot(point.x, y, 4.5))
            places.take(point.x - 5, y - 5, point.x + 5, y + 5)
            label = Label(point.experience_text, 12, 600, "c-text")
            marks.insert(0, (point.x, y - 9 if up else y + 18, label))
    for x, y, label in marks:
        places.put(label, (x, y))


def _name(
    places: Places,
    points: Sequence[CurvePoint],
    frame: _Frame,
    label: Label,
    value: Callable[[CurvePoint], float | None],
) -> None:
    """The name of a line beside the value of the first point that has room for it."""
    spots = []
    for point in points:
        shown = value(point)
        if shown is None:
            continue
        y, aside = frame.y(shown), 18 + label.width / 2
        spots += [(point.x + aside, y - 9), (point.x + aside, y + 18)]
    places.put(label, *spots, strict=True)
