"""The page that searches journeys; a plain GET, so that an address can be kept."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, request

from partnerjourney.journeys import services as journeys
from partnerjourney.searching import queries
from partnerjourney.searching.rules import LONGEST, words
from partnerjourney.web.pages import page
from partnerjourney.web.session import member, session

bp = Blueprint("searching", __name__, url_prefix="/o/<organisation>/journeys")


def _page(journey_id: UUID | None) -> Response:
    place = None if journey_id is None else journeys.find(session(), member(), journey_id)
    query = " ".join(request.args.get("q", "").split())[:LONGEST]
    found, more = queries.search(session(), query, journey_id=journey_id)
    return page(
        "searching/show.html",
        place=place,
        query=query,
        asked=bool(words(query)),
        found=found,
        more=more,
    )


@bp.get("/search")
def everywhere() -> Response:
    """Search all journeys of the organisation."""
    return _page(None)


@bp.get("/<uuid:journey_id>/search")
def within(journey_id: UUID) -> Response:
    """Search one journey."""
    return _page(journey_id)
