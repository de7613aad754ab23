"""Verbs of surveys: points, waves, asking and answering.

`moving` is imported for its receiver: events tell it when a case changed its state.
"""

from __future__ import annotations

from partnerjourney.surveys.services import (
    answering,
    asking,
    moving,
    opening,
    optout,
    points,
    sending,
    waves,
)

__all__ = ["answering", "asking", "moving", "opening", "optout", "points", "sending", "waves"]
