"""Pages of surveys: the customer's (public links) and the coordinator's (waves)."""

from __future__ import annotations

from partnerjourney.surveys.views.links import links
from partnerjourney.surveys.views.waves import bp

__all__ = ["bp", "links"]
