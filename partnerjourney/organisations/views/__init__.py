"""Pages about people and organisations, a module per kind of page."""

from __future__ import annotations

from partnerjourney.organisations import jobs
from partnerjourney.organisations.views import calendars, colleagues, profile
from partnerjourney.organisations.views.accounts import bp as accounts
from partnerjourney.organisations.views.brands import bp as brands
from partnerjourney.organisations.views.keys import bp as keys
from partnerjourney.organisations.views.organisations import bp

__all__ = ["accounts", "bp", "brands", "calendars", "colleagues", "jobs", "keys", "profile"]
