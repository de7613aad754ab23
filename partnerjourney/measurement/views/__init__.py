"""The measurement page: the finding, all points in path order, one of them from near."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, request
from marshmallow import ValidationError

from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.policy import Permission, require
from partnerjourney.journeys.services import find
from partnerjourney.measurement.queries import Period, detail, headline, overview
from partnerjourney.measurement.schemas import PeriodSchema
from partnerjourney.measurement.views import choosing, heads, near, rows
from partnerjourney.web import numbers
from partnerjourney.web.pages import Form, page
from partnerjourney.web.session import actor, session

bp = Blueprint(
    "measurement", __name__, url_prefix="/o/<organisation>/journeys/<uuid:journey_id>/measurement"
)


@bp.get("/")
def show(journey_id: UUID) -> Response:
    """Show every measuring point, and from near the one that says most."""
    return _page(journey_id, None)


@bp.get("/<uuid:point_id>")
def point(journey_id: UUID, point_id: UUID) -> Response:
    """Show every measuring point, and this one from near."""
    return _page(journey_id, point_id)


def _page(journey_id: UUID, point_id: UUID | None) -> Response:
    place = find(session(), actor(), journey_id)
    require(actor(), Permission.SCORE_READ, place)
    period, form = _chosen()
    seen = overview(session(), place, period)
    selected = seen.row(point_id) if point_id else rows.telling(seen.rows)
    if point_id and selected is None:
        raise NotFoundError
    here = choosing.Here(place.id, point_id, period)
    found = detail(session(), place, selected, period) if selected and selected.now.n else None
    return page(
        "measurement/show.html",
        fragment="measured",
        status=422 if form.errors else 200,
        place=place,
        table=rows.table(seen, here, selected),
        headline=headline(seen),
        finding=heads.finding(seen),
        lead=heads.lead(seen),
        choice=choosing.choice(seen, here),
        near=near.near(found, seen) if found else None,
        notice=numbers.notice() if heads.has_nps(seen) else "",
        form=form,
    )


def _chosen() -> tuple[Period, Form]:
    """Return the period in the address; one that cannot be read leaves the usual one."""
    typed = request.args.to_dict()
    try:
        period: Period = PeriodSchema().load(typed)
    except ValidationError as error:
        return Period(), choosing.faulty(typed, set(error.messages_dict))
    return period, Form(values=typed)
