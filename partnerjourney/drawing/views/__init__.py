"""Pages to draw with; every form works without JavaScript."""

from __future__ import annotations

from partnerjourney.drawing.views import cards, edges, terms
from partnerjourney.drawing.views.common import bp

__all__ = ["bp", "cards", "edges", "terms"]
