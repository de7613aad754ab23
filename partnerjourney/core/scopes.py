"""Scopes: on whose behalf a session reads and writes. The policy's actor is this union."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum

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


class TokenPurpose(StrEnum):
    """What an access key is for; one may have several."""

    EVENTS = "events"
    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Token:
    """A partner's system with an access key: acts for an organisation, within some journeys.

    It reads what its organisation reads within them, and writes there what its purposes allow. No
    person stands behind it: it never signs, confirms, invites or makes keys.
    """

    token_id: uuid.UUID
    organisation_id: uuid.UUID
    journeys: frozenset[uuid.UUID]
    purposes: frozenset[TokenPurpose]

    @property
    def user_id(self) -> None:
        """Nobody: what a key does, its organisation does."""
        return None

    @property
    def role(self) -> Role:
        """The role that the policy asks for; the purposes narrow it further."""
        return Role.EDITOR if self.writes else Role.VIEWER

    @property
    def writes(self) -> bool:
        """Whether some purpose lets it write."""
        return self.purposes != {TokenPurpose.READ} and bool(self.purposes)


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


Actor = Member | Token
"""Who acts for one organisation: a person, or a system of it."""

Scope = Member | Token | Respondent | System | Operator
