"""The announcements that an organisation makes, over all its journeys."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, flash, g, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from partnerjourney.announcements import queries, services, words
from partnerjourney.announcements.models import OwnAnnouncement
from partnerjourney.announcements.queries import Own
from partnerjourney.announcements.rules import LONGEST, When, when
from partnerjourney.announcements.schemas import AnnouncementForm
from partnerjourney.announcements.services import Words
from partnerjourney.core import clock
from partnerjourney.core.errors import ConflictError, InputError, NotFoundError, StaleVersionError
from partnerjourney.core.policy import Permission, allows, require
from partnerjourney.journeys.queries import MyJourney, mine
from partnerjourney.journeys.services import Place
from partnerjourney.organisations.queries import calendar_of
from partnerjourney.web.pages import Form, page, read_form, see_other, translated
from partnerjourney.web.session import member, session

ours = Blueprint("our_announcements", __name__, url_prefix="/o/<organisation>/announcements")


@ours.get("/")
def index() -> Response:
    """Show what the organisation announces: what holds, what is to come, what is over."""
    require(member(), Permission.ORGANISATION_READ, g.acting)
    day = _today()
    found = queries.own(session())
    current = [one for one in found if _stands(one, day)]
    rows = [_row(one, day) for one in found]
    return page(
        "announcements/index.html",
        finding=True,
        tab="our_announcements.index",
        current=[row for one, row in zip(found, rows, strict=True) if one in current],
        past=[row for one, row in zip(found, rows, strict=True) if one not in current],
        may_make=_may(),
        journeys=len(_choices()),
    )


def _may() -> bool:
    return allows(member(), Permission.ANNOUNCEMENT_MAKE, g.acting)


def _today() -> date:
    zone = calendar_of(session(), member().organisation_id).zone
    return clock.now().astimezone(ZoneInfo(zone)).date()


def _stands(one: Own, day: date) -> bool:
    return one.stands and when(one.row, day) is not When.PAST


def _row(one: Own, day: date) -> dict[str, Any]:
    there = [place for place in one.places if place.there or place.apart]
    chip = words.chip(when(one.row, day)) if one.stands else ("neutral", _("withdrawn"), "x")
    return {
        "href": url_for(".show", announcement_id=one.row.id),
        "kind": words.kind(one.row.kind),
        "text": one.row.text,
        "days": words.days(one.row),
        "chip": chip,
        "where": ngettext("in %(num)s journey", "in %(num)s journeys", len(there)),
    }


@ours.get("/new")
def new() -> Response:
    """Show the form, with every journey chosen."""
    services.may_make(member(), g.acting)
    usual = {
        "kind": "peak",
        "first_day": _today().isoformat(),
        "journeys": [str(journey.id) for journey in _choices()],
    }
    return _form(Form(values=usual))


@ours.post("/")
def make() -> Response:
    """Announce something in the chosen journeys."""
    services.may_make(member(), g.acting)
    form = read_form(AnnouncementForm())
    if form.valid:
        try:
            said, places = _said(form)
            own, rows = services.make(
                session(), member(), g.acting, words=said, places=places, at=clock.now()
            )
        except InputError as error:
            form.errors = _faults(error)
        except NotFoundError:
            return _form(_apart(form), status=409)
        else:
            told = ngettext(
                "Announced in %(num)s journey.", "Announced in %(num)s journeys.", len(rows)
            )
            flash(told, "success")
            return see_other(url_for(".show", announcement_id=own.id))
    return _form(form, status=422)


@ours.get("/<uuid:announcement_id>")
def show(announcement_id: UUID) -> Response:
    """Show an announcement, where it stands, and the form that changes it."""
    require(member(), Permission.ORGANISATION_READ, g.acting)
    return _one(queries.one(session(), announcement_id))


@ours.post("/<uuid:announcement_id>")
def change(announcement_id: UUID) -> Response:
    """Say it otherwise, or in other journeys."""
    own = services.find(session(), announcement_id, lock=True)
    services.may_make(member(), g.acting)
    form = read_form(AnnouncementForm())
    if not form.valid:
        return _one(queries.one(session(), own.id), form, status=422)
    version = form.data["version"]
    try:
        said, places = _said(form)
        services.change(
            session(),
            member(),
            g.acting,
            own,
            version=version,
            words=said,
            places=places,
            at=clock.now(),
        )
    except InputError as error:
        form.errors = _faults(error)
        return _one(queries.one(session(), own.id), form, status=422)
    except StaleVersionError:
        form.values["version"] = own.version
        return _one(queries.one(session(), own.id), form, stale=own, status=409)
    except ConflictError:
        return _form(form, withdrawn=True, status=409)
    except NotFoundError:
        return _one(queries.one(session(), own.id), _apart(form), status=409)
    flash(_("Saved. Everybody who reads it sees this now."), "success")
    return see_other(url_for(".show", announcement_id=own.id))


@ours.post("/<uuid:announcement_id>/withdraw")
def withdraw(announcement_id: UUID) -> Response:
    """Take an announcement back everywhere."""
    own = services.find(session(), announcement_id, lock=True)
    services.withdraw(session(), member(), g.acting, own, at=clock.now())
    flash(_("Withdrawn: nobody is told this any more."), "success")
    return see_other(url_for(".index"))


def _choices() -> list[MyJourney]:
    """Return the journeys in which the organisation does more than read along."""
    found = mine(session(), member())
    return [one for one in found if one.leads or any(not party.observes for party in one.parties)]


def _said(form: Form) -> tuple[Words, list[Place]]:
    data = dict(form.data)
    data.pop("version")
    chosen = data.pop("journeys")
    return Words(**data), services.places_of(session(), member(), chosen)


def _apart(form: Form) -> Form:
    """Say at the journeys that one of those chosen is not theirs any more; the rest stays typed."""
    form.errors = {
        "journeys": [_("You take part no more in a journey that you chose. Look again.")]
    }
    return form


def _faults(error: InputError) -> dict[str, list[str]]:
    return {name: [translated(text) for text in texts] for name, texts in error.messages.items()}


def _listed() -> list[tuple[str, str, str]]:
    return [(str(one.id), one.brand, one.name) for one in _choices()]


def _form(form: Form, *, withdrawn: bool = False, status: int = 200) -> Response:
    return page(
        "announcements/new.html",
        status=status,
        finding=True,
        tab="our_announcements.index",
        form=form,
        kinds=words.kinds(),
        journeys=_listed(),
        longest=LONGEST,
        withdrawn=withdrawn,
    )


def _one(
    found: Own, form: Form | None = None, *, stale: OwnAnnouncement | None = None, status: int = 200
) -> Response:
    row, day = found.row, _today()
    standing = [str(place.journey_id) for place in found.places if place.there]
    stands = {
        "kind": row.kind.value,
        "text": row.text,
        "first_day": row.first_day.isoformat(),
        "last_day": row.last_day.isoformat() if row.last_day else "",
        "journeys": standing,
        "version": row.version,
    }
    return page(
        "announcements/show.html",
        status=status,
        finding=True,
        tab="our_announcements.index",
        row=_row(found, day),
        own=row,
        places=found.places,
        form=form or Form(values=stands),
        kinds=words.kinds(),
        journeys=_listed(),
        longest=LONGEST,
        stale=stale and {"text": stale.text, "days": words.days(stale)},
        may_change=_may() and row.withdrawn_at is None,
        may_withdraw=_may() and (row.withdrawn_at is None or bool(standing)),
    )
