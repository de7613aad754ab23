"""The reports of an organisation on one journey: make one, follow it, take it along."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, url_for

from partnerjourney.core import clock
from partnerjourney.core.errors import NotFoundError
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.reviews import queries, schemas, services
from partnerjourney.reviews.models import ReportState
from partnerjourney.reviews.queries import ReportRow
from partnerjourney.web import numbers
from partnerjourney.web.language import locale
from partnerjourney.web.moments import exact, moment
from partnerjourney.web.pages import Form, htmx, page, read_form, see_other
from partnerjourney.web.session import member, session
from partnerjourney.web.texts import gettext as _

bp = Blueprint(
    "reviews", __name__, url_prefix="/o/<organisation>/journeys/<uuid:journey_id>/reports"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One report in the list, in the reader's language."""

    id: UUID
    busy: bool
    done: bool
    progress: int
    doing: str
    period: str
    language: str
    by: str
    fixed: str
    fixed_exact: str
    fixed_iso: str
    fingerprint: str
    problem: str


@bp.get("/")
def index(journey_id: UUID) -> Response:
    """Show the reports of this organisation; the list asks for itself while one is made."""
    place = journeys.find(session(), member(), journey_id)
    return _index(place, Form(values={"language": locale()}))


@bp.get("/progress")
def progress(journey_id: UUID) -> Response:
    """Show how far the reports are: the list alone, where only that was asked for."""
    place = journeys.find(session(), member(), journey_id)
    return _index(place, Form(values={"language": locale()}), fragment="report_list")


@bp.post("/")
def make(journey_id: UUID) -> Response:
    """Fix the facts now; the PDF follows."""
    place = journeys.find(session(), member(), journey_id)
    form = read_form(schemas.ReportForm())
    if not form.valid:
        return _index(place, form, status=422)
    services.fix_facts(session(), member(), place, at=clock.now(), **form.data)
    if htmx.partial:
        return _index(place, Form(values={"language": form.data["language"]}))
    flash(_("The figures are fixed. The PDF is being drawn."), "success")
    return see_other(url_for(".index", journey_id=journey_id))


@bp.post("/<uuid:report_id>/retry")
def retry(journey_id: UUID, report_id: UUID) -> Response:
    """Draw a report that failed once more, of the same facts."""
    place = journeys.find(session(), member(), journey_id)
    report = services.retry(session(), member(), place, report_id, at=clock.now())
    if htmx.partial:
        return _index(place, Form(values={"language": report.language}))
    return see_other(url_for(".index", journey_id=journey_id))


@bp.get("/<uuid:report_id>.pdf")
def download(journey_id: UUID, report_id: UUID) -> Response:
    """Give the PDF to somebody of the organisation whose facts it holds."""
    place = journeys.find(session(), member(), journey_id)
    report = services.find(session(), place, report_id)
    if report.pdf is None:
        raise NotFoundError
    response = make_response(report.pdf)
    response.content_type = "application/pdf"
    name = services.file_name(place, report)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _index(place: Place, form: Form, *, fragment: str = "reports", status: int = 200) -> Response:
    rows = queries.reports(session(), place)
    return page(
        "reviews/index.html",
        fragment=fragment,
        status=status,
        finding=True,
        place=place,
        form=form,
        lines=[_line(row, place.journey.time_zone) for row in rows],
        busy=any(row.busy for row in rows),
        languages=[("nl", _("Dutch")), ("en", _("English"))],
    )


def _line(row: ReportRow, zone: str) -> Line:
    days = row.days_from is not None or row.days_to is not None
    return Line(
        id=row.id,
        busy=row.busy,
        done=row.state is ReportState.DONE,
        progress=row.progress,
        doing=_doing(row),
        period=numbers.period(row.days_from, row.days_to)
        if days
        else _("Latest measuring period of each point"),
        language={"nl": _("Dutch"), "en": _("English")}.get(row.language, row.language),
        by=row.fixed_by,
        fixed=moment(row.fixed_at, clock.now(), zone),
        fixed_exact=exact(row.fixed_at, zone),
        fixed_iso=row.fixed_at.isoformat(),
        fingerprint=" ".join(row.sha256[i : i + 4] for i in range(0, 16, 4)),
        problem=_problem(row),
    )


def _doing(row: ReportRow) -> str:
    """Say which step is under way."""
    if row.state is ReportState.WAITING:
        return _("The figures are fixed; waiting for its turn")
    return _("Gathering the pages") if row.progress < 50 else _("Drawing the pages")


def _problem(row: ReportRow) -> str:
    """Say calmly why there is no PDF; empty where nothing went wrong."""
    if row.state is not ReportState.FAILED:
        return ""
    told = {
        "large": _("This journey holds more than fits a report."),
        "slow": _("Drawing took too long."),
        "not_allowed": _("Who asked for it no longer acts for this organisation."),
    }
    return told.get(row.problem or "", _("Drawing did not succeed."))
