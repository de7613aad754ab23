"""The history of a journey, per circle of its reader."""

from __future__ import annotations

from partnerjourney.history.views.page import bp

__all__ = ["bp"]
