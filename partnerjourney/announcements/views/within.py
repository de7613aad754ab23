"""The announcements of one journey, as far as the reader is told of them."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, g
from flask_babel import gettext as _

from partnerjourney.announcements import queries
from partnerjourney.announcements.rules import When, when
from partnerjourney.announcements.views.shown import line
from partnerjourney.core import clock
from partnerjourney.core.policy import Permission, allows
from partnerjourney.journeys import services as journeys
from partnerjourney.web.kept import kept
from partnerjourney.web.pages import page
from partnerjourney.web.session import member, session

bp = Blueprint(
    "announcements",
    __name__,
    url_prefix="/o/<organisation>/journeys/<uuid:journey_id>/announcements",
)


@bp.get("/")
@kept
def show(journey_id: UUID) -> Response:
    """Show what holds now, what is to come and what is over."""
    place = journeys.find(session(), member(), journey_id)
    now = clock.now().astimezone(ZoneInfo(place.journey.time_zone)).date()
    found = queries.told(session(), [place.id])
    lines: dict[When, list[object]] = {one: [] for one in (When.RUNNING, When.COMING, When.PAST)}
    for one in found:
        mine = one.organisation_id == member().organisation_id
        lines[when(one, now)].append(line(one, now, mine=mine))
    titles = {When.RUNNING: _("Now"), When.COMING: _("To come"), When.PAST: _("Over")}
    return page(
        "announcements/within.html",
        finding=True,
        place=place,
        tab="maps.show",
        groups=[(titles[one], lines[one]) for one in lines if lines[one]],
        may_make=bool(place.mine) and allows(member(), Permission.ANNOUNCEMENT_MAKE, g.acting),
    )
