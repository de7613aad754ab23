"""Whom to ask, when, in which words and about which stretch, without a database."""

from __future__ import annotations

from partnerjourney.surveys.rules.kinds import (
    SCALES,
    InvitationState,
    Metric,
    Suppression,
    WaveKind,
    WaveState,
    parse_score,
)

__all__ = [
    "SCALES",
    "InvitationState",
    "Metric",
    "Suppression",
    "WaveKind",
    "WaveState",
    "parse_score",
]
