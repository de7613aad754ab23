"""Pages that bring a journey in from a file, and hand one out."""

from __future__ import annotations

from partnerjourney.starting.views import beginnings, files, rows
from partnerjourney.starting.views.blueprint import bp

__all__ = ["beginnings", "bp", "files", "rows"]
