"""The coordinator's page of what a party was asked, and the pages behind the links in the mail."""

from __future__ import annotations

from partnerjourney.confirming.views import by_mail, page
from partnerjourney.confirming.views.page import bp

__all__ = ["bp", "by_mail", "page"]
