"""Verbs on proposals; nothing that two companies share is changed but through these."""

from __future__ import annotations

from partnerjourney.proposals.services.cards import propose as propose_card
from partnerjourney.proposals.services.cards import standing_card
from partnerjourney.proposals.services.changing import Outcome, change
from partnerjourney.proposals.services.deciding import (
    accept,
    counter,
    object_to,
    objectable,
    reject,
    renew,
    withdraw,
)
from partnerjourney.proposals.services.finding import asked_of, find, is_mine
from partnerjourney.proposals.services.following import remind
from partnerjourney.proposals.services.sides import Sides, speaks_for
from partnerjourney.proposals.services.sides import of as sides_of

__all__ = [
    "Outcome",
    "Sides",
    "accept",
    "asked_of",
    "change",
    "counter",
    "find",
    "is_mine",
    "object_to",
    "objectable",
    "propose_card",
    "reject",
    "remind",
    "renew",
    "sides_of",
    "speaks_for",
    "standing_card",
    "withdraw",
]
