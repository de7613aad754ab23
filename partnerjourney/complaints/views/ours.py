"""The complaints of an organisation over all its journeys."""

from __future__ import annotations

from flask import Blueprint, Response, request

from partnerjourney.complaints import queries
from partnerjourney.complaints.rules import this_quarter
from partnerjourney.complaints.views import shown
from partnerjourney.core import clock
from partnerjourney.journeys.queries import mine
from partnerjourney.web.pages import page
from partnerjourney.web.session import member, session

ours = Blueprint("our_complaints", __name__, url_prefix="/o/<organisation>/complaints")


@ours.get("/")
def index() -> Response:
    """Show them by due time: all open ones, those that wait for us, or those that were closed."""
    which = request.args.get("state", "")
    which = which if which in ("mine", "closed") else "open"
    journeys = mine(session(), member())
    wanted = request.args.get("journey", "")
    chosen = next((journey for journey in journeys if str(journey.id) == wanted), None)
    now = this_quarter(clock.now())
    seen = queries.over_all(session(), member(), closed=which == "closed")
    rows = [shown.row(one, now) for one in seen]
    return page(
        "complaints/ours.html",
        fragment="our_list",
        rows=[
            row
            for row in rows
            if (chosen is None or row.journey_id == chosen.id) and (which != "mine" or row.for_me)
        ],
        which=which,
        chosen=chosen,
        journeys=journeys,
    )
