"""Static files under addresses that carry their hash, so that browsers may keep them for good."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, send_from_directory

from partnerjourney.web.identity import public

FOLDER = Path(__file__).parent.parent / "static"

bp = Blueprint("static_files", __name__)


@cache
def fingerprint(path: str) -> str:
    """Return the first 12 hex digits of a static file's SHA-256; raises FileNotFoundError."""
    return hashlib.sha256((FOLDER / path).read_bytes()).hexdigest()[:12]


def static_url(path: str) -> str:
    """Return the address of a static file, such as css/app.css, with its hash."""
    return f"/static/{fingerprint(path)}/{path}"


@bp.get("/static/<version>/<path:path>")
@public
def static_file(version: str, path: str) -> Response:
    """Serve a static file; other than today's version is not found, only kept by old pages."""
    if not (FOLDER / path).is_file() or ".." in path:
        abort(404)
    response = send_from_directory(FOLDER, path)
    current = version == fingerprint(path) or path.startswith("fonts/")
    response.headers["Cache-Control"] = (
        "public, max-age=31536000, immutable" if current else "no-cache"
    )
    return response


def init_app(app: Flask) -> None:
    """Serve static files and let templates name them."""
    app.register_blueprint(bp)
    app.jinja_env.globals["static_url"] = static_url
