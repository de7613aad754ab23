"""Ids: time-ordered v7 (RFC 9562, 5.7) for what people make, random v4 where time would tell.

The id of an answer must not tell the millisecond of answering; that of a card may.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from uuid import UUID

from partnerjourney.core import clock

_source: ContextVar[Callable[[int], bytes]] = ContextVar("ids", default=secrets.token_bytes)


def _stamp(value: int, version: int) -> UUID:
    value &= ~(0xF << 76) & ~(0x3 << 62)
    return UUID(int=value | version << 76 | 0x2 << 62)


def new_v7() -> UUID:
    """Return a UUID that sorts by the millisecond in which it was made."""
    milliseconds = int(clock.now().timestamp() * 1000)
    return _stamp(milliseconds << 80 | int.from_bytes(_source.get()(10)), 7)


def made_at(id_: UUID) -> datetime:
    """Return the millisecond that a v7 id tells; raises ValueError for one that tells none."""
    if id_.version != 7:
        raise ValueError(f"{id_} is no v7")
    return datetime.fromtimestamp((id_.int >> 80) / 1000, UTC)


def new_v4() -> UUID:
    """Return a random UUID that says nothing about its making."""
    return _stamp(int.from_bytes(_source.get()(16)), 4)


def neighbours() -> Iterator[UUID]:
    """Yield random UUIDs that share their first 48 bits and say nothing else of their making.

    An index takes them in one place, where strangers would each touch a page of it. Make a new
    series for each transaction.
    """
    draw = _source.get()
    shared = int.from_bytes(draw(6)) << 80
    while True:
        drawn = draw(640)
        for start in range(0, 640, 10):
            yield _stamp(shared | int.from_bytes(drawn[start : start + 10]), 4)


def new_token() -> str:
    """Return 256 random bits as 43 characters that are safe in an address."""
    return base64.urlsafe_b64encode(_source.get()(32)).rstrip(b"=").decode()


def token_hash(token: str) -> str:
    """Return the SHA-256 of a token in hex: the only form in which a token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


@contextmanager
def seeded(seed: str) -> Iterator[None]:
    """Draw ids from `seed` within this block: for the demo and for tests, never in production."""
    counter = iter(range(1 << 62))

    def draw(size: int) -> bytes:
        return hashlib.shake_256(f"{seed}:{next(counter)}".encode()).digest(size)

    token = _source.set(draw)
    try:
        yield
    finally:
        _source.reset(token)
