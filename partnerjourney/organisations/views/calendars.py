"""When an organisation works: weekdays, cut-off, holidays and days on which it is closed."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, flash, url_for
from flask_babel import gettext as _

from partnerjourney.core import clock
from partnerjourney.core.errors import StaleVersionError
from partnerjourney.core.holidays import OF, Country
from partnerjourney.core.policy import Permission, allows, require
from partnerjourney.core.workdays import WorkCalendar
from partnerjourney.organisations import queries, services, words
from partnerjourney.organisations.models import WorkingCalendar
from partnerjourney.organisations.schemas.calendars import CalendarForm
from partnerjourney.organisations.views.organisations import acting_here, bp
from partnerjourney.web.pages import Form, page, read_form, see_other
from partnerjourney.web.session import session

SPARE = 2
"""Empty lines for further closures."""


@bp.get("/calendar")
def calendar() -> Response:
    """Show when the organisation works, and what that means."""
    return _page()


@bp.post("/calendar")
def change_calendar() -> Response:
    """Change when the organisation works."""
    who, organisation = acting_here()
    require(who, Permission.ORGANISATION_EDIT, organisation)
    form = read_form(CalendarForm())
    if not form.valid:
        return _page(form, status=422)
    fields = dict(form.data)
    version = fields.pop("version")
    try:
        services.change_calendar(
            session(), who, organisation, version=version, fields=fields, at=clock.now()
        )
    except StaleVersionError:
        return _page(form, status=409)
    flash(_("Saved."), "success")
    return see_other(url_for(".calendar"))


def _page(form: Form | None = None, *, status: int = 200) -> Response:
    """Show the page; after a conflict with what was typed, on the version that stands now."""
    who, organisation = acting_here()
    require(who, Permission.ORGANISATION_READ, organisation)
    row, now = queries.calendar_row(session(), organisation.id), clock.now()
    stands = queries.calendar_of(session(), organisation.id)
    if form is None:
        form = Form(values=_values(row, stands))
    elif status == 409 or "version" not in form.values:
        form.values["version"] = row.version if row is not None else 0
    today = now.astimezone(ZoneInfo(stands.zone)).date()
    holidays = [(one, words.holiday_choices(one, today)) for one in (Country.NL, Country.BE)]
    return page(
        "organisations/calendar.html",
        status=status,
        form=form,
        manages=allows(who, Permission.ORGANISATION_EDIT, organisation),
        stale=status == 409,
        stands=stands,
        days=[(str(day), words.weekday(day).capitalize()) for day in range(7)],
        works=[words.weekday(day) for day in sorted(stands.days)],
        countries=[(str(one), words.country(one)) for one in Country],
        holidays=holidays,
        closures=_closures(form),
        meaning=words.meaning(stands, now),
        closed=words.closed_next(stands, today),
    )


def _values(row: WorkingCalendar | None, stands: WorkCalendar) -> dict[str, Any]:
    values: dict[str, Any] = {
        "version": row.version if row is not None else 0,
        "days": [str(day) for day in stands.days],
        "cut_off": f"{stands.cut_off:%H:%M}",
        "zone": stands.zone,
        "country": str(stands.country),
        "closed_from": [first for first, _last in row.closed_on] if row is not None else [],
        "closed_to": [last for _first, last in row.closed_on] if row is not None else [],
    }
    for country in (Country.NL, Country.BE):
        mine = stands if country is stands.country else WorkCalendar(country=country)
        values[str(country)] = [
            one.key for one in OF[country] if mine.closes_for(one.key, worked=one.worked)
        ]
    return values


def _closures(form: Form) -> list[tuple[str, str]]:
    """Return the lines of the form, as they were typed, with some empty ones."""
    starts, ends = form.values.get("closed_from", []), form.values.get("closed_to", [])
    lines = [pair for pair in zip(starts, ends, strict=False) if any(pair)]
    return [*lines, *[("", "")] * SPARE]
