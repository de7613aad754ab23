"""Passwords: Argon2id, at most two at once, and a list of those that everybody tries first.

Hashing takes 64 MiB and about a tenth of a second, so it happens before a transaction opens. An
unknown person costs the same as a known one: `verify(None, …)` checks against a dummy.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from importlib.resources import files

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 10
LONGEST = 200

_HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4, type=Type.ID)
_AT_ONCE = threading.BoundedSemaphore(2)
_SIGNS = re.compile(r"^[\W_]+|[\W_]+$")
_EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_DUMMY = (
    "$argon2id$v=19$m=65536,t=3,p=4$dfJGq2STYblzcBYBUj/1kw"
    "$cV0nCkdy43mhPz12bXQymJZh4UzN1brKF3jDV8NHx4o"
)


class Weakness(StrEnum):
    """Why a password is not taken."""

    SHORT = "short"
    LONG = "long"
    COMMON = "common"
    PERSONAL = "personal"


def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password, with its parameters and a new salt."""
    with _AT_ONCE:
        return _HASHER.hash(_plain(password))


def verify(stored: str | None, password: str) -> bool:
    """Say whether a password fits a stored hash; without one it takes as long and says no."""
    with _AT_ONCE:
        try:
            _HASHER.verify(stored or _DUMMY, _plain(password)[:LONGEST])
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None and len(password) <= LONGEST


def outdated(stored: str) -> bool:
    """Say whether a hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(stored)


def weakness(password: str, *, personal: Iterable[str] = ()) -> Weakness | None:
    """Return why a password is refused, or None; `personal` are the person's own names.

    No rules of composition: long enough, not on the list (also not with digits and signs around
    a word of it, nor a short piece repeated), and not merely one's own name or address.
    """
    if len(password) < SHORTEST:
        return Weakness.SHORT
    if len(password) > LONGEST:
        return Weakness.LONG
    plain = _plain(password).casefold()
    core = _EDGES.sub("", plain)
    if {plain, _SIGNS.sub("", plain), core} & _common() or _repeats(plain):
        return Weakness.COMMON
    letters = _letters(plain)
    if any(letters in (_letters(own), _letters(own.partition("@")[0])) for own in personal):
        return Weakness.PERSONAL
    return None


def _plain(password: str) -> str:
    """Return one form of what different keyboards send for the same signs."""
    return unicodedata.normalize("NFKC", password)


def _letters(text: str) -> str:
    return re.sub(r"[\W\d_]+", "", _plain(text).casefold())


def _repeats(plain: str) -> bool:
    """Say whether the text is one piece over and over: up to four signs, or a listed word."""
    for size in range(1, len(plain)):
        piece = plain[:size]
        if (size <= 4 or piece in _common()) and (piece * (len(plain) // size + 1)).startswith(
            plain
        ):
            return True
    return False


@cache
def _common() -> frozenset[str]:
    text = (files("partnerjourney.core") / "common_passwords.txt").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))
