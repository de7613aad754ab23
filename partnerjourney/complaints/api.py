"""REST: complaints that the organisation shares, and reporting one from a service desk's system."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import url_for

from partnerjourney.complaints import queries, schemas, services
from partnerjourney.complaints.queries import Seat, Seen
from partnerjourney.complaints.rules import Reported
from partnerjourney.core import clock
from partnerjourney.core.scopes import TokenPurpose
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.web import rest
from partnerjourney.web.session import session

api = rest.Api("complaints", "Complaints")

ALL = "/journeys/<uuid:journey_id>/complaints"
ONE = f"{ALL}/<uuid:complaint_id>"
_SAID = ("id", "reference", "happened", "title", "details", "needs", "happened_on", "state")
_WHEN = ("due_at", "promised_at", "reported_at", "closed_at")


def _place(journey_id: UUID) -> Place:
    return journeys.find(session(), rest.actor(), journey_id)


def _party(seat: Seat | None) -> UUID | None:
    return seat.party_id if seat else None


def _document(seen: Seen) -> dict[str, Any]:
    return {
        **{name: getattr(seen.row, name) for name in (*_SAID, *_WHEN)},
        "desk": _party(seen.desk),
        "picked_up": _party(seen.picker),
        "voice": _party(seen.voice),
        "handovers": seen.handovers,
        "history": [
            {
                "act": line.act,
                "party": _party(line.by),
                "text": line.text,
                "before": line.before,
                "at": line.at,
            }
            for line in seen.lines
        ],
    }


@api.operation(
    "GET",
    ALL,
    purpose=TokenPurpose.READ,
    gives=schemas.ComplaintDocument,
    asks=schemas.ComplaintsQuery,
    listed=True,
)
def complaints(journey_id: UUID, query: dict[str, Any]) -> Any:
    """List the complaints that the organisation shares: open ones by due time, or closed ones."""
    place, closed = _place(journey_id), query.pop("closed")
    rows, following = rest.paged(
        queries.within(session(), rest.actor(), place.id, closed=closed),
        lambda seen: ((seen.row.closed_at or seen.due).isoformat(), str(seen.row.id)),
        descending=closed,
        **query,
    )
    return [_document(seen) for seen in rows], following


@api.operation("GET", ONE, purpose=TokenPurpose.READ, gives=schemas.ComplaintDocument)
def complaint(journey_id: UUID, complaint_id: UUID) -> Any:
    """Give one complaint with its history."""
    place = _place(journey_id)
    found = services.find(session(), place, complaint_id)
    return _document(queries.one(session(), rest.actor(), found))


@api.operation(
    "POST",
    ALL,
    purpose=TokenPurpose.WRITE,
    takes=schemas.NewComplaint,
    gives=schemas.ComplaintDocument,
    status=201,
)
def report(journey_id: UUID, body: dict[str, Any]) -> Any:
    """Share what a customer reported with those whom it concerns, at once.

    They answer it in person; a key answers nothing.
    """
    place, between = _place(journey_id), body.pop("handovers")
    with rest.named({"where": "handovers"}):
        made = services.report(
            session(),
            rest.actor(),
            place,
            Reported(**body),
            handovers=between,
            at=clock.now(),
        )
    address = url_for("complaints_api.complaint", journey_id=place.id, complaint_id=made.id)
    return _document(queries.one(session(), rest.actor(), made)), 201, {"Location": address}
