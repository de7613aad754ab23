"""What stands on the home of an organisation, over all its journeys: a fixed number of statements.

`waiting` is what waits for it and for others, `judged` what customers say.
"""

from __future__ import annotations

from partnerjourney.home.queries.judged import DataAges, JudgedPoint, data_ages, judged
from partnerjourney.home.queries.waiting import (
    WaitingChange,
    WaitingInvitation,
    WaitingRequest,
    changes,
    invitations,
    requests,
)

__all__ = [
    "DataAges",
    "JudgedPoint",
    "WaitingChange",
    "WaitingInvitation",
    "WaitingRequest",
    "changes",
    "data_ages",
    "invitations",
    "judged",
    "requests",
]
