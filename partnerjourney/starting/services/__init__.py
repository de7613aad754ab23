"""Verbs that begin a journey, and hand one out."""

from __future__ import annotations

from partnerjourney.starting.services.coming_in import (
    LARGEST,
    Looked,
    come_in,
    free_slug,
    look,
    read_bytes,
)
from partnerjourney.starting.services.copying import copy
from partnerjourney.starting.services.first import Next, begin_with_one, next_steps
from partnerjourney.starting.services.going_out import FORMATS, File, write
from partnerjourney.starting.services.pasting import Pasted, add_rows, look_at_rows, may_paste
from partnerjourney.starting.services.sectors import LANGUAGES, SECTORS, begin, sector

__all__ = [
    "FORMATS",
    "LANGUAGES",
    "LARGEST",
    "SECTORS",
    "File",
    "Looked",
    "Next",
    "Pasted",
    "add_rows",
    "begin",
    "begin_with_one",
    "come_in",
    "copy",
    "free_slug",
    "look",
    "look_at_rows",
    "may_paste",
    "next_steps",
    "read_bytes",
    "sector",
    "write",
]
