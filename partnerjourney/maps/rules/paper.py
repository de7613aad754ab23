"""The whole map as one SVG for the report's landscape page: text, cards, arrows and judgement.

Everything is drawn with literal attributes and one-line titles; the layout must be made with the
style PAPER. Colour is never alone: steps, provisional lanes and points with too few answers are
dashed, the asking card carries the number of its point.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from partnerjourney.maps.rules.drawing import (
    ARROW,
    BRAND,
    LINE,
    SURFACE,
    TONES,
    bracket_path,
    edge_svg,
    number_svg,
    plain,
)
from partnerjourney.maps.rules.placed import MapLayout, PlacedCard, PlacedLane, PlacedPill
from partnerjourney.maps.rules.source import Tone
from partnerjourney.maps.rules.style import Lettering

_INK = "#101b27"
_INK_SOFT = "#46566a"
_STRIPE = "#f5f7f9"
_HAIR = "#e0e6ec"
_WARN = ("#fdf2df", "#eac384", "#854a00")
_TITLE_SIGNS = 26
_TITLE_SIZES = (11.5, 11.0, 10.5, 10.0)
_PAD = 10
_DASHES = ' stroke-dasharray="3 2.5"'


@dataclass(frozen=True, slots=True)
class PaperTexts:
    """The words on the page, in the report's language; `flags` names a card's flags in short.

    `point` is the letter before a point's number, `accent` the orchestrator's colour (hex).
    """

    title: str
    judgement: str
    judgement_note: str
    step: str
    point: str = "M"
    accent: str = BRAND
    flags: Mapping[str, str] = field(default_factory=dict)


def paper_svg(layout: MapLayout, texts: PaperTexts, letters: Lettering) -> str:
    """The map as one SVG string, scaled by its viewBox; the font is Inter on the root."""
    asked: dict[str, list[PlacedPill]] = {}
    for pill in layout.pills:
        asked.setdefault(pill.point.card, []).append(pill)
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" class="map-paper" role="img" ',
        f'viewBox="0 0 {layout.width} {layout.height}" ',
        f'font-family="Inter" font-size="12" fill="{_INK}"><title>{plain(texts.title)}</title>',
    ]
    for place, lane in enumerate(layout.lanes):
        parts.append(_lane(lane, layout, letters, striped=place % 2 == 0))
    parts.append(_head(layout, texts, letters))
    parts += [_bracket(layout, place) for place in range(len(layout.brackets))]
    parts += [_pill(pill, layout, texts) for pill in layout.pills]
    # A light line under every arrow shows which one runs on where two cross.
    parts += [
        f'<path d="{edge.path}" fill="none" stroke="{SURFACE}" stroke-width="4"/>{edge_svg(edge)}'
        for edge in layout.edges
    ]
    for card in layout.cards:
        parts.append(_card(card, asked.get(card.card.key, []), layout, texts, letters))
    parts += [number_svg(edge, "", layout.style) for edge in layout.edges]
    return "".join([*parts, "</svg>"])


def _text(x: float, y: float, text: str, size: float = 12, more: str = "") -> str:
    """One line of text with its baseline at y; nothing for an empty one."""
    if not text:
        return ""
    return f'<text x="{x:g}" y="{y:g}" font-size="{size:g}"{more}>{plain(text)}</text>'


def _fill(colour: str) -> str:
    """A fill attribute."""
    return f' fill="{colour}"'


def _bold(colour: str = _INK) -> str:
    """Attributes of semi-bold text."""
    return f' font-weight="600" fill="{colour}"'


def _rect(x: float, y: float, w: float, h: float, more: str) -> str:
    """A rectangle."""
    return f'<rect x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}"{more}/>'


def _lane(lane: PlacedLane, layout: MapLayout, letters: Lettering, *, striped: bool) -> str:
    """A lane with its name; a provisional one has a dashed frame and says so."""
    small = layout.style.small
    room = lane.note_w
    parts = []
    if striped:
        parts.append(_rect(0, lane.y, layout.width, lane.h, _fill(_STRIPE)))
    parts.append(f'<path d="M0 {lane.y}H{layout.width}" stroke="{_HAIR}"/>')
    provisional = lane.lane.provisional
    y = lane.y + 20
    for line in letters.wrap(lane.lane.name, room, 12, 600, lines=4):
        parts.append(_text(_PAD, y, line, 12, _bold()))
        y += 16
    lines = [*letters.wrap(lane.lane.subtitle, room, small, lines=4)]
    if provisional:
        lines += letters.wrap(lane.lane.note, lane.note_w, small, lines=12)
    for line in lines:
        parts.append(_text(_PAD, y, line, small, _fill(_INK_SOFT)))
        y += 15
    if provisional:
        frame = f' rx="6" fill="none" stroke="{_INK_SOFT}"{_DASHES}'
        parts.append(_rect(2.5, lane.y + 3.5, layout.header_w - 9, lane.h - 7, frame))
    return "".join(parts)


def _head(layout: MapLayout, texts: PaperTexts, letters: Lettering) -> str:
    """Phase names over a rule, and what the pills are."""
    parts = []
    for phase in layout.phases:
        number = str(phase.number)
        shift = letters.text_width(number, 13, 600) + 4
        name = letters.fit(phase.phase.name, phase.room - shift - 8, 13, 600)
        parts.append(_text(phase.x, 14, number, 13, _bold(texts.accent)))
        parts.append(_text(phase.x + shift, 14, name, 13, _bold()))
        end = phase.x + max(phase.w, phase.room - 12)
        parts.append(f'<path d="M{phase.x} 21H{end}" stroke="{_INK}" stroke-width="1.5"/>')
    if layout.pills:
        top = layout.style.title_h
        room = layout.header_w - _PAD
        lines = letters.wrap(texts.judgement, room, 12, 600, lines=2)
        for line in lines:
            parts.append(_text(_PAD, top + 14, line, 12, _bold()))
            top += 14
        note = letters.fit(texts.judgement_note, room, 10)
        parts.append(_text(_PAD, top + 15, note, 10, _fill(_INK_SOFT)))
    return "".join(parts)


def _tone(tone: Tone) -> str:
    """The dark colour of a verdict."""
    return _INK if tone is Tone.PLAIN else _INK_SOFT if tone is Tone.FEW else TONES[tone]


def _badge(x: float, y: float, text: str, tone: Tone) -> str:
    """A point's number, light on dark."""
    shape = f' rx="4" fill="{_tone(tone)}"'
    more = f' text-anchor="middle" font-weight="600" fill="{SURFACE}"'
    return _rect(x, y, 24, 14, shape) + _text(x + 12, y + 10.5, text, 10, more)


