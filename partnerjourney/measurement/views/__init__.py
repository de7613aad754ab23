"""The measurement page: the finding, all points in path order, one of them from near."""

from __future__ import annotations

from collections.abc import Sequence
from json import dumps
from uuid import UUID

from flask import Blueprint, Response, flash, request
from marshmallow import ValidationError

from partnerjourney.announcements.queries import told
from partnerjourney.core import clock
from partnerjourney.core.errors import NotFoundError, StaleVersionError
from partnerjourney.core.parties import Role
from partnerjourney.core.policy import Permission, require
from partnerjourney.journeys.services import Place, find
from partnerjourney.measurement import services
from partnerjourney.measurement.queries import (
    Explanation,
    Period,
    Row,
    detail,
    explanations,
    headline,
    overview,
    seats,
)
from partnerjourney.measurement.queries import over_time as lines
from partnerjourney.measurement.schemas import ExplanationForm, PeriodSchema, TakeBackForm
from partnerjourney.measurement.views import choosing, explaining, heads, near, over_time, rows
from partnerjourney.surveys.models import Wave
from partnerjourney.surveys.services import points, waves
from partnerjourney.web import numbers
from partnerjourney.web.pages import Form, htmx, page, read_form, see_other
from partnerjourney.web.session import actor, member, session
from partnerjourney.web.texts import gettext as _

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


@bp.post("/<uuid:point_id>/waves/<uuid:wave_id>/parties/<uuid:party_id>/explanation")
def explain(journey_id: UUID, point_id: UUID, wave_id: UUID, party_id: UUID) -> Response:
    """Set or take back what a party of the reader's says beside a number."""
    place = find(session(), actor(), journey_id)
    asked = points.find_point(session(), place, point_id, lock=True)
    wave = waves.find_wave(session(), place, asked, wave_id)
    if party_id not in place.parties:
        raise NotFoundError
    require(actor(), Permission.EXPLANATION_EDIT, place.owned(party_id))
    takes_back = "take_back" in request.form
    form = read_form(TakeBackForm() if takes_back else ExplanationForm())
    if not form.valid:
        typed = explaining.Typed(party_id, form)
        return _page(journey_id, point_id, wave=wave, typed=typed, status=422)
    try:
        services.explain(
            session(), member(), place, asked, wave, party_id, at=clock.now(), **form.data
        )
    except StaleVersionError as error:
        form.values["version"] = error.current["version"]
        typed = explaining.Typed(party_id, form, str(error.current["text"]))
        return _page(journey_id, point_id, wave=wave, typed=typed, status=409)
    said = _("Taken back.") if takes_back else _("Saved. Who shares this number reads it now.")
    if htmx.partial:
        response = _page(journey_id, point_id, wave=wave)
        response.headers["HX-Trigger"] = dumps({"toast": {"text": said, "kind": "good"}})
        return response
    flash(said, "success")
    here = choosing.Here(place.id, point_id, _chosen()[0])
    return see_other(f"{here.near(point_id)}#explanations")


def _page(
    journey_id: UUID,
    point_id: UUID | None,
    *,
    wave: Wave | None = None,
    typed: explaining.Typed | None = None,
    status: int = 200,
) -> Response:
    """Show the points and one from near; with `wave`, in a period in which it shows that one."""
    place = find(session(), actor(), journey_id)
    require(actor(), Permission.SCORE_READ, place)
    period, form = _chosen()
    seen = overview(session(), place, period)
    selected = seen.row(point_id) if point_id else rows.telling(seen.rows)
    if point_id and wave and not _shows(selected, wave):
        period = Period(wave=wave.key)
        seen = overview(session(), place, period)
        selected = seen.row(point_id)
    if point_id and selected is None:
        raise NotFoundError
    here = choosing.Here(place.id, point_id, period)
    found = detail(session(), place, selected, period) if selected and selected.now.n else None
    line = lines.over_time(session(), place, found.row, period) if found else ()
    said = explanations(session(), place, seen)
    of_point = said.get(selected.point.id, ()) if selected else ()
    return page(
        "measurement/show.html",
        fragment="measured",
        status=422 if form.errors else status,
        place=place,
        table=rows.table(seen, here, selected, said),
        headline=headline(seen),
        finding=heads.finding(seen),
        lead=heads.lead(seen),
        choice=choosing.choice(seen, here),
        near=near.near(found, seen) if found else None,
        line=over_time.over_time(found.row, line, told(session(), [place.id])) if found else None,
        told=explaining.told(of_point),
        desks=_desks(place, found.row, here, of_point, typed) if found else (),
        notice=numbers.notice() if heads.has_nps(seen) else "",
        form=form,
    )


def _shows(row: Row | None, wave: Wave) -> bool:
    return row is not None and row.wave is not None and row.wave.id == wave.id


def _desks(
    place: Place,
    row: Row,
    here: choosing.Here,
    said: Sequence[Explanation],
    typed: explaining.Typed | None,
) -> tuple[explaining.Desk, ...]:
    """The forms of the reader's own parties; a viewer has none."""
    if member().role is Role.VIEWER:
        return ()
    mine = seats(session(), member(), place, row.point.id)
    return explaining.desks(row, place, here, mine, said, actor=member(), typed=typed)


def _chosen() -> tuple[Period, Form]:
    """Return the period in the address; one that cannot be read leaves the usual one."""
    typed = request.args.to_dict()
    try:
        period: Period = PeriodSchema().load(typed)
    except ValidationError as error:
        return Period(), choosing.faulty(typed, set(error.messages_dict))
    return period, Form(values=typed)
