"""Whom to ask: contact pressure over all journeys of a customer owner, sampling, reminders."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from partnerjourney.surveys.rules.kinds import Suppression

REST = timedelta(days=30)
YEAR = timedelta(days=365)
MOST_A_YEAR = 4
REMIND_AFTER = 5
"""Working days."""
LEAST_SHOWN = 5
"""Totals of what was not sent are shown when they are 0 or at least this."""

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


def shown_total(suppressed: int) -> int | None:
    """Return a total of suppressions as it may be shown: 0 or at least five, else None."""
    return suppressed if suppressed == 0 or suppressed >= LEAST_SHOWN else None


def working_days_later(moment: datetime, days: int) -> datetime:
    """Return the same time of day so many working days (Monday to Friday) later."""
    while days:
        moment += timedelta(days=1)
        days -= moment.weekday() < 5
    return moment


def is_over(close_on: date | None, today: date) -> bool:
    """Whether a wave that closes at the end of `close_on` is over today."""
    return close_on is not None and today > close_on
