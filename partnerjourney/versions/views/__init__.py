"""Pages of versions: all of them, one, two compared, and bringing one back."""

from __future__ import annotations

from partnerjourney.versions.views import acting, by_mail, comparing, reading, restoring, strip
from partnerjourney.versions.views.common import bp

__all__ = ["acting", "bp", "by_mail", "comparing", "reading", "restoring", "strip"]
