"""When a leaving may end, until when the past is read, and how a cell of a CSV file is written."""

from __future__ import annotations

from partnerjourney.leaving.rules.days import (
    may_end_on,
    may_read_until,
    reads_until,
    years_later,
)

__all__ = ["may_end_on", "may_read_until", "reads_until", "years_later"]
