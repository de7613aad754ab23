"""REST: the reports of the organisation on a journey, to make and to take along."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import url_for

from partnerjourney.core import clock
from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.scopes import TokenPurpose
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.reviews import queries, schemas, services
from partnerjourney.reviews.models import ReportState
from partnerjourney.reviews.queries import ReportRow
from partnerjourney.web import rest
from partnerjourney.web.session import session

api = rest.Api("reports", "Reports")

ALL = "/journeys/<uuid:journey_id>/reports"


def _document(row: ReportRow, journey_id: UUID) -> dict[str, Any]:
    names = ("id", "state", "problem", "language", "fixed_at", "days_from", "days_to", "sha256")
    address = url_for("reports_api.pdf", journey_id=journey_id, report_id=row.id)
    done = row.state is ReportState.DONE
    return {**{name: getattr(row, name) for name in names}, "pdf": address if done else None}


@api.operation("GET", ALL, purpose=TokenPurpose.READ, gives=schemas.ReportDocument, listed=True)
def reports(journey_id: UUID, query: dict[str, Any]) -> Any:
    """List the latest fifty reports of the organisation, the newest first."""
    place = journeys.find(session(), rest.actor(), journey_id)
    rows, following = rest.paged(
        queries.reports(session(), place),
        lambda row: (row.fixed_at.isoformat(), str(row.id)),
        descending=True,
        **query,
    )
    return [_document(row, place.id) for row in rows], following


def _found(place: Place, report_id: UUID) -> dict[str, Any]:
    for row in queries.reports(session(), place):
        if row.id == report_id:
            return _document(row, place.id)
    raise NotFoundError


@api.operation(
    "POST",
    ALL,
    purpose=TokenPurpose.WRITE,
    takes=schemas.NewReport,
    gives=schemas.ReportDocument,
    status=201,
)
def make(journey_id: UUID, body: dict[str, Any]) -> Any:
    """Fix what the organisation sees of a journey now; the PDF follows, read `state` of it.

    It is made in the organisation's name, and names no person. Without days each measuring point
    shows its latest period.
    """
    place = journeys.find(session(), rest.actor(), journey_id)
    made = services.fix_facts(session(), rest.actor(), place, at=clock.now(), **body)
    address = url_for("reports_api.report", journey_id=place.id, report_id=made.id)
    return _found(place, made.id), 201, {"Location": address}


@api.operation(
    "GET", f"{ALL}/<uuid:report_id>", purpose=TokenPurpose.READ, gives=schemas.ReportDocument
)
def report(journey_id: UUID, report_id: UUID) -> Any:
    """Give one report of the latest fifty: whether its PDF is done."""
    return _found(journeys.find(session(), rest.actor(), journey_id), report_id)


@api.operation(
    "GET",
    f"{ALL}/<uuid:report_id>.pdf",
    purpose=TokenPurpose.READ,
    gives=None,
    answers=rest.PDF,
)
def pdf(journey_id: UUID, report_id: UUID) -> Any:
    """Give the PDF of a report that is done."""
    place = journeys.find(session(), rest.actor(), journey_id)
    found = services.find(session(), place, report_id)
    if found.pdf is None:
        raise NotFoundError
    return rest.file(found.pdf, rest.PDF, services.file_name(place, found), kept=False)


@api.operation(
    "POST",
    f"{ALL}/<uuid:report_id>/retry",
    purpose=TokenPurpose.WRITE,
    gives=schemas.ReportDocument,
)
def retry(journey_id: UUID, report_id: UUID) -> Any:
    """Draw a report that failed once more, of the same facts; it is 409 for one that did not."""
    place = journeys.find(session(), rest.actor(), journey_id)
    services.retry(session(), rest.actor(), place, report_id, at=clock.now())
    return _found(place, report_id)
