"""The pages of complaints: `reading` shows them, `reporting` makes one, `acting` answers it."""

from __future__ import annotations

from partnerjourney.complaints.views import acting, by_mail, reading, reporting  # noqa: F401 - their routes
from partnerjourney.complaints.views.blueprint import bp
from partnerjourney.complaints.views.ours import ours

__all__ = ["bp", "ours"]
