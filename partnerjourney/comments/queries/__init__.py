"""Reads of conversations: what a reader shares, who reads one, and where somebody is asked."""

from __future__ import annotations

from partnerjourney.comments.queries.asked import Asked, asked
from partnerjourney.comments.queries.readers import Choice, Choices, choices, readers_of
from partnerjourney.comments.queries.things import Thing, thing_of, things
from partnerjourney.comments.queries.threads import About, Said, Seen, listing, one

__all__ = [
    "About",
    "Asked",
    "Choice",
    "Choices",
    "Said",
    "Seen",
    "Thing",
    "asked",
    "choices",
    "listing",
    "one",
    "readers_of",
    "thing_of",
    "things",
]
