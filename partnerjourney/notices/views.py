"""Who answers for the organisation; what mail a person gets; no more overviews, from the mail."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, flash, g, url_for
from flask_babel import gettext as _

from partnerjourney.core import clock
from partnerjourney.core.errors import InputError, NotFoundError, StaleVersionError
from partnerjourney.core.parties import Organisation, Role, monogram
from partnerjourney.core.policy import Permission, allows, require
from partnerjourney.core.scopes import System
from partnerjourney.notices import queries, schemas, services
from partnerjourney.notices.models import Answerers, NoticeSetting
from partnerjourney.notices.queries import Colleague
from partnerjourney.notices.rules import Duty, Often
from partnerjourney.organisations.queries import calendar_of
from partnerjourney.organisations.words import weekday
from partnerjourney.web import moments
from partnerjourney.web import session as web
from partnerjourney.web.entry import slow_down
from partnerjourney.web.identity import public, signed_in
from partnerjourney.web.language import speaking
from partnerjourney.web.pages import Form, page, read_form, see_other, translated
from partnerjourney.web.session import member, session

bp = Blueprint("notices", __name__)
HERE = "/o/<organisation>/organisation/answering"


def _duties() -> dict[Duty, str]:
    return {
        Duty.FIRST: _("First contact"),
        Duty.DEPUTY: _("Deputy"),
        Duty.ESCALATION: _("Escalation"),
    }


# --- who answers --------------------------------------------------------------------------------


@bp.get(f"{HERE}/")
def answering() -> Response:
    """Show who answers for the organisation, per journey where that differs, and who is away."""
    return _page()


@bp.post(f"{HERE}/")
def change_answering() -> Response:
    """Name who answers in every journey that names nobody itself."""
    return _name(None)


@bp.get(f"{HERE}/journeys/<uuid:journey_id>")
def journey(journey_id: uuid.UUID) -> Response:
    """Show who answers in one journey in the panel."""
    return _page(journey_id=journey_id)


@bp.post(f"{HERE}/journeys/<uuid:journey_id>")
def change_journey(journey_id: uuid.UUID) -> Response:
    """Name who answers in one journey."""
    return _name(journey_id)


@bp.get(f"{HERE}/members/<uuid:member_id>")
def absence(member_id: uuid.UUID) -> Response:
    """Show until when a member is away in the panel."""
    return _page(member_id=member_id)


@bp.post(f"{HERE}/members/<uuid:member_id>")
def change_absence(member_id: uuid.UUID) -> Response:
    """Say until when a member is away."""
    form = read_form(schemas.AbsenceForm())
    if not form.valid:
        return _page(member_id=member_id, form=form, status=422)
    services.set_absence(
        session(), member(), g.acting, member_id, until=form.data["until"], at=clock.now()
    )
    flash(_("Saved."), "success")
    return see_other(url_for(".answering"))


def _name(journey_id: uuid.UUID | None) -> Response:
    require(member(), Permission.ORGANISATION_EDIT, g.acting)
    form = read_form(schemas.AnswerersForm())
    if form.valid:
        try:
            services.name_answerers(
                session(), member(), g.acting, journey_id=journey_id, at=clock.now(), **form.data
            )
        except InputError as error:
            form.errors = {
                name: [translated(text) for text in texts] for name, texts in error.messages.items()
            }
        except StaleVersionError:
            return _page(journey_id=journey_id, form=form, status=409)
    if not form.valid:
        return _page(journey_id=journey_id, form=form, status=422)
    flash(_("Saved."), "success")
    return see_other(url_for(".answering"))


def _page(
    *,
    journey_id: uuid.UUID | None = None,
    member_id: uuid.UUID | None = None,
    form: Form | None = None,
    status: int = 200,
) -> Response:
    """Show the page, with a journey or a member in the panel, and what was typed where."""
    who, organisation = member(), g.acting
    require(who, Permission.ORGANISATION_READ, organisation)
    members = queries.colleagues(session(), organisation.id)
    rows, own = queries.answerers_rows(session(), organisation.id), queries.journeys(session())
    chosen = next((one for one in own if one.id == journey_id), None)
    person = next((one for one in members if one.id == member_id), None)
    if (journey_id and chosen is None) or (member_id and person is None):
        raise NotFoundError
    manages = allows(who, Permission.ORGANISATION_EDIT, organisation)
    zone = ZoneInfo(calendar_of(session(), organisation.id).zone)
    today = clock.now().astimezone(zone).date()
    if (chosen and not manages) or (person and not _may_say(person, manages=manages)):
        require(who, Permission.ORGANISATION_EDIT, organisation)
    if form is not None and status == 409:
        form.values["version"] = _version(rows.get(journey_id))
    general = form if form is not None and not chosen and not person else _form(rows.get(None))
    return page(
        "notices/answering.html",
        status=status,
        manages=manages,
        stale=status == 409,
        duties=_duties(),
        form=general,
        choices=_choices(members, none=_("All admins and editors")),
        escalation=_choices(members, none=_("All admins"), reads=True),
        stands=_named(rows.get(None), members),
        journeys=[(one, _named(rows.get(one.id), members)) for one in own],
        members=[_member_row(one, today, manages=manages) for one in members],
        chosen=chosen,
        own=form if form is not None and chosen else _form(rows.get(journey_id)),
        as_usual=_choices(members, none=_("As in all journeys")),
        as_usual_escalation=_choices(members, none=_("As in all journeys"), reads=True),
        person=person,
        away=form if form is not None and person else _away(person),
    )


def _may_say(person: Colleague, *, manages: bool) -> bool:
    return manages or person.person.user_id == member().user_id


def _version(row: Answerers | None) -> int:
    return row.version if row is not None else 0


def _form(row: Answerers | None) -> Form:
    named = {duty.value: getattr(row, f"{duty}_id", None) or "" for duty in Duty}
    return Form(values={"version": _version(row), **named})


def _away(person: Colleague | None) -> Form:
    until = person.absent_until if person is not None else None
    return Form(values={"until": until.isoformat() if until is not None else ""})


def _choices(members: list[Colleague], *, none: str, reads: bool = False) -> list[tuple[str, str]]:
    able = [(str(one.person.user_id), one.person.name) for one in members if reads or one.answers]
    return [("", none), *able]


def _named(row: Answerers | None, members: list[Colleague]) -> dict[Duty, str]:
    """Return who is named for each duty, as far as it is still a member."""
    names = {one.person.user_id: one.person.name for one in members}
    found = {duty: getattr(row, f"{duty}_id", None) for duty in Duty}
    return {duty: names.get(user, "") if user else "" for duty, user in found.items()}


def _member_row(one: Colleague, today: date, *, manages: bool) -> dict[str, Any]:
    until = one.absent_until if one.absent_until and one.absent_until >= today else None
    return {
        "id": one.id,
        "name": one.person.name,
        "monogram": monogram(one.person.name),
        "reads": one.role is Role.VIEWER,
        "until": moments.near_day(until) if until else None,
        "may_say": _may_say(one, manages=manages),
    }


# --- a person's own mail ------------------------------------------------------------------------


@bp.get("/account/mail")
def mail() -> Response:
    """Show what mail a person gets, for each organisation that it acts for."""
    return _mail()


@bp.post("/account/mail")
def change_mail() -> Response:
    """Change what mail a person gets from one organisation."""
    user = signed_in().user
    form = read_form(schemas.MailForm())
    slug = str(form.values.get("organisation", ""))
    rows = queries.settings_of(session(), user.id)
    organisation = next((one for one, _setting in rows if one.slug == slug), None)
    if organisation is None:
        raise NotFoundError
    if not form.valid:
        return _mail(organisation, form, status=422)
    services.change_own(
        session(),
        user.id,
        organisation.id,
        often=Often(form.data["often"]),
        weekday=int(form.data["weekday"]),
        immediate=form.data["immediate"],
        at=clock.now(),
    )
    flash(_("Saved for %(name)s.", name=organisation.name), "success")
    return see_other(url_for(".mail"))


def _mail(
    wrong: Organisation | None = None, typed: Form | None = None, *, status: int = 200
) -> Response:
    rows = queries.settings_of(session(), signed_in().user.id)
    return page(
        "notices/mail.html",
        status=status,
        forms=[
            (one, typed if wrong is not None and one.id == wrong.id else _chosen(setting))
            for one, setting in rows
        ],
        often=[
            (str(Often.WEEKLY), _("Every week")),
            (str(Often.DAILY), _("Every working day")),
            (str(Often.NEVER), _("Never")),
        ],
        days=[(str(day), weekday(day)) for day in range(7)],
    )


def _chosen(setting: NoticeSetting | None) -> Form:
    return Form(
        values={
            "often": str(setting.often if setting else Often.WEEKLY),
            "weekday": str(setting.weekday if setting else 0),
            "immediate": setting.immediate if setting else True,
        }
    )


# --- no more overviews --------------------------------------------------------------------------

DEAD_PER_ADDRESS = 300
"""Dead links in five minutes from one address: an office, or a mail scanner, opens many."""


@bp.get("/u/overview/<token>")
@public
def stop(token: str) -> Response:
    """Ask whether somebody wants no more overviews; changes nothing."""
    return _stop(token, done=False)


@bp.post("/u/overview/<token>")
@public
def stopped(token: str) -> Response:
    """End a person's overviews; also for one click in a mail program (RFC 8058)."""
    return _stop(token, done=True)


def _stop(token: str, *, done: bool) -> Response:
    web.enter(System("no more overviews"))
    try:
        found = services.find_stopping(session(), token)
    except NotFoundError:
        web.close()
        slow_down("open a dead link", per_address=DEAD_PER_ADDRESS)
        response = page("errors/link.html", status=404)
    else:
        if done:
            services.stop(session(), found, at=clock.now())
        with speaking(found.user.language):
            response = page("notices/stop.html", organisation=found.organisation, done=done)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
