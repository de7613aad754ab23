"""Pages of proposals: what waits and what was decided, one proposal, and who acts for whom."""

from __future__ import annotations

from partnerjourney.proposals.views import by_mail, cards, one, together
from partnerjourney.proposals.views.common import bp

__all__ = ["bp", "by_mail", "cards", "one", "together"]
