"""Verbs of being apart: `suspending`, `announcing` a leaving, `ending` carries one out.

`takeouts` asks for the data that an organisation takes along, `making` makes the package.
"""

from __future__ import annotations

from partnerjourney.leaving.services import ending, making, takeouts
from partnerjourney.leaving.services.announcing import LEAVE_JOB, announce, appoint, withdraw
from partnerjourney.leaving.services.seats import Seat, find
from partnerjourney.leaving.services.suspending import resume, suspend

__all__ = [
    "LEAVE_JOB",
    "Seat",
    "announce",
    "appoint",
    "ending",
    "find",
    "making",
    "resume",
    "suspend",
    "takeouts",
    "withdraw",
]
