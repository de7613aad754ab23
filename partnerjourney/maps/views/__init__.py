"""The pages of the map, a module per kind of page; `reading` shows it, `panels` fills the panel."""

from __future__ import annotations

from partnerjourney.maps.views import reading  # noqa: F401 - registers its routes
from partnerjourney.maps.views.blueprint import bp

__all__ = ["bp"]
