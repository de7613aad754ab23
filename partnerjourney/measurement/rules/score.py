"""Answers counted per value of the scale, the score they give, and how a score is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor, isfinite, sqrt

from partnerjourney.surveys.rules.kinds import Metric

# The three groups in which answers are shown: bounds inclusive, lowest first, top two last.
_GROUPS: dict[Metric, tuple[tuple[int, int], ...]] = {
    Metric.NPS: ((0, 6), (7, 8), (9, 10)),
    Metric.CSAT: ((1, 2), (3, 3), (4, 5)),
    Metric.CES: ((1, 2), (3, 5), (6, 7)),
}


@dataclass(frozen=True, slots=True)
class AnswerGroup:
    """How many answers lie between two values of the scale, both included."""

    low: int
    high: int
    count: int


@dataclass(frozen=True, slots=True)
class Histogram:
    """Answers per value of one scale, lowest first; skipped questions are not in it."""

    metric: Metric
    counts: tuple[int, ...]

    def __post_init__(self) -> None:
        """Refuse counts that cannot be: ValueError."""
        if len(self.counts) != len(self.metric.values):
            scale = f"{self.metric.first} to {self.metric.last}"
            raise ValueError(
                f"{self.metric.value} counts the values {scale}, not {len(self.counts)} of them"
            )
        for value, count in enumerate(self.counts, self.metric.first):
            if type(count) is not int or count < 0:
                check_count(count, f"the answer {value}")

    @classmethod
    def of(cls, metric: Metric, counts: Mapping[int, int]) -> Histogram:
        """Build from value → count; ValueError for a value off the scale, a skip included."""
        strange = [
            value for value in counts if type(value) is not int or value not in metric.values
        ]
        if strange:
            raise ValueError(
                f"{metric.value} is answered from {metric.first} to {metric.last}; "
                f"{strange[0]!r} is no answer"
            )
        return cls(metric, tuple(counts.get(value, 0) for value in metric.values))

    @property
    def n(self) -> int:
        """How many answered."""
        return sum(self.counts)

    @property
    def total(self) -> int:
        """The sum of all answers."""
        first = self.metric.first
        return sum(value * count for value, count in enumerate(self.counts, first))

    def by_value(self) -> dict[str, int]:
        """Every value of the scale as text → its count, as interfaces print it."""
        return {str(v): count for v, count in zip(self.metric.values, self.counts, strict=True)}

    def __add__(self, other: Histogram) -> Histogram:
        """Answers of both; ValueError where the metrics differ."""
        if other.metric is not self.metric:
            raise ValueError(f"{self.metric.value} and {other.metric.value} cannot be added")
        added = tuple(a + b for a, b in zip(self.counts, other.counts, strict=True))
        return Histogram(self.metric, added)


def answer_groups(histogram: Histogram) -> tuple[AnswerGroup, ...]:
    """Count the answers in the three groups of the scale, for NPS 0–6, 7–8 and 9–10."""
    first, counts = histogram.metric.first, histogram.counts
    return tuple(
        AnswerGroup(low, high, sum(counts[low - first : high - first + 1]))
        for low, high in _GROUPS[histogram.metric]
    )


def nps_counts(histogram: Histogram) -> tuple[int, int, int]:
    """Count detractors (0–6), passives (7–8), promoters (9–10); ValueError if it is no NPS."""
    if histogram.metric is not Metric.NPS:
        raise ValueError(f"a {histogram.metric.value} question has no net promoter score")
    counts = histogram.counts
    return sum(counts[:7]), counts[7] + counts[8], counts[9] + counts[10]


def nps_score(d: int, p: int, c: int) -> float | None:
    """Return (c − d)/n in −1…1 for d detractors, p passives, c promoters; None without answers."""
    n = count_answers(d, p, c)
    return (c - d) / n if n else None


def nps_variance(d: int, p: int, c: int) -> float | None:
    """Return the variance (c + d)/n − s² of one answer in {−1, 0, 1}; None without answers."""
    n = count_answers(d, p, c)
    # In whole numbers until the division: no cancellation, never below 0.
    return ((c + d) * n - (c - d) ** 2) / (n * n) if n else None


def nps_standard_error(d: int, p: int, c: int) -> float | None:
    """Return the standard error √(variance/n) of the score; None without answers."""
    variance = nps_variance(d, p, c)
    return None if variance is None else sqrt(variance / (d + p + c))


def mean_answer(histogram: Histogram) -> float | None:
    """Return the raw mean on the scale; None without answers."""
    n = histogram.n
    return histogram.total / n if n else None


def count_answers(d: int, p: int, c: int) -> int:
    """Return n = d + p + c; ValueError where one is negative or not a whole number."""
    check_count(d, "detractors")
    check_count(p, "passives")
    check_count(c, "promoters")
    return d + p + c


def check_count(count: int, what: str) -> None:
    """Raise ValueError unless `count` is a whole number of 0 or more (True is none)."""
    if type(count) is not int or count < 0:
        raise ValueError(f"the count of {what} must be a whole number of 0 or more, not {count!r}")


def rounded(figure: float) -> int:
    """Round to a whole number, halves away from 0 so that +x and −x look alike."""
    if not isfinite(figure):
        raise ValueError(f"{figure!r} cannot be shown")
    size = floor(abs(figure) + 0.5)
    return -size if figure < 0 else size


def signed(points: float) -> str:
    """Show points as a whole number with its sign (a real minus); what rounds to 0 is “0”."""
    whole = rounded(points)
    if whole == 0:
        return "0"
    return f"+{whole}" if whole > 0 else f"\N{MINUS SIGN}{-whole}"
