"""What readers see of a measurement: each function narrowed by the session's scope.

`scores` is the list for machines, `overview` the rows of the page, `detail` one row from near,
`pills` and `headline` what map and report say. They return data; words are made in the views.
"""

from __future__ import annotations

from partnerjourney.measurement.queries.detail import Comment, Detail, detail
from partnerjourney.measurement.queries.explanations import (
    Explanation,
    Seat,
    explanations,
    seats,
)
from partnerjourney.measurement.queries.facts import Facts, facts
from partnerjourney.measurement.queries.headline import (
    Finding,
    Headline,
    Pill,
    PillKind,
    headline,
    pill,
    pills,
)
from partnerjourney.measurement.queries.overview import (
    GivenVerdict,
    Overview,
    Period,
    Row,
    WaveInfo,
    overview,
)
from partnerjourney.measurement.queries.points import Leg, MeasuredPoint, points
from partnerjourney.measurement.queries.scores import STATES, By, Score, score_document, scores

__all__ = [
    "STATES",
    "By",
    "Comment",
    "Detail",
    "Explanation",
    "Facts",
    "Finding",
    "GivenVerdict",
    "Headline",
    "Leg",
    "MeasuredPoint",
    "Overview",
    "Period",
    "Pill",
    "PillKind",
    "Row",
    "Score",
    "Seat",
    "WaveInfo",
    "detail",
    "explanations",
    "facts",
    "headline",
    "overview",
    "pill",
    "pills",
    "points",
    "score_document",
    "scores",
    "seats",
]
