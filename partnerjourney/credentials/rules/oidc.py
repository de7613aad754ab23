"""Signing in at an organisation's own provider (OpenID Connect): who may come in by it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

LINK_LASTS_MINUTES = 30


@dataclass(frozen=True)
class Claimed:
    """What a provider says of somebody; `email` is verified by it, and clean."""

    issuer: str
    subject: str
    email: str
    name: str


def domains(text: str) -> frozenset[str]:
    """Return the mail domains of a setting: parted by commas or spaces, in small letters."""
    return frozenset(text.lower().replace(",", " ").replace("@", " ").split())


def is_of(email: str, allowed: frozenset[str]) -> bool:
    """Say whether an address is exactly of one of these domains, not of one below."""
    _name, sign, domain = email.rpartition("@")
    return bool(sign) and domain in allowed


def identity_hash(issuer: str, subject: str) -> str:
    """Return what stands for one person at one provider; no other pair gives the same."""
    return hashlib.sha256(f"{len(issuer)}:{issuer}{subject}".encode()).hexdigest()
