"""The pages of conversations: `reading` shows them, `beginning` starts one, `acting` goes on."""

from __future__ import annotations

from partnerjourney.comments.views import acting, beginning, reading  # noqa: F401 - their routes
from partnerjourney.comments.views.blueprint import bp

__all__ = ["bp"]
