"""Pages of surveys: the customer's links, the coordinator's waves, requests of customers."""

from __future__ import annotations

from partnerjourney.surveys.views.links import links
from partnerjourney.surveys.views.respondents import bp as respondents
from partnerjourney.surveys.views.waves import bp

__all__ = ["bp", "links", "respondents"]
