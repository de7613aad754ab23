"""What the template prints: texts and pictures in the report's language, nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from partnerjourney.reviews.paper.brand import Brand

Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Point:
    """A measuring point: on the one page with `chart`, among the figures with `wide`.

    `shown` is what stands large: the score, or nothing under thirty answers.
    """

    label: str
    name: str
    before: str
    cases: str
    chart: Markup
    wide: Markup
    shown: str
    score: str
    answers: str
    margin: str
    verdict: str
    kind: str
    few: bool


@dataclass(frozen=True, slots=True)
class Quote:
    """What a customer said, and where and when."""

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Handover:
    """A row of the table of hand-overs; one that is not shared has no more than its parties."""

    number: int
    giver: str
    taker: str
    name: str
    limit: str
    cases: str
    late: str
    otherwise: str
    unknown: str
    shared: bool


@dataclass(frozen=True, slots=True)
class ToDiscuss:
    """A row of what the review has to talk about."""

    number: str
    what: str
    about: str
    by: str
    reason: str
    when: str


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A row of figures; `part` is a row under its point."""

    name: str
    part: bool
    asked: str
    delivered: str
    answers: str
    response: str
    groups: tuple[str, ...]
    score: str
    margin: str
    verdict: str
    kind: str


@dataclass(frozen=True, slots=True)
class FigureTable:
    """The figures of all points with one scale."""

    caption: str
    score: str
    groups: tuple[str, ...]
    rows: tuple[FigureRow, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """What parties say of one point: (whose, when and of which figures; the text)."""

    label: str
    name: str
    kind: str
    texts: Rows


@dataclass(frozen=True, slots=True)
class StateBlock:
    """One point: what happened, and the score where it did."""

    title: str
    sub: str
    chart: Markup


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its paragraphs."""

    title: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cover:
    """The first page."""

    brand: str
    title: str
    journey: str
    subtitle: str
    picture: Markup
    notes: tuple[Section, ...]
    small: bool


@dataclass(frozen=True, slots=True)
class Paper:
    """The whole report."""

    language: str
    title: str
    description: str
    author: str
    heading: str
    period: str
    footer: str
    page_of: Markup
    colours: Brand
    cover: Cover
    finding: str
    axis: Markup
    points: tuple[Point, ...]
    more_points: str
    explained_where: str
    quotes: tuple[Quote, ...]
    facts: tuple[Handover, ...]
    facts_days: str
    more_facts: str
    fixed: str
    map: Markup
    map_title: str
    map_key: tuple[tuple[str, str], ...]
    handovers: tuple[Handover, ...]
    handovers_title: str
    handovers_days: str
    handovers_note: str
    to_discuss: tuple[ToDiscuss, ...]
    figures_title: str
    figures_days: str
    all_points: tuple[Point, ...]
    explained: tuple[Explained, ...]
    wide_axis: Markup
    states_title: str
    states: tuple[StateBlock, ...]
    lines: tuple[StateBlock, ...]
    announced: tuple[tuple[str, str], ...]
    tables: tuple[FigureTable, ...]
    method: tuple[Section, ...]
    notice: str
