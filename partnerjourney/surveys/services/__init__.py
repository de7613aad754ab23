"""Verbs of surveys: points, waves, asking and answering.

`moving` is imported for its receiver: events tell it when a case changed its state; `forgetting`
for its rules: the worker clears by them.
"""

from __future__ import annotations

from partnerjourney.surveys.services import (
    answering,
    asking,
    forgetting,
    moving,
    opening,
    optout,
    points,
    sending,
    waves,
)

__all__ = [
    "answering",
    "asking",
    "forgetting",
    "moving",
    "opening",
    "optout",
    "points",
    "sending",
    "waves",
]
