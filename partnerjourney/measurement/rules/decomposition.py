"""Why a pooled score moved: scores that changed, or a mix that changed (Kitagawa 1955)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite


@dataclass(frozen=True, slots=True)
class Decomposition:
    """A pooled figure before and after; after − before = rate + mix, in the scores' units."""

    before: float
    after: float
    rate: float
    mix: float


def kitagawa(
    weights_before: Sequence[float],
    scores_before: Sequence[float],
    weights_after: Sequence[float],
    scores_after: Sequence[float],
) -> Decomposition:
    """Split the change of a weighted score into rate Σ½(w⁰+w¹)(s¹−s⁰) and mix Σ½(s⁰+s¹)(w¹−w⁰).

    One weight (or number of answers) and one score per group, groups in one order; weights are
    made to sum to 1. ValueError where lengths differ or a period has no weight.
    """
    if len({len(weights_before), len(scores_before), len(weights_after), len(scores_after)}) != 1:
        raise ValueError("give one weight and one score per group for both periods")
    if not all(isfinite(score) for score in (*scores_before, *scores_after)):
        raise ValueError("a group without a score cannot be in a pooled score")
    w0, w1 = _shares(weights_before), _shares(weights_after)
    groups = list(zip(w0, scores_before, w1, scores_after, strict=True))
    return Decomposition(
        before=sum(a * s for a, s, _, _ in groups),
        after=sum(b * t for _, _, b, t in groups),
        rate=sum((a + b) / 2 * (t - s) for a, s, b, t in groups),
        mix=sum((s + t) / 2 * (b - a) for a, s, b, t in groups),
    )


def _shares(weights: Sequence[float]) -> list[float]:
    total = sum(weights)
    if any(not isfinite(w) or w < 0 for w in weights) or total <= 0:
        raise ValueError("weights must be 0 or more, and not all of them 0")
    return [weight / total for weight in weights]
