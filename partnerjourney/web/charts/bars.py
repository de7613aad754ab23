"""How the answers are spread over the scale, now and at the baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from partnerjourney.core.text_width import fit, text_width
from partnerjourney.web.charts.dots import Names
from partnerjourney.web.charts.marks import centred
from partnerjourney.web.charts.scales import Number
from partnerjourney.web.charts.svg import Picture, bar, box, num

_TONES = ("c-detractor", "c-passive", "c-promoter")
_LEAST = 220


@dataclass(frozen=True, slots=True)
class BarGroup:
    """Neighbouring bars taken together: how many bars, and what stands under them."""

    bars: int
    name: str
    total: str
    share: str


@dataclass(frozen=True, slots=True)
class _Slots:
    """Where the bars stand: pitch, width of a bar, of its hollow neighbour, top and foot."""

    pitch: float
    solid: float
    hollow: float
    top: float
    foot: float


def distribution(
    counts: Sequence[int],
    groups: Sequence[BarGroup],
    *,
    number: Number,
    title: str,
    width: float,
    baseline: Sequence[float] | None = None,
    names: Names | None = None,
    bars_height: float = 130,
) -> str:
    """Bars of 0–10 (eleven counts) or from 1 (five or seven), hollow ones of the baseline beside.

    `baseline` holds shares (0 to 1) and bars of both kinds stand for shares, so that waves of
    different size compare. The three groups get the three tints. ValueError when the groups do not
    cover the counts or the lengths differ.
    """
    if sum(group.bars for group in groups) != len(counts) or len(groups) > len(_TONES):
        message = "groups do not cover the counts"
        raise ValueError(message)
    if baseline is not None and len(baseline) != len(counts):
        message = "the baseline has another scale"
        raise ValueError(message)
    names = names or Names()
    width = max(width, _LEAST)
    key = 22 if names.now or (names.baseline and baseline is not None) else 0
    lines = _group_lines(groups, (width - 8) / len(counts))
    height = key + 18 + bars_height + 30 + 15 * len(lines[0]) + 2
    picture = Picture(width, height, title)
    pitch = (width - 8) / len(counts)
    hollow = 0 if baseline is None else min(pitch * 0.2, 14)
    solid = min(pitch * 0.52, 44) if hollow else min(pitch * 0.68, 56)
    slots = _Slots(pitch, solid, hollow, key + 18, key + 18 + bars_height)
    if key:
        _key(picture, names, with_baseline=baseline is not None)
    _bars(picture, counts, groups, baseline, slots, number)
    _feet(picture, groups, lines, slots)
    return picture.svg()


def _bars(
    picture: Picture,
    counts: Sequence[int],
    groups: Sequence[BarGroup],
    baseline: Sequence[float] | None,
    slots: _Slots,
    number: Number,
) -> None:
    """The bars with their counts above and the answer below."""
    texts = [number(count) for count in counts]
    shares = [count / (sum(counts) or 1) for count in counts]
    most = max([*shares, *(baseline or ())]) or 1
    size = _label_size(texts, slots.pitch)
    tones = [tone for tone, group in zip(_TONES, groups, strict=False) for _ in range(group.bars)]
    high, first = slots.foot - slots.top, 0 if len(counts) == 11 else 1
    between = 3 if slots.hollow else 0
    for index, (share, tone, text) in enumerate(zip(shares, tones, texts, strict=True)):
        edge = 4 + index * slots.pitch
        x = edge + (slots.pitch - slots.solid - slots.hollow - between) / 2
        tall, before = max(2.0, share / most * high) if counts[index] else 0.0, 0.0
        if baseline is not None:
            before = max(0.0, baseline[index]) / most * high
            if before >= 1:
                picture.stroke("c-base", bar(x, slots.foot, slots.hollow, before, 2), 1.25)
            x += slots.hollow + between
        if tall:
            picture.fill(tone, bar(x, slots.foot, slots.solid, tall, 3))
        centre = x + slots.solid / 2
        answer = str(index + first)
        picture.text(
            centre, slots.foot + 15, answer, size=11, paint="c-text-faint", anchor="middle"
        )
        half = text_width(text, size, 600) / 2
        at = max(edge + half, min(edge + slots.pitch - half, centre))
        top = max(tall, before) if at - half < x - between + 1 else tall
        if size:
            paint = "c-text" if counts[index] else "c-text-faint"
            y = slots.foot - top - 5
            picture.text(at, y, text, size=size, weight=600, paint=paint, anchor="middle")


def _label_size(texts: Sequence[str], pitch: float) -> float:
    """The largest letter in which all counts fit above their bars; 0 if none does."""
    for size in (12, 11, 10, 9):
        if all(text_width(text, size, 600) <= pitch - 2 for text in texts):
            return size
    return 0


def _group_lines(groups: Sequence[BarGroup], pitch: float) -> list[list[str]]:
    """What stands under each group, on as few lines as fit under all of them."""
    ways = [
        [[f"{g.name}: {g.total} · {g.share}"] for g in groups],
        [[g.name, f"{g.total} · {g.share}"] for g in groups],
        [[g.name, g.total, g.share] for g in groups],
    ]
    for way in ways:
        if all(
            text_width(line, 12, 600) <= group.bars * pitch - 8
            for group, lines in zip(groups, way, strict=True)
            for line in lines
        ):
            return way
    return [
        [fit(line, group.bars * pitch - 8, 12, 600) for line in lines]
        for group, lines in zip(groups, ways[-1], strict=True)
    ]


def _feet(
    picture: Picture, groups: Sequence[BarGroup], lines: list[list[str]], slots: _Slots
) -> None:
    """A line under each group and its sums."""
    left, y = 4.0, slots.foot + 25
    for group, texts in zip(groups, lines, strict=True):
        right = left + group.bars * slots.pitch
        picture.stroke("c-axis", f"M{num(left + 2)} {num(y)}H{num(right - 2)}", 1.5)
        for row, text in enumerate(texts):
            x, below = (left + right) / 2, y + 17 + 15 * row
            picture.text(x, below, text, weight=600, paint="c-text", anchor="middle")
        left = right


def _key(picture: Picture, names: Names, *, with_baseline: bool) -> None:
    """What the filled and the hollow bars are."""
    x = 5.0
    for hollow, name in ((False, names.now), (True, names.baseline)):
        if not name or (hollow and not with_baseline):
            continue
        text = fit(
            name, (picture.width if hollow or not with_baseline else picture.width / 2) - x - 19, 11
        )
        if hollow:
            picture.stroke("c-base", box(x, 4, 10, 10, 2), 1.25)
        else:
            picture.fill("c-now", box(x, 4, 10, 10, 2))
        picture.text(x + 17, centred(9, 11), text, size=11)
        x += 17 + text_width(text, 11) + 16
