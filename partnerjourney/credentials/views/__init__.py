"""Pages about proving who one is, a module per kind of page."""

from __future__ import annotations

from partnerjourney.credentials import jobs
from partnerjourney.credentials.views import account, door, rule, step
from partnerjourney.credentials.views.blueprint import bp, rules

__all__ = ["account", "bp", "door", "jobs", "rule", "rules", "step"]
