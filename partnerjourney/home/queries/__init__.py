"""What stands on the home of an organisation, over all its journeys: a fixed number of statements.

`waiting` is what waits for it and for others, `judged` what customers say.
"""

from __future__ import annotations

from partnerjourney.home.queries.judged import DataAges, JudgedPoint, data_ages, judged
from partnerjourney.home.queries.waiting import (
    WaitingInvitation,
    WaitingProposal,
    WaitingRequest,
    invitations,
    proposals,
    requests,
)

__all__ = [
    "DataAges",
    "JudgedPoint",
    "WaitingInvitation",
    "WaitingProposal",
    "WaitingRequest",
    "data_ages",
    "invitations",
    "judged",
    "proposals",
    "requests",
]