def _bracket(layout: MapLayout, place: int) -> str:
    """A point's bracket, on paper as dark as its pill."""
    bracket = layout.brackets[place]
    tone = bracket.point.tone
    dashes = _DASHES if tone is Tone.FEW else ""
    return (
        f'<path d="{bracket_path(bracket)}" fill="none" stroke="{_tone(tone)}" '
        f'stroke-width="1.5"{dashes}/>'
    )


def _pill(pill: PlacedPill, layout: MapLayout, texts: PaperTexts) -> str:
    """A point: its number and name, the pill beside them, the notes below."""
    point = pill.point
    colour = _tone(point.tone)
    line = pill.y + 14
    dashes = _DASHES if point.tone is Tone.FEW else ""
    frame = f' rx="{pill.h / 2:g}" fill="{SURFACE}" stroke="{colour}" stroke-width="1.5"{dashes}'
    strong = f'<tspan font-weight="600">{plain(point.strong)} </tspan>' if point.strong else ""
    words = (
        f'<text x="{pill.x + pill.w / 2:g}" y="{line}" text-anchor="middle" '
        f'font-size="{pill.text:g}" fill="{colour}">{strong}{plain(point.rest)}</text>'
    )
    parts = [
        _badge(pill.label_x, pill.y + 3, f"{texts.point}{pill.number}", point.tone),
        _text(pill.label_x + 30, line, pill.label, 12, _bold()),
        _rect(pill.x, pill.y, pill.w, pill.h, frame),
        words,
    ]
    for number, note in enumerate(pill.notes):
        y = pill.notes_y + number * layout.style.note_h + 11
        parts.append(_text(pill.label_x, y, note, layout.style.small, _fill(_INK_SOFT)))
    return "".join(parts)


def _card(
    card: PlacedCard,
    asked: list[PlacedPill],
    layout: MapLayout,
    texts: PaperTexts,
    letters: Lettering,
) -> str:
    """A card: title and channel, each on one line, its point's number or one flag at the right."""
    step = card.card.is_step
    frame = f' rx="6" fill="{SURFACE}" stroke="{LINE if not step else ARROW}"'
    title = card.card.title
    if len(title) > _TITLE_SIGNS:
        title = title[: _TITLE_SIGNS - 1].rstrip() + "…"
    weight = 400 if step else 600
    width = card.w - 2 * _PAD + 4
    size = next((s for s in _TITLE_SIZES if letters.text_width(title, s, weight) <= width), 11.5)
    title = letters.fit(title, width, size, weight)
    parts = [
        _rect(card.x, card.y, card.w, card.h, frame + (_DASHES if step else "")),
        _text(card.x + _PAD, card.y + 16, title, size, f' font-weight="{weight}" fill="{_INK}"'),
    ]
    right = float(card.x + card.w - _PAD + 2)
    for pill in reversed(asked[:3]):
        right -= 24
        tone = pill.point.tone
        parts.append(_badge(right, card.y + 23, f"{texts.point}{pill.number}", tone))
        right -= 4
    flag = next((texts.flags[name] for name in card.card.flags if name in texts.flags), "")
    if flag:
        fill, stroke, ink = _WARN
        flag_w = letters.text_width(flag, 9.5, 600) + 10
        right -= flag_w
        shape = f' rx="4" fill="{fill}" stroke="{stroke}"'
        parts.append(_rect(right, card.y + 23, flag_w, 14, shape))
        parts.append(_text(right + 5, card.y + 33.5, flag, 9.5, _bold(ink)))
    word = texts.step if step else card.card.channel
    room = max(0.0, right - card.x - _PAD - 4)
    word = letters.fit(word, room, layout.style.small)
    parts.append(_text(card.x + _PAD, card.y + 31, word, layout.style.small, _fill(_INK_SOFT)))
    return "".join(parts)
