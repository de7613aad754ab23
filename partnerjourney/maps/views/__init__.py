"""The pages of the map, a module per kind of page.

`reading` shows it, `panels` fills the panel; `edit_…` change it, with `handles` and `desk` for what
the reader may take hold of, and `said` for what is told afterwards.
"""

from __future__ import annotations

from partnerjourney.maps.views import (  # noqa: F401 - they register their routes
    edit_cards,
    edit_edges,
    edit_phases,
    reading,
)
from partnerjourney.maps.views.blueprint import bp

__all__ = ["bp"]
