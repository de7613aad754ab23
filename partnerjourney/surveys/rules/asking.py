"""Whom to ask: contact pressure over all journeys of a customer owner, sampling, reminders."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from partnerjourney.surveys.rules.kinds import Suppression

REST = timedelta(days=30)
YEAR = timedelta(days=365)
MOST_A_YEAR = 4
REMIND_AFTER = 5
"""Working days."""
LEAST_SHOWN = 5
"""Fewer are told as none: a smaller number points at people."""

_PURPOSE = b"partnerjourney: contact pressure, version 1"


def normalised(address: str) -> str:
    """Return an address in the one form in which it is compared."""
    return unicodedata.normalize("NFKC", address).strip().casefold()


def address_mac(secret: str, customer_owner: uuid.UUID, address: str) -> str:
    """Return the keyed hash of an address for one customer owner; the key is not in the database.

    HMAC-SHA256 under a key derived from the installation's secret (RFC 2104).
    """
    key = hmac.new(secret.encode(), _PURPOSE, hashlib.sha256).digest()
    said = customer_owner.bytes + normalised(address).encode()
    return hmac.new(key, said, hashlib.sha256).hexdigest()


def drawn(wave_id: uuid.UUID, mac: str, percent: int) -> bool:
    """Whether an address falls into the sample of a wave: by its keyed hash, by nobody's choice."""
    lot = hashlib.sha256(wave_id.bytes + mac.encode()).digest()
    return int.from_bytes(lot[:8]) * 100 < percent << 64


def suppression(asked: Iterable[datetime], at: datetime, *, opted_out: bool) -> Suppression | None:
    """Return why an address that was asked at these moments may not be asked now, or None."""
    if opted_out:
        return Suppression.OPTED_OUT
    recent = [moment for moment in asked if moment > at - YEAR]
    if any(moment > at - REST for moment in recent):
        return Suppression.TOO_SOON
    if len(recent) >= MOST_A_YEAR:
        return Suppression.TOO_OFTEN
    return None


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a wave reached, as it may be told; see `reach`.

    `listed` counts the addresses on its lists, asked or not. The rest is None while it is open;
    then what is one to four counts as none: `sent` and `delivered` may be that much too high.
    """

    listed: int
    sent: int | None = None
    delivered: int | None = None
    not_about_me: int | None = None
    reasons: Mapping[str, int] = field(default_factory=dict)

    @property
    def not_sent(self) -> int:
        """How many questions were not sent, where that is told: at least five, else 0."""
        return 0 if self.sent is None else self.listed - self.sent


def reach(
    *,
    sent: int,
    delivered: int,
    not_about_me: int,
    kept: Mapping[str, int],
    closed: bool,
) -> Reach:
    """Return how far a wave reached, as it may be told to whoever could have written its lists.

    `kept` counts by reason ('' without one) the questions that were not sent. Nothing about one
    address may follow, also not from a list of one, nor from looking before and after a list:
    what became of the addresses is told once, when the wave is closed, and 0 looks like 4. A
    reason is told only where all of them are at least five.
    """
    held = sum(kept.values())
    listed = sent + held
    if not closed:
        return Reach(listed)
    went = listed - _told(held)
    every = held and all(number >= LEAST_SHOWN for number in kept.values())
    return Reach(
        listed,
        went,
        went - _told(sent - delivered),
        _told(not_about_me),
        dict(sorted(kept.items())) if every else {},
    )


def _told(number: int) -> int:
    return number if number >= LEAST_SHOWN else 0


def working_days_later(moment: datetime, days: int) -> datetime:
    """Return the same time of day so many working days (Monday to Friday) later."""
    while days:
        moment += timedelta(days=1)
        days -= moment.weekday() < 5
    return moment


def is_over(close_on: date | None, today: date) -> bool:
    """Whether a wave that closes at the end of `close_on` is over today."""
    return close_on is not None and today > close_on
