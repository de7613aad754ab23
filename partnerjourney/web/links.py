"""Pages behind a secret link: whatever it does not open is one calm page, and nothing is kept."""

from __future__ import annotations

from functools import wraps

from flask import Response

from partnerjourney.core.errors import NotFoundError
from partnerjourney.web import session as web
from partnerjourney.web.entry import slow_down
from partnerjourney.web.identity import View, public
from partnerjourney.web.pages import page

DEAD_PER_ADDRESS = 300
"""Dead links in five minutes from one address: an office, or a mail scanner, opens many."""


def calm(view: View) -> View:
    """Answer everything that a link does not open with the same page; count those per address."""

    @public
    @wraps(view)
    def calmly(token: str) -> Response:
        try:
            response: Response = view(token)
        except NotFoundError:
            web.close()
            slow_down("open a dead link", per_address=DEAD_PER_ADDRESS)
            response = page("errors/link.html", status=404)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return calmly  # type: ignore[return-value]
