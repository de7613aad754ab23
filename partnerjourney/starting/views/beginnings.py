"""How a journey begins: a sector's example, one hand-over, or another journey once more."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, flash, g, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from partnerjourney.core import clock
from partnerjourney.core.policy import Permission, require
from partnerjourney.handovers.words import time_limit
from partnerjourney.journeys import services as journeys
from partnerjourney.starting import schemas, services
from partnerjourney.starting.rules.first import WEEKS, First
from partnerjourney.starting.views.blueprint import bp
from partnerjourney.starting.views.picture import picture
from partnerjourney.starting.words import SECTORS
from partnerjourney.web.identity import signed_in
from partnerjourney.web.pages import Form, htmx, page, read_form, see_other
from partnerjourney.web.session import member, session


@bp.app_template_global()
def sector_choices() -> list[dict[str, str]]:
    """Return the sectors to begin from, in the reader's language."""
    return [{"key": key, "name": _(name), "text": _(text)} for key, (name, text) in SECTORS.items()]


def _language() -> str:
    return "en" if str(get_locale()) == "en" else "nl"


# --- a sector's example -------------------------------------------------------------------------


@bp.route("/new/example", methods=["GET", "POST"])
def sector() -> Response:
    """Show a sector's journey, and make one of it; the address names the sector."""
    journeys.may_create(member(), g.acting)
    name = request.form.get("sector") or request.args.get("sector") or next(iter(SECTORS))
    asked = request.form.get("language") or request.args.get("language")
    language = asked if asked in services.LANGUAGES else _language()
    document = services.sector(name, language)
    form = Form({"name": document["journey"]["name"], "language": language, "form_of_address": "u"})
    if htmx.posted():
        form = read_form(schemas.SectorForm())
        if form.valid:
            place = services.begin(
                session(),
                member(),
                g.acting,
                document,
                name=form.data["name"],
                form_of_address=form.data["form_of_address"],
                at=clock.now(),
            )
            flash(_("The journey is there. Put the real names in place of these."), "success")
            return see_other(url_for("maps.show", journey_id=place.id))
    return page(
        "starting/sector.html",
        status=200 if form.valid else 422,
        sector=name,
        language=language,
        about=SECTORS[name],
        document=document,
        parties={party["key"]: party["name"] for party in document["parties"]},
        limits={h["key"]: time_limit(h.get("time_limit")) for h in document["handovers"]},
        picture=picture(document),
        form=form,
    )


# --- one hand-over ------------------------------------------------------------------------------


@bp.route("/new/one-handover", methods=["GET", "POST"])
def one_handover() -> Response:
    """Begin with one hand-over: one partner, one question, four weeks."""
    journeys.may_create(member(), g.acting)
    me = signed_in().user
    form = Form(
        {
            "direction": "giving",
            "language": _language(),
            "form_of_address": "u",
            "contact_name": me.name,
            "contact_email": me.email,
        }
    )
    if htmx.posted():
        form = read_form(schemas.FirstForm())
        if form.valid:
            return _begin(form.data)
    return page("starting/one_handover.html", status=200 if form.valid else 422, form=form)


def _begin(data: dict[str, Any]) -> Response:
    first = First(
        organisation=g.acting.name,
        partner=data["partner"],
        notices=data["notices"],
        giving=data["direction"] == "giving",
        language=data["language"],
        form_of_address=data["form_of_address"],
        told=data["told"],
    )
    contact = {"contact_name": data["contact_name"], "contact_email": data["contact_email"]}
    place = services.begin_with_one(
        session(),
        member(),
        g.acting,
        first,
        email=data["email"],
        contact=contact,
        at=clock.now(),
    )
    flash(_("The invitation to %(email)s is on its way.", email=data["email"]), "success")
    return see_other(url_for(".begun", journey_id=place.id))


@bp.get("/<uuid:journey_id>/begun")
def begun(journey_id: UUID) -> Response:
    """Say what comes next after the first hand-over: agree it, then ask for four weeks."""
    place = journeys.find(session(), member(), journey_id)
    require(member(), Permission.JOURNEY_DRAW, place)
    return page(
        "starting/begun.html",
        place=place,
        next=services.next_steps(session(), place),
        weeks=WEEKS,
    )


# --- another journey once more ------------------------------------------------------------------


@bp.route("/<uuid:journey_id>/copy", methods=["GET", "POST"])
def copy(journey_id: UUID) -> Response:
    """Make a journey with the structure of this one."""
    place = journeys.find(session(), member(), journey_id)
    require(member(), Permission.JOURNEY_DRAW, place)
    journeys.may_create(member(), g.acting)
    form = Form({"name": _("Copy of %(name)s", name=place.journey.name)[:120]})
    if htmx.posted():
        form = read_form(schemas.CopyForm())
        if form.valid:
            made = services.copy(
                session(), member(), g.acting, place, name=form.data["name"], at=clock.now()
            )
            flash(
                _("The copy is there: as it was drawn, without anything that happened."), "success"
            )
            return see_other(url_for("maps.show", journey_id=made.id))
    return page("starting/copy.html", status=200 if form.valid else 422, place=place, form=form)
