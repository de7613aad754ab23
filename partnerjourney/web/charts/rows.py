"""Charts that are rows of words, a mark and figures: by state of the hand-over, who answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from partnerjourney.core.text_width import fit, text_width, wrap
from partnerjourney.web.charts.marks import ICONS, centred, grid, hollow_mark, now_mark
from partnerjourney.web.charts.scales import Axis, Estimate, Number, tick_texts
from partnerjourney.web.charts.svg import Picture, box, num

_LEAST = 240
_ICON = 22


@dataclass(frozen=True, slots=True)
class StateRow:
    """What happened, and the score where it did; all texts in the reader's language.

    The kind is late, none (nothing deviated), unknown, missing, failing, ad_hoc, or difference
    (a row without a mark); another kind has no icon. `answers` follows the score on its line.
    """

    kind: str
    label: str
    shown: Estimate | None
    score: str
    answers: str = ""
    margin: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class FunnelRow:
    """One step of the way from eligible to answered."""

    label: str
    count: int
    text: str
    note: str = ""


def by_state(
    rows: Sequence[StateRow],
    *,
    axis: Axis,
    number: Number,
    title: str,
    width: float,
    heads: tuple[str, str] = ("", ""),
    row_height: float = 44,
) -> str:
    """The score where it was late, where not and where nobody knows: each with its margin."""
    width = max(width, _LEAST)
    words = min(max([_words_width(row) for row in rows] + [0.0]), width * 0.36 - _ICON) + _ICON
    figures = max([_figures_width(row) for row in rows if row.shown] + [0.0])
    figures = min(figures, width * 0.36)
    start, end = 4 + words + 22, width - figures - 26
    head = _head_height(heads, words, figures)
    picture = Picture(width, head + row_height * len(rows), title)
    _heads(picture, heads, head)
    for x, text in tick_texts(axis, number, start, end, width=width):
        picture.text(x, head - 8, text, size=11, weight=600, paint="c-text-faint", anchor="middle")
    for index, row in enumerate(rows):
        top = head + index * row_height
        picture.stroke("c-grid", f"M0 {num(top)}H{num(width)}", 1)
        y = top + row_height / 2
        if row.shown:
            grid(picture, axis, start, end, top + 5, top + row_height - 5)
    for index, row in enumerate(rows):
        y = head + (index + 0.5) * row_height
        if row.shown and row.kind == "unknown":
            hollow_mark(picture, axis, row.shown, start=start, end=end, y=y, dash="", radius=5)
        elif row.shown:
            now_mark(picture, axis, row.shown, start=start, end=end, y=y)
        own = figures if row.shown else min(_figures_width(row), width * 0.45)
        _words(picture, row, y, words if row.shown else width - own - 16)
        _figures(picture, row, y, own)
    return picture.svg()


def _words_width(row: StateRow) -> float:
    """Room that a row with a mark needs for its words; one without may use the plot's room too."""
    if row.shown is None:
        return 0
    return max(text_width(row.label, 13, 600), text_width(row.note, 11))


def _figures_width(row: StateRow) -> float:
    first = text_width(row.score, 13, 600)
    if row.answers:
        first += text_width(f" · {row.answers}", 13)
    return max(first, text_width(row.margin, 12))


def _head_height(heads: tuple[str, str], words: float, figures: float) -> float:
    """Height of the head: one line, two where a head is too wide for its column."""
    wide = text_width(heads[0], 12, 600) > words or text_width(heads[1], 12, 600) > figures
    return 44 if wide else 26


def _heads(picture: Picture, heads: tuple[str, str], height: float) -> None:
    y, half = height - 8 - (18 if height > 26 else 0), picture.width / 2 - 8
    picture.text(4, y, fit(heads[0], half, 12, 600), weight=600)
    right = fit(heads[1], half, 12, 600)
    picture.text(picture.width - 4, y, right, weight=600, anchor="end")


def _words(picture: Picture, row: StateRow, y: float, room: float) -> None:
    """Icon, label and note at the left."""
    note = fit(row.note, room - _ICON, 11)
    labels = wrap(row.label, room - _ICON, 13, 600, lines=1 if note else 2)
    line = y - 8 if note or len(labels) > 1 else y
    if row.kind in ICONS:
        picture.stroke("c-text-soft", f"M11 {num(line)}{ICONS[row.kind]}", 1.5)
    for index, label in enumerate(labels):
        at = centred(line + 16 * index, 13)
        picture.text(4 + _ICON, at, label, size=13, weight=600, paint="c-text")
    picture.text(4 + _ICON, centred(y + 9, 11), note, size=11, paint="c-text-faint")


def _figures(picture: Picture, row: StateRow, y: float, room: float) -> None:
    """Score, number of answers and margin at the right."""
    x = picture.width - 4
    line = y - 8 if row.margin else y
    answers = f" · {row.answers}" if row.answers else ""
    score = fit(row.score, room, 13, 600)
    answers = fit(answers, max(0, room - text_width(score, 13, 600)), 13)
    picture.text(x, centred(line, 13), answers, size=13, anchor="end", lead=score)
    margin = fit(row.margin, room, 12)
    picture.text(x, centred(y + 9, 12), margin, anchor="end", paint="c-text-faint")


def funnel(rows: Sequence[FunnelRow], *, title: str, width: float) -> str:
    """From who could be asked to who answered: a bar a step, the last one in the full colour."""
    width = max(width, _LEAST)
    narrow = width < 440
    words = min(max([text_width(row.label, 13) for row in rows] + [0.0]), width * 0.3)
    figures = min(max([text_width(row.text, 13, 600) for row in rows] + [0.0]), width * 0.2)
    side = (
        0 if narrow else max([min(text_width(row.note, 12), width * 0.3) for row in rows] + [0.0])
    )
    start = words + 14
    end = width - figures - 14 - (side + 14 if side else 0)
    most = max([row.count for row in rows] + [1])
    heights = [_funnel_height(row, side, width - start, narrow=narrow) for row in rows]
    picture = Picture(width, max(28, sum(heights)), title)
    top = 0.0
    for index, (row, height) in enumerate(zip(rows, heights, strict=True)):
        y = top + (15 if narrow else height / 2)
        picture.fill("c-sunken", box(start, y - 7, end - start, 14, 4))
        share = max(0.0, min(1.0, row.count / most))
        tone = "c-now" if index == len(rows) - 1 else "c-passive"
        if share:
            picture.fill(tone, box(start, y - 7, max(3.0, share * (end - start)), 14, 4))
        picture.text(0, centred(y, 13), fit(row.label, words, 13), size=13, paint="c-text")
        text = fit(row.text, figures, 13, 600)
        at = end + 12 + figures
        picture.text(at, centred(y, 13), text, size=13, weight=600, paint="c-text", anchor="end")
        note_x = start if narrow else at + 14
        lines = wrap(row.note, width - note_x, 12)
        first = y + 20 if narrow else y - 7.5 * (len(lines) - 1)
        for number, line in enumerate(lines):
            picture.text(note_x, centred(first + 15 * number, 12), line, paint="c-text-faint")
        top += height
    return picture.svg()


def _funnel_height(row: FunnelRow, side: float, under: float, *, narrow: bool) -> float:
    """Height of a step: more where its note goes on two lines or under its bar."""
    if narrow:
        return 28 + 15 * len(wrap(row.note, under, 12)) + (4 if row.note else 0)
    return 38 if text_width(row.note, 12) > side else 28
