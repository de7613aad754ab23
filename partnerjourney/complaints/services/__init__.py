"""Verbs on complaints: report, answer, tell the customer, link to a case, close.

`holding` and `forgetting` are imported for what they receive: questions to that customer wait, and
what is old or was erased goes.
"""

from __future__ import annotations

from partnerjourney.complaints.services import forgetting as forgetting
from partnerjourney.complaints.services import holding as holding
from partnerjourney.complaints.services.answering import (
    answer,
    close,
    give_voice,
    not_solved,
    tell_customer,
)
from partnerjourney.complaints.services.finding import Matter, find, matter, my_seat
from partnerjourney.complaints.services.linking import case_of, link
from partnerjourney.complaints.services.reporting import report

__all__ = [
    "Matter",
    "answer",
    "case_of",
    "close",
    "find",
    "give_voice",
    "link",
    "matter",
    "my_seat",
    "not_solved",
    "report",
    "tell_customer",
]
