"""The fact document: all that one organisation may see of a journey at one moment.

No ids of rows: parties go by their keys, cards by their place on the path, hand-overs and points
by their numbers. So a document betrays nothing of what its reader does not share.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

FORMAT = 1
"""The version of the document's shape."""

QUOTES = 3
"""At most so many quotes stand in a report."""

QUOTE_SIGNS = 240
"""A longer comment is cut, visibly."""


class Scale(StrEnum):
    """What a question measures."""

    NPS = "nps"
    CSAT = "csat"
    CES = "ces"


class Word(StrEnum):
    """What a closed measuring period says beside the baseline."""

    BETTER = "better"
    WORSE = "worse"
    NO_DIFFERENCE = "no_difference"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class AnswerGroup:
    """How many answers lie between two values of the scale, both included."""

    low: int
    high: int
    count: int


@dataclass(frozen=True, slots=True)
class Score:
    """A score with all that travels with it; days inclusive, figures unrounded in shown units.

    `value` is the score of an NPS (times 100) or the mean on the scale. `n` is None and the figures
    are empty where they are `withheld`. `few` asks a page to show the answers instead.
    """

    group: str | None
    metric: Scale
    period_from: date | None
    period_to: date | None
    wave: str | None
    n: int | None
    value: float | None
    low: float | None
    high: float | None
    confidence: float | None
    method: str | None
    histogram: Mapping[str, int]
    groups: tuple[AnswerGroup, ...]
    few: bool
    withheld: str | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """A later or other group minus the first, in shown units, with its margin."""

    metric: Scale
    n_before: int
    n_after: int
    difference: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class PartyFact:
    """A lane; `members` of a group only as far as the reader knows of them, `mine` is its own."""

    key: str
    name: str
    kind: str
    subtitle: str
    orchestrator: bool
    provisional: bool
    members: int
    mine: bool


@dataclass(frozen=True, slots=True)
class PhaseFact:
    """A column."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class CardFact:
    """A touchpoint or step, in path order."""

    key: str
    party: str
    phase: str
    name: str
    channel: str
    step: bool
    moment_of_truth: bool


@dataclass(frozen=True, slots=True)
class HandoverFact:
    """A hand-over. Its name, limit and cases are empty unless the reader shares them.

    `cases` counts, per state, what happened in the days that the report is about.
    """

    number: int
    giver: str
    taker: str
    from_card: str | None
    to_card: str | None
    label: str
    shared: bool
    name: str = ""
    time_limit: str = ""
    cases: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class GivenVerdict:
    """What was said once at the close of a measuring period, and on which day."""

    word: Word
    given_on: date


@dataclass(frozen=True, slots=True)
class Quote:
    """What a customer let the reader's organisation read."""

    text: str
    score: int | None
    day: date


@dataclass(frozen=True, slots=True)
class Asking:
    """Another period of asking than the one whose figures stand there; days inclusive."""

    is_baseline: bool
    first: date
    last: date | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a party says beside a point's figures; `about` is None for those that are shown."""

    by: str
    text: str
    day: date
    about: Asking | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A week or month of a point; figures unrounded in shown units, empty without answers."""

    first: date
    last: date
    n: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Announced:
    """What a party announced to the reader; without a last day it holds until it is withdrawn."""

    by: str
    kind: str
    text: str
    first: date
    last: date | None


@dataclass(frozen=True, slots=True)
class PointFact:
    """A measuring point that the reader shares; `covers` are numbers of hand-overs.

    `cases` counts all cases of the last of them; `asked` is None where nobody knows who was asked.
    `in_wave` says whether the answers belong to a measuring period, `closes_on` is the last day of
    one that is still open. `explanations` are those that the reader's organisation reads.
    """

    number: int
    name: str
    card: str
    covers: tuple[int, ...]
    metric: Scale
    now: Score
    baseline: Score | None
    in_wave: bool
    is_baseline: bool
    open: bool
    closes_on: date | None
    verdict: GivenVerdict | None
    deviations: Mapping[str, GivenVerdict]
    states: tuple[Score, ...]
    late: Gap
    asked: int | None
    delivered: int | None
    cases: Mapping[str, int]
    quotes: tuple[Quote, ...] = ()
    explanations: tuple[Explanation, ...] = ()
    over_time: tuple[Stretch, ...] = ()


class Open(StrEnum):
    """What the parties have yet to talk about."""

    LAPSED = "lapsed"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """A proposal that nobody answered, or an emergency change; only of what the reader shares.

    `number` is the hand-over's, None for a card; `until` is the day on which an emergency change
    fell back or will.
    """

    kind: Open
    number: int | None
    about: str
    member: str
    by: str
    reason: str
    day: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All of it. Days are those of the journey's zone; without days asked for, both are None."""

    format: int
    journey: str
    brand: str
    colour: str
    seen_by: str
    fixed_by: str
    fixed_at: datetime
    fixed_on: date
    days_from: date | None
    days_to: date | None
    cases_from: date | None
    cases_to: date | None
    fictitious: bool
    parties: tuple[PartyFact, ...]
    phases: tuple[PhaseFact, ...]
    cards: tuple[CardFact, ...]
    handovers: tuple[HandoverFact, ...]
    points: tuple[PointFact, ...]
    to_discuss: tuple[OpenPoint, ...] = ()
    announced: tuple[Announced, ...] = ()

    @property
    def free(self) -> bool:
        """Whether days were asked for, so that no stored verdict belongs to the figures."""
        return self.days_from is not None or self.days_to is not None

    def party(self, key: str) -> str:
        """Return the name of a party; empty for one that is not there."""
        return next((party.name for party in self.parties if party.key == key), "")
