"""Files: what is no document of the API is sent with its name, its ETag and 304 like all else."""

from __future__ import annotations

import hashlib

from flask import Response, request

from partnerjourney.web.rest.keys import actor


def file(data: bytes, content_type: str, name: str, *, kept: bool = True) -> Response:
    """Return a file under a name, or 304 where it was read before; `kept` false for no cache."""
    seed = f"{actor().organisation_id}:{content_type}:".encode()
    tag = hashlib.sha256(seed + data).hexdigest()[:32]
    response = Response(data, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-cache" if kept else "no-store"
    response.set_etag(tag)
    return unchanged(response, tag)


def unchanged(response: Response, tag: str) -> Response:
    """Return the response, or 304 and nothing where this was read before."""
    if request.method in ("GET", "HEAD") and request.if_none_match.contains_weak(tag):
        response.status_code = 304
        response.set_data(b"")
        for name in ("Content-Type", "Content-Disposition"):
            response.headers.pop(name, None)
    return response
