"""Invitations pasted as text: a mail address and the name of a party on each line."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from partnerjourney.organisations.rules.names import clean_email, clean_name

MOST_INVITATIONS = 200
"""How many lines one pasted text may have."""


class LineFault(StrEnum):
    """What is wrong with one pasted line."""

    NO_EMAIL = "no_email"
    TWO_EMAILS = "two_emails"
    NO_NAME = "no_name"
    BAD_NAME = "bad_name"
    TWICE = "twice"
    TOO_MANY = "too_many"
    UNKNOWN_PARTY = "unknown_party"
    TAKEN = "taken"


@dataclass(frozen=True)
class InvitationLine:
    """One pasted line: its number, whom to invite, and for which party; or what is wrong."""

    number: int
    text: str
    email: str = ""
    party: str = ""
    fault: LineFault | None = None

    def with_fault(self, fault: LineFault | None) -> InvitationLine:
        """Return the same line with what is wrong with it."""
        return replace(self, fault=fault)


def parse_invitations(text: str, *, party: str | None = None) -> list[InvitationLine]:
    """Read pasted lines of a mail address and the name of a party, in any order.

    Between them a comma, semicolon, tab or spaces; `Name <address>` too. A line without a name
    means `party`, where one is given. Empty lines are passed over, but counted in the numbers.
    """
    found: list[InvitationLine] = []
    seen: set[tuple[str, str]] = set()
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    for number, line in lines:
        read = _read_line(number, line.strip(), party)
        key = (read.email, read.party.casefold())
        if read.fault is None and key in seen:
            read = read.with_fault(LineFault.TWICE)
        elif read.fault is None and len(seen) >= MOST_INVITATIONS:
            read = read.with_fault(LineFault.TOO_MANY)
        seen.add(key)
        found.append(read)
    return found


def _read_line(number: int, text: str, party: str | None) -> InvitationLine:
    addresses = [part for part in re.split(r"[\s,;<>\"]+", text) if "@" in part]
    shown = text[:200]
    if len(addresses) > 1:
        return InvitationLine(number, shown, fault=LineFault.TWO_EMAILS)
    email = clean_email(addresses[0].removeprefix("mailto:")) if addresses else None
    if email is None:
        return InvitationLine(number, shown, fault=LineFault.NO_EMAIL)
    rest = re.sub(r"[\t,;<>\"]+", " ", text.replace(addresses[0], " "))
    name = clean_name(rest)
    if name is None or len(name) > 120:
        return InvitationLine(number, shown, email, fault=LineFault.BAD_NAME)
    name = name or party or ""
    if not name:
        return InvitationLine(number, shown, email, fault=LineFault.NO_NAME)
    return InvitationLine(number, shown, email, name)
