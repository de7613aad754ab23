"""Pages about journeys."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, flash, g, url_for
from flask_babel import gettext as _

from partnerjourney.core import clock
from partnerjourney.core.errors import StaleVersionError
from partnerjourney.journeys import schemas, services
from partnerjourney.web.pages import Form, htmx, page, read_form, see_other
from partnerjourney.web.session import member, session

bp = Blueprint("journeys", __name__, url_prefix="/o/<organisation>/journeys")


@bp.get("/")
def index() -> Response:
    """Show the journeys of this organisation."""
    return page("journeys/index.html")


@bp.route("/new", methods=["GET", "POST"])
def create() -> Response:
    """Make a journey that the acting organisation coordinates."""
    form = Form(values={"language": "nl", "form_of_address": "u"})
    if htmx.posted():
        form = read_form(schemas.JourneyForm())
        if form.valid:
            fields = {**form.data, "customer_name": form.data["customer_name"] or None}
            place = services.create(session(), member(), g.acting, at=clock.now(), **fields)
            return see_other(url_for("drawing.draw", journey_id=place.id))
    else:
        services.may_create(member(), g.acting)
    return page("journeys/create.html", form=form, status=200 if form.valid else 422)


SETTINGS = (
    "name",
    "form_of_address",
    "time_zone",
    "contact_name",
    "contact_email",
    "contact_phone",
)


@bp.route("/<uuid:journey_id>/settings", methods=["GET", "POST"])
def settings(journey_id: UUID) -> Response:
    """Show and change what all see of a journey."""
    place = services.find(session(), member(), journey_id, lock=htmx.posted())
    shown = {name: getattr(place.journey, name) for name in (*SETTINGS, "version")}
    form, current, status = Form(values=shown), None, 200
    if htmx.posted():
        form = read_form(schemas.SettingsForm())
        status = 422
        if form.valid:
            data = dict(form.data)
            version = data.pop("version")
            try:
                services.change(
                    session(), member(), place, version=version, at=clock.now(), fields=data
                )
                flash(_("Saved."), "success")
                return see_other(url_for(".settings", journey_id=journey_id))
            except StaleVersionError:
                form.values["version"] = place.journey.version
                current, status = shown, 409
    owner = services.customer_owner(session(), place)
    return page(
        "journeys/settings.html",
        place=place,
        form=form,
        current=current,
        owner=owner.name,
        status=status,
    )
