"""An organisation's colours as a style sheet of its own, kept by browsers for good."""

from __future__ import annotations

from flask import Blueprint, Response, abort, make_response

from partnerjourney.core.parties import Organisation
from partnerjourney.core.scopes import System
from partnerjourney.organisations import queries
from partnerjourney.organisations.rules.colours import style_name, style_sheet
from partnerjourney.web import session as web
from partnerjourney.web.identity import public

bp = Blueprint("brands", __name__)


@bp.app_template_global("brand_url")
def brand_url(organisation: Organisation) -> str:
    """Return the address of an organisation's style sheet; another colour is another address."""
    name = style_name(organisation.slug, organisation.id.hex, organisation.brand_colour)
    return f"/brand/{name}.css"


@bp.get("/brand/<name>.css")
@public
def style(name: str) -> Response:
    """Serve the colours; a guessed name finds nothing, so it tells nothing either."""
    web.enter(System("brand colours"))
    organisation = queries.organisation_by_slug(web.session(), name.rpartition("-")[0])
    if organisation is None or brand_url(organisation) != f"/brand/{name}.css":
        abort(404)
    response = make_response(style_sheet(organisation.brand_colour))
    response.content_type = "text/css; charset=utf-8"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
