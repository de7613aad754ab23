"""Scopes: on whose behalf a session reads and writes. The policy's actor is this union."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from partnerjourney.core.parties import Role


@dataclass(frozen=True, slots=True)
class Member:
    """A person who acts for one organisation; no `user_id` means the command line.

    `means` says how that person signed in (core/logins.py); empty in a job.
    """

    user_id: uuid.UUID | None
    organisation_id: uuid.UUID
    role: Role = Role.VIEWER
    signatory: bool = False
    means: str = ""


@dataclass(frozen=True, slots=True)
class Respondent:
    """A customer with a survey link: reads one invitation, writes one answer and its cell."""

    token_hash: str


@dataclass(frozen=True, slots=True)
class System:
    """The product itself: the worker, sign-in, accepting an invitation, migrations."""

    reason: str


@dataclass(frozen=True, slots=True)
class Operator:
    """A person at the command line who lifts the border; audited."""

    reason: str


Scope = Member | Respondent | System | Operator
