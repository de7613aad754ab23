"""The home of an organisation."""

from __future__ import annotations

from partnerjourney.home.views.page import bp

__all__ = ["bp"]
