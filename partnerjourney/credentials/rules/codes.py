"""Codes of an app (RFC 6238: six digits, a step of 30 seconds) and recovery codes."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from datetime import datetime

STEP_SECONDS = 30
AROUND = 1
"""Steps before and after the present one that are taken too: clocks differ."""

RECOVERY_CODES = 10
RECOVERY_LENGTH = 12
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LOOKS_LIKE = str.maketrans({"o": "0", "i": "1", "l": "1"})


def step_of(at: datetime) -> int:
    """Return the number of the time step in which a moment lies."""
    return int(at.timestamp()) // STEP_SECONDS


def steps_around(at: datetime) -> Iterable[int]:
    """Return the steps whose codes are taken at a moment."""
    now = step_of(at)
    return range(now - AROUND, now + AROUND + 1)


def clean_code(typed: str) -> str | None:
    """Return the six digits that somebody typed, with or without a space; else None."""
    code = re.sub(r"[\s-]", "", typed)
    return code if re.fullmatch(r"[0-9]{6}", code) else None


def new_recovery_code() -> str:
    """Return one recovery code as it is stored: 60 random bits, no signs that look alike."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(RECOVERY_LENGTH))


def clean_recovery(typed: str) -> str | None:
    """Return a recovery code as `new_recovery_code` gave it, however it was typed; else None."""
    code = re.sub(r"[\s-]", "", typed).lower().translate(_LOOKS_LIKE)
    return code if len(code) == RECOVERY_LENGTH and set(code) <= set(_ALPHABET) else None


def in_groups(code: str) -> str:
    """Return a code in groups of four, as people read it: 7k2m-x0qe-9vta."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
