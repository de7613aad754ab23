"""Verbs on reports: fix the facts, draw them, try again, find one."""

from __future__ import annotations

from partnerjourney.reviews.services.drawing import DrawingError, Limits, draw
from partnerjourney.reviews.services.reports import (
    LANGUAGES,
    MAKE_JOB,
    facts_now,
    failed,
    file_name,
    find,
    fix_facts,
    keep,
    progressed,
    retry,
    store,
    to_draw,
)

__all__ = [
    "LANGUAGES",
    "MAKE_JOB",
    "DrawingError",
    "Limits",
    "draw",
    "facts_now",
    "failed",
    "file_name",
    "find",
    "fix_facts",
    "keep",
    "progressed",
    "retry",
    "store",
    "to_draw",
]
