"""What kind of journey it is, of which one it is a part, and in which phases it is used."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, flash, url_for
from flask_babel import gettext

from partnerjourney.checks import schemas
from partnerjourney.checks.views.blueprint import bp, find_place, with_faults
from partnerjourney.core import clock
from partnerjourney.core.errors import InputError, StaleVersionError
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.touchpoints.rules.silo import is_use
from partnerjourney.web.pages import Form, htmx, page, read_form, see_other
from partnerjourney.web.session import member, session


@bp.route("/kind", methods=["GET", "POST"])
def kind(journey_id: UUID) -> Response:
    """Say what kind of journey it is."""
    place = find_place(journey_id, lock=htmx.posted())
    journeys.may_draw(member(), place)
    shown = Form(values=_values(place))
    if not htmx.posted():
        return _kind(place, shown)
    form = read_form(schemas.KindForm())
    form.values.setdefault("version", place.journey.version)
    if not form.valid:
        return _kind(place, form, status=422)
    data = dict(form.data)
    version, used, days = data.pop("version"), set(data.pop("used")), data.pop("cadence_days")
    fields = {**data, "cadence_days": int(days) if days else None}
    try:
        journeys.change_kind(
            session(), member(), place, version=version, at=clock.now(), fields=fields
        )
    except StaleVersionError:
        form.values["version"] = place.journey.version
        said = gettext(
            "Somebody else changed this journey in the meantime. Save again to overwrite."
        )
        form.errors["_schema"] = [said]
        return _kind(place, form, status=409)
    except InputError as error:
        return _kind(place, with_faults(form, error), status=422)
    for phase in journeys.phases(session(), place.id):
        marked = phase.id in used
        if phase.content.is_use != marked:
            journeys.mark_use(session(), member(), place, phase.id, is_use=marked, at=clock.now())
    flash(gettext("Saved."), "success")
    return see_other(url_for(".show", journey_id=place.id))


def _values(place: Place) -> dict[str, Any]:
    journey = place.journey
    names = ("version", "parent_id", "parent_from_id", "parent_to_id")
    return {
        **{name: getattr(journey, name) for name in names},
        "kind": journey.kind.value,
        "cadence_days": journey.cadence_days or "",
        "used": [
            str(phase.id) for phase in journeys.phases(session(), place.id) if phase.content.is_use
        ],
    }


def _kind(place: Place, form: Form, *, status: int = 200) -> Response:
    phases = journeys.phases(session(), place.id)
    return page(
        "checks/kind.html",
        status=status,
        place=place,
        form=form,
        parents=[(j.id, j.name) for j in journeys.possible_parents(session(), member(), place)],
        parent=journeys.parent_of(session(), place),
        phases=[(p.id, p.content.name, is_use(p.content.name)) for p in phases],
    )
