"""The demo's mailbox: what the people of the story would find in theirs."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, abort, current_app, make_response

from partnerjourney.demo import mailbox
from partnerjourney.web.headers import POLICY
from partnerjourney.web.identity import public
from partnerjourney.web.pages import page

bp = Blueprint("demo", __name__, url_prefix="/demo/mail")

FRAMING = f"{POLICY}; frame-src 'self'"
LETTER = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none';"
    " base-uri 'none'; frame-ancestors 'self'; sandbox allow-top-navigation-by-user-activation"
)
"""A mail has styles of its own but no script, no form, no picture from elsewhere, no origin."""


def _folder() -> Path:
    return Path(current_app.extensions["settings"].mail_url.removeprefix("file:"))


@bp.get("")
@public
def mail() -> Response:
    """List the mails, newest first."""
    return page("demo/mail.html", letters=mailbox.letters(_folder()))


@bp.get("/<name>")
@public
def letter(name: str) -> Response:
    """Show one mail: as its reader sees it, and its text form."""
    found = mailbox.letter(_folder(), name)
    if found is None:
        abort(404)
    response = page("demo/letter.html", letter=found)
    response.headers["Content-Security-Policy"] = FRAMING
    return response


@bp.get("/<name>/html")
@public
def letter_html(name: str) -> Response:
    """Give the HTML form of one mail, for the frame on its page."""
    found = mailbox.letter(_folder(), name)
    if found is None:
        abort(404)
    response = make_response(found.html)
    response.headers["Content-Security-Policy"] = LETTER
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response
