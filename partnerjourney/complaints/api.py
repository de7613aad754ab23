"""REST: complaints that the organisation shares, and reporting one from a service desk's system."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import url_for

from partnerjourney.complaints import queries, schemas, services
from partnerjourney.complaints.queries import Seat, Seen
from partnerjourney.complaints.rules import Reported
from partnerjourney.core import clock
from partnerjourney.core.errors import InputError
from partnerjourney.core.scopes import TokenPurpose
from partnerjourney.handovers import services as handovers
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.web import rest
from partnerjourney.web.session import session

api = rest.Api("complaints", "Complaints")

ALL = "/journeys/<uuid:journey_id>/complaints"
ONE = f"{ALL}/<uuid:complaint_id>"
_ASKED = ("closed", "reference", "linked")
_SAID = ("id", "reference", "happened", "title", "details", "needs", "happened_on", "state")
_WHEN = ("due_at", "promised_at", "reported_at", "closed_at")


def _place(journey_id: UUID) -> Place:
    return journeys.find(session(), rest.actor(), journey_id)


def _party(seat: Seat | None) -> UUID | None:
    return seat.party_id if seat else None


def _document(seen: Seen) -> dict[str, Any]:
    return {
        **{name: getattr(seen.row, name) for name in (*_SAID, *_WHEN)},
        "linked": seen.row.case_id is not None,
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
    """List the complaints that the organisation shares: open ones by due time, or closed ones.

    With a `reference` come those of its case, whether they are open or closed.
    """
    place, asked = _place(journey_id), {name: query.pop(name) for name in _ASKED}
    rows, following = rest.paged(
        _wanted(place, **asked),
        lambda seen: ((seen.row.closed_at or seen.due).isoformat(), str(seen.row.id)),
        descending=bool(asked["closed"]),
        **query,
    )
    return [_document(seen) for seen in rows], following


def _wanted(
    place: Place, *, closed: bool | None, reference: str | None, linked: bool | None
) -> list[Seen]:
    here = (session(), rest.actor(), place.id)
    if reference is None:
        found = queries.within(*here, closed=bool(closed))
    else:
        case = services.case_of(session(), place, reference)
        found = [
            seen
            for seen in queries.found_by_reference(*here, reference, case)
            if closed in (None, not seen.row.open)
        ]
    return [seen for seen in found if linked in (None, seen.row.case_id is not None)]


@api.operation("GET", ONE, purpose=TokenPurpose.READ, gives=schemas.ComplaintDocument)
def complaint(journey_id: UUID, complaint_id: UUID) -> Any:
    """Give one complaint with its history."""
    place = _place(journey_id)
    found = services.find(session(), place, complaint_id)
    return _document(queries.one(session(), rest.actor(), found))


def _members(place: Place, slugs: Sequence[str]) -> list[UUID]:
    """Return the participations of members of groups; raises InputError for one unknown here."""
    known = {slug: key for key, slug in handovers.members(session(), place).items()}
    wrong = {
        f"members.{number}": ["This is no member of a group that you know here."]
        for number, slug in enumerate(slugs)
        if slug not in known
    }
    if wrong:
        raise InputError(wrong)
    return [known[slug] for slug in slugs]


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
    members = _members(place, body.pop("members"))
    with rest.named({"where": "handovers"}):
        made = services.report(
            session(),
            rest.actor(),
            place,
            Reported(**body),
            handovers=between,
            members=members,
            at=clock.now(),
        )
    address = url_for("complaints_api.complaint", journey_id=place.id, complaint_id=made.id)
    return _document(queries.one(session(), rest.actor(), made)), 201, {"Location": address}


@api.operation(
    "POST",
    f"{ONE}/link",
    purpose=TokenPurpose.WRITE,
    takes=schemas.CaseReference,
    gives=schemas.ComplaintDocument,
)
def link(journey_id: UUID, complaint_id: UUID, body: dict[str, Any]) -> Any:
    """Link a complaint to the case of another reference, of which the organisation knows.

    It is 409 for one that is linked or closed. From then on its own reference finds that case too.
    """
    place = _place(journey_id)
    found = services.find(session(), place, complaint_id, lock=True)
    services.link(session(), rest.actor(), place, found, at=clock.now(), **body)
    return _document(queries.one(session(), rest.actor(), found))
