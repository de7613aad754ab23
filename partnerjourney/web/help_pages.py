"""Help: the words of the product and where to begin, for everyone who is signed in."""

from __future__ import annotations

from flask import Blueprint, Response

from partnerjourney.web.pages import page

bp = Blueprint("pages", __name__)


@bp.get("/help")
def help() -> Response:  # noqa: A001 - the endpoint's name
    """Show the help page."""
    return page("pages/help.html")
