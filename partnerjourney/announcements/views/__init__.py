"""The pages of announcements: `ours` makes them, `within` shows those of one journey."""

from __future__ import annotations

from partnerjourney.announcements.views.ours import ours
from partnerjourney.announcements.views.within import bp

__all__ = ["bp", "ours"]
