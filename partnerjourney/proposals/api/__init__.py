"""REST: hand-overs with the terms that the key's organisation shares, and what waits there."""

from __future__ import annotations

from partnerjourney.proposals.api import asking, edges  # noqa: F401 - they register operations
from partnerjourney.proposals.api.common import api

__all__ = ["api"]
