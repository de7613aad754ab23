"""Cross-site requests are refused by Sec-Fetch-Site, with Origin as the fallback; no tokens.

The rule is that of Go's CrossOriginProtection: a browser says where an unsafe request comes from.
With neither header it is no browser of today: allowed on the public links and sign-in, refused
elsewhere.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, abort, current_app, request

from partnerjourney.web.session import SAFE

_EXEMPT = ("/u/", "/api/")
_WITHOUT_HEADERS = ("/s/", "/u/", "/a/", "/sign-in")


def permitted() -> bool:
    """Say whether this request may change something, judged by where it comes from."""
    if request.method in SAFE or request.path.startswith(_EXEMPT):
        return True
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    if origin is None:
        return request.path.startswith(_WITHOUT_HEADERS)
    ours = urlsplit(current_app.extensions["settings"].base_url)
    return origin in (f"{ours.scheme}://{ours.netloc}", f"{request.scheme}://{request.host}")


def init_app(app: Flask) -> None:
    """Check each request before anything else looks at it."""

    @app.before_request
    def _same_site() -> None:
        if not permitted():
            abort(403)
