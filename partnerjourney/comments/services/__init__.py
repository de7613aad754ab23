"""Verbs on conversations: begin, answer, mend, take back, settle, and say that one has seen it.

`forgetting` is imported for its rule: conversations go after their time.
"""

from __future__ import annotations

from partnerjourney.comments.services import forgetting
from partnerjourney.comments.services.finding import find, find_comment
from partnerjourney.comments.services.settling import reopen, resolve, see
from partnerjourney.comments.services.writing import begin, edit, reply, withdraw

__all__ = [
    "begin",
    "edit",
    "find",
    "find_comment",
    "forgetting",
    "reopen",
    "reply",
    "resolve",
    "see",
    "withdraw",
]
