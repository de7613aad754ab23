"""The pages of the library: `reading` lists and shows, `editing` makes and changes."""

from __future__ import annotations

from partnerjourney.library.views import editing, reading  # noqa: F401 - they register their routes
from partnerjourney.library.views.blueprint import bp

__all__ = ["bp"]
