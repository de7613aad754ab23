"""The pages of the overview and the silo check, a module each; `kinds` says what journey it is."""

from __future__ import annotations

from partnerjourney.checks.views import checking, kinds, overview  # noqa: F401 - registers routes
from partnerjourney.checks.views.blueprint import bp

__all__ = ["bp"]
