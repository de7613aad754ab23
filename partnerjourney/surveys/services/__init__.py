"""Verbs of surveys: points, waves, asking and answering.

`moving` and `departing` are imported for their receivers: events tell when a case changed its
state, the core when somebody left; `forgetting` for its rules: the worker clears by them.
"""

from __future__ import annotations

from partnerjourney.surveys.services import (
    answering,
    asking,
    departing,
    forgetting,
    moving,
    opening,
    optout,
    points,
    sending,
    waiting,
    waves,
)

__all__ = [
    "answering",
    "asking",
    "departing",
    "forgetting",
    "moving",
    "opening",
    "optout",
    "points",
    "sending",
    "waiting",
    "waves",
]
