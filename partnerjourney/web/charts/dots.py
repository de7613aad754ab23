"""Scores as dots with whiskers: rows of the measurement table, few answers, the phone's spark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from partnerjourney.core.text_width import fit, text_width
from partnerjourney.web.charts.marks import beside, centred, extent, grid, hollow_mark, now_mark
from partnerjourney.web.charts.scales import Axis, Estimate, Number, tick_texts
from partnerjourney.web.charts.svg import Picture, box, dot, num

PAD = 16
_LEAST = 160
_TONES = {
    3: ("c-detractor", "c-passive", "c-promoter"),
    5: ("c-detractor", "c-detractor", "c-passive", "c-promoter", "c-promoter"),
}
_ROW = 48
_MOST_ANSWERS = 99


@dataclass(frozen=True, slots=True)
class Names:
    """Words for the three marks, in the reader's language; an empty one is not drawn."""

    now: str = ""
    baseline: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class AnswerGroup:
    """So many answers of one group, and the words under them (`2 × 0–6`)."""

    count: int
    label: str


def dots_row(
    now: Estimate | None,
    baseline: Estimate | None = None,
    *,
    axis: Axis,
    title: str,
    width: float,
    target: float | None = None,
    verdict: str = "",
    names: Names | None = None,
    height: float = 56,
) -> str:
    """One row of the measurement table: the score now, the baseline under it, the agreed target.

    The verdict is the stored one (better, worse, no_difference, too_few, or none). `names` labels
    the marks, for the first row of a printed table. For a row without a number see `empty_row`.
    """
    names = names or Names()
    label_room = 12 if names.target and target is not None else 0
    picture = Picture(max(width, _LEAST), max(height, 46 + label_room), title)
    start, end = PAD, picture.width - PAD
    middle = (picture.height + label_room) / 2
    grid(picture, axis, start, end, 0, picture.height)
    upper = middle - 7 if baseline else middle
    lower = middle + 9 if now else middle
    walls = [axis.at(value, start, end) for value in (target,) if value is not None]
    if baseline:
        hollow_mark(picture, axis, baseline, start=start, end=end, y=lower)
        taken = extent(axis, baseline, start, end)
        beside(picture, names.baseline, taken, lower, walls=walls)
    for wall in walls:
        _target(picture, wall, middle, names.target)
    if now:
        now_mark(picture, axis, now, start=start, end=end, y=upper, verdict=verdict)
        taken = extent(axis, now, start, end)
        beside(picture, names.now, taken, upper, walls=walls, weight=600, paint="c-text")
    return picture.svg()


def empty_row(note: str, *, title: str, width: float, height: float = 56) -> str:
    """A row of the measurement table without a number: the reason in words, no axis, no zero."""
    picture = Picture(max(width, _LEAST), max(height, 28), title)
    note = fit(note, picture.width - 2 * PAD, 12)
    picture.text(PAD, centred(picture.height / 2, 12), note, paint="c-text-faint")
    return picture.svg()


def _target(picture: Picture, x: float, middle: float, name: str) -> None:
    """The agreed target: an upright tick over both marks, its name at its head."""
    top = middle - 18 if not name else middle - 28
    picture.stroke("c-target", f"M{num(x)} {num(top)}V{num(middle + 18)}", 2)
    beside(picture, name, (x + 2, x - 2), top + 5, weight=600, paint="c-text")


def dots_axis(
    axis: Axis, *, number: Number, title: str, width: float, names: Names | None = None
) -> str:
    """The head above the rows: the axis in numbers, above it a key of the marks if named."""
    names = names or Names()
    width = max(width, _LEAST)
    entries = [
        (k, t) for k, t in (("n", names.now), ("b", names.baseline), ("t", names.target)) if t
    ]
    lines = _key_lines(entries, width)
    picture = Picture(width, 22 + 20 * len(lines), title)
    for index, line in enumerate(lines):
        _key(picture, line, 10 + 20 * index)
    start, end = PAD, width - PAD
    for x, text in tick_texts(axis, number, start, end, width=width):
        y = picture.height - 7
        picture.text(x, y, text, size=11, weight=600, paint="c-text-faint", anchor="middle")
    return picture.svg()


def _key_lines(entries: list[tuple[str, str]], width: float) -> list[list[tuple[str, str]]]:
    """The entries of the key, on as many lines as their texts need."""
    lines: list[list[tuple[str, str]]] = []
    room = 0.0
    for kind, whole in entries:
        text = fit(whole, width - 24, 11, 600)
        needed = 16 + text_width(text, 11, 600) + 14
        if not lines or needed - 14 > room:
            lines.append([])
            room = width - 6
        lines[-1].append((kind, text))
        room -= needed
    return lines


