"""What an organisation sees of a journey from which it is apart: one calm page, or its own past."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, flash, g, url_for

from partnerjourney.core import clock
from partnerjourney.core.apart import Apart, ApartError
from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.policy import Permission, allows
from partnerjourney.leaving import services
from partnerjourney.leaving.queries import kept as queries
from partnerjourney.leaving.services.takeouts import Kept
from partnerjourney.leaving.views.blueprint import bp
from partnerjourney.leaving.views.plan import give, packages
from partnerjourney.reviews.rules import Facts, PointFact, facts_of
from partnerjourney.web import moments, numbers
from partnerjourney.web import session as web
from partnerjourney.web.errors import error_page
from partnerjourney.web.language import locale
from partnerjourney.web.pages import page, see_other
from partnerjourney.web.texts import gettext as _


@bp.app_errorhandler(ApartError)
def _apart(error: ApartError) -> Response:
    """Answer every address of the journey with the same calm page."""
    row = error.row
    today = clock.now().astimezone(ZoneInfo(row.time_zone)).date()
    over = row.reads_until is not None and row.reads_until < today
    if over or "acting" not in g:  # a link without an account opens nothing of it
        return error_page(404)
    web.close()
    response = page("leaving/apart.html", status=403, **_calm(row))
    response.headers["Cache-Control"] = "no-store"
    return response


def _calm(row: Apart) -> dict[str, Any]:
    zone = row.time_zone
    at = row.left_at or row.fixed_at
    return {
        "kept": row,
        "left": row.left_at is not None,
        "day": moments.full_day(at.astimezone(ZoneInfo(zone)).date()),
        "until": moments.full_day(row.reads_until) if row.reads_until else "",
    }


def _find(apart_id: UUID) -> Apart:
    """Return what is kept, until its last day in the journey's own zone."""
    found = queries.find(web.session(), apart_id)
    today = clock.now().astimezone(ZoneInfo(found.time_zone)).date()
    if found.reads_until is not None and found.reads_until < today:
        raise NotFoundError
    return found


@dataclass(frozen=True, slots=True)
class Judged:
    """What customers said of a point up to that day, in words: never a score alone."""

    name: str
    strong: str
    rest: str
    cases: str
    explanations: tuple[tuple[str, str], ...]


@bp.get("/apart/<uuid:apart_id>")
def past(apart_id: UUID) -> Response:
    """Show why an organisation is apart from a journey, and its own past once it has left."""
    row = _find(apart_id)
    if row.left_at is None:
        return page("leaving/apart.html", **_calm(row))
    facts = facts_of(row.past["facts"])
    return page(
        "leaving/past.html",
        **_calm(row),
        facts=facts,
        cards=row.past["cards"],
        handovers=row.past["handovers"],
        said=row.past.get("comments", []),
        judged=[_judged(point) for point in facts.points],
        taken=packages(services.takeouts.of(web.session(), row.participation_id), row.time_zone),
        may_take=allows(web.member(), Permission.TAKEOUT_MAKE, Kept(row.owner_id)),
        reports=[
            (report.id, moments.exact(report.fixed_at, row.time_zone), report.language)
            for report in queries.reports(web.session(), row)
        ],
        parties=_others(facts),
    )


def _others(facts: Facts) -> str:
    return numbers.listed([party.name for party in facts.parties if not party.mine])


def _judged(point: PointFact) -> Judged:
    now = point.now
    period = numbers.period(now.period_from, now.period_to)
    said = tuple((one.by, one.text) for one in point.explanations)
    cases = numbers.cases(point.cases)
    name = point.name[:1].upper() + point.name[1:]
    if not now.n:
        return Judged(name, "", _("no answers yet"), cases, said)
    answers = numbers.answers(now.n)
    if now.few or now.value is None:
        groups = " · ".join(
            f"{numbers.count(part.count)} × {numbers.group(part.low, part.high)}"
            for part in now.groups
        )
        return Judged(name, "", f"{answers}: {groups} · {period}", cases, said)
    spread = numbers.margin(now.metric.value, now.low, now.high)
    beside = [answers, _("margin %(margin)s", margin=spread) if spread else "", period]
    strong = numbers.figure(now.metric.value, now.value)
    return Judged(name, strong, " · ".join(part for part in beside if part), cases, said)


@bp.post("/apart/<uuid:apart_id>/data")
def take_past(apart_id: UUID) -> Response:
    """Have a package made of what was fixed when the organisation left."""
    row = _find(apart_id)
    services.takeouts.request_past(
        web.session(), web.member(), row, language=locale(), at=clock.now()
    )
    flash(_("The package is being made. You can leave this page."), "success")
    return see_other(url_for(".past", apart_id=row.id))


@bp.get("/apart/<uuid:apart_id>/data/<uuid:takeout_id>.zip")
def download_past(apart_id: UUID, takeout_id: UUID) -> Response:
    """Give a package that is ready."""
    row = _find(apart_id)
    if row.left_at is None:
        raise NotFoundError
    return give(row.participation_id, takeout_id, "past")


@bp.get("/apart/<uuid:apart_id>/reports/<uuid:report_id>.pdf")
def report(apart_id: UUID, report_id: UUID) -> Response:
    """Give a report that the organisation made while it took part."""
    row = _find(apart_id)
    if row.left_at is None:
        raise NotFoundError
    pdf = queries.report_pdf(web.session(), row, report_id)
    response = Response(pdf, content_type="application/pdf")
    response.headers["Content-Disposition"] = 'attachment; filename="ketenrapport.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response
