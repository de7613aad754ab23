"""What a card can be, and what it means to the customer: kinds, channels, control, roles."""

from __future__ import annotations

from partnerjourney.touchpoints.rules.depth import (
    IMPACTS,
    Control,
    RoleKind,
    Weighed,
    clashes,
    control_of,
    done_by,
    undecided,
)
from partnerjourney.touchpoints.rules.kinds import CardKind, Channel

__all__ = [
    "IMPACTS",
    "CardKind",
    "Channel",
    "Control",
    "RoleKind",
    "Weighed",
    "clashes",
    "control_of",
    "done_by",
    "undecided",
]