def _key(picture: Picture, line: list[tuple[str, str]], y: float) -> None:
    """One line of the key: each mark with its words."""
    x = 4.0
    for kind, text in line:
        if kind == "n":
            picture.fill("c-now", dot(x + 5, y, 5))
        elif kind == "b":
            picture.stroke("c-base", dot(x + 5, y, 4), 1.5)
        else:
            picture.stroke("c-target", f"M{num(x + 5)} {num(y - 6)}v12", 2)
        picture.text(x + 16, centred(y, 11), text, size=11, weight=600)
        x += 16 + text_width(text, 11, 600) + 14


def answers_strip(groups: Sequence[AnswerGroup], *, lead: str, title: str, width: float) -> str:
    """Few answers: one dot each, in three groups (five for 1–5), on a strip that is no axis.

    The lead (`9 antwoorden`) stands before them, above them where the width asks for it. More
    than 99 answers is a ValueError: they have a score with a margin.
    """
    total = sum(group.count for group in groups)
    if total > _MOST_ANSWERS or any(group.count < 0 for group in groups) or not groups:
        message = f"a strip shows up to {_MOST_ANSWERS} answers, not {total}"
        raise ValueError(message)
    width = max(width, _LEAST)
    left, right = PAD + 12.0, width - PAD - 12.0
    lead = fit(lead, right - left, 12, 600)
    lead_width = text_width(lead, 12, 600) + 20 if lead else 0
    labels = [text_width(group.label, 11) + 14 for group in groups]
    dots = [min(group.count, 10) * 11.0 + 14 for group in groups]
    above = lead_width + sum(max(pair) for pair in zip(labels, dots, strict=True)) > right - left
    picture = Picture(width, _ROW + (18 if above and lead else 0), title)
    picture.fill("c-sunken", box(PAD, 2, width - 2 * PAD, picture.height - 4, 8))
    if above and lead:
        picture.text(left, 19, lead, weight=600, paint="c-text")
    else:
        picture.text(left, centred(_ROW / 2, 12), lead, weight=600, paint="c-text")
        left += lead_width
    _groups(picture, groups, left, right)
    return picture.svg()


def _groups(picture: Picture, groups: Sequence[AnswerGroup], left: float, right: float) -> None:
    """The groups side by side, each as wide as its dots and words ask for."""
    tones = _TONES.get(len(groups), ("c-detractor",) * len(groups))
    asked = [max(text_width(g.label, 11) + 14, min(g.count, 10) * 11 + 14, 30) for g in groups]
    spare = right - left - sum(asked)
    scale, more = min(1, (right - left) / sum(asked)), max(0, min(56, spare / len(asked)))
    foot = picture.height - 10
    for group, tone, wish in zip(groups, tones, asked, strict=True):
        room = wish * scale + more - 10
        pitch, across = _pitch(group.count, room)
        rows = -(-group.count // across)
        first = foot - 21 - (rows - 1) * pitch / 2
        for index in range(group.count):
            row, column = divmod(index, across)
            x = left + pitch * (column + 0.5)
            picture.fill(tone, dot(x, first + row * pitch, pitch * 0.4))
        picture.text(left, foot, fit(group.label, room, 11), size=11)
        left += wish * scale + more


def _pitch(count: int, room: float) -> tuple[float, int]:
    """Distance of dots and how many on a row, so that all stay within the room and 22 px high."""
    for pitch, rows in ((11.0, 1), (10.0, 2), (7.0, 3), (5.5, 4)):
        across = int(room // pitch)
        if across * rows >= count and across:
            return pitch, max(1, min(across, -(-count // rows)))
    across = max(1, -(-count // 5))
    return min(4.4, room / across), across


def spark(
    now: Estimate | None,
    *,
    axis: Axis,
    number: Number,
    title: str,
    width: float = 88,
    height: float = 34,
    verdict: str = "",
) -> str:
    """A score in a small space: its dot with whiskers on a line, and where the zero is."""
    picture = Picture(max(width, 48), max(height, 28), title)
    y = (picture.height - 12) / 2
    start, end = 8, picture.width - 8
    picture.stroke("c-grid", f"M0 {num(y)}H{num(picture.width)}", 1)
    origin = axis.low if axis.zero is None else axis.zero
    x = axis.at(origin, start, end)
    picture.stroke("c-axis", f"M{num(x)} {num(y - 7)}v14", 1.5)
    text = fit(number(origin), picture.width, 11)
    centre = picture.inside(x, text, 11)
    picture.text(centre, picture.height - 2.5, text, size=11, paint="c-text-faint", anchor="middle")
    if now:
        now_mark(picture, axis, now, start=start, end=end, y=y, verdict=verdict, radius=4.5)
    return picture.svg()
