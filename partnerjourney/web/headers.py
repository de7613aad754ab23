"""The headers of every answer, also of errors; caching by who may read it."""

from __future__ import annotations

import hashlib

from flask import Flask, Response, g, request

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'; manifest-src 'self'"
)
_ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
}


def _tag(response: Response) -> None:
    """Give a member's page an ETag of its own organisation, so that nothing leaks across."""
    acting = g.get("acting")
    seed = f"{acting.id if acting else ''}:{request.headers.get('HX-Request', '')}:".encode()
    digest = hashlib.sha256(seed + response.get_data()).hexdigest()[:32]
    response.set_etag(digest)
    response.make_conditional(request)


def init_app(app: Flask, *, secure: bool) -> None:
    """Set the headers after each request."""

    @app.after_request
    def _headers(response: Response) -> Response:
        if "headers_set" in g:  # a kept page has them
            return response
        given = {name for name, _ in response.headers}
        response.headers.extend((name, _ALWAYS[name]) for name in _ALWAYS if name not in given)
        if secure:
            response.headers.setdefault(
                "Strict-Transport-Security", "max-age=31536000; includeSubDomains"
            )
        if "Cache-Control" in response.headers:
            return response
        private = g.get("acting") is not None and response.status_code == 200
        if private and request.method in ("GET", "HEAD") and not response.direct_passthrough:
            response.headers["Cache-Control"] = "private, no-cache"
            _tag(response)
        else:
            response.headers["Cache-Control"] = "no-store"
        return response
