"""Pages about proving who one is, a module per kind of page."""

from __future__ import annotations

from partnerjourney.credentials import jobs
from partnerjourney.credentials.views import account, door, oidc, passkeys, rule, step
from partnerjourney.credentials.views.blueprint import bp, rules

__all__ = ["account", "bp", "door", "jobs", "oidc", "passkeys", "rule", "rules", "step"]
