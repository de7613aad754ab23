"""Verbs on conversations: begin, answer, mend, take back, settle, and say that one has seen it."""

from __future__ import annotations

from partnerjourney.comments.services.finding import find, find_comment
from partnerjourney.comments.services.settling import reopen, resolve, see
from partnerjourney.comments.services.writing import begin, edit, reply, withdraw

__all__ = [
    "begin",
    "edit",
    "find",
    "find_comment",
    "reopen",
    "reply",
    "resolve",
    "see",
    "withdraw",
]
