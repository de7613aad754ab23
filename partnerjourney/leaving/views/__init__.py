"""Pages of leaving: `plan` for a party that takes part, `past` for one that is apart."""

from __future__ import annotations

from partnerjourney.leaving.views import past, plan
from partnerjourney.leaving.views.blueprint import bp

__all__ = ["bp", "past", "plan"]
