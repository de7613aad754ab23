"""What a report is made of, and which reports an organisation has."""

from __future__ import annotations

from partnerjourney.reviews.queries.collecting import collect
from partnerjourney.reviews.queries.listing import ReportRow, reports

__all__ = ["ReportRow", "collect", "reports"]
