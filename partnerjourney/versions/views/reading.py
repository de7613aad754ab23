"""All versions of a journey, and one of them."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from partnerjourney.core.policy import Permission, allows
from partnerjourney.journeys.services import Place
from partnerjourney.touchpoints.services import agreed_reason_needed
from partnerjourney.versions import queries, services
from partnerjourney.versions.models import Version, VersionAnswer
from partnerjourney.versions.rules import Answer, Snapshot, State, difference, merged
from partnerjourney.versions.views.common import bp, coordinates, find_place, grouped, told
from partnerjourney.versions.views.picture import picture
from partnerjourney.versions.words import Teller
from partnerjourney.web import moments
from partnerjourney.web.pages import Form, page
from partnerjourney.web.session import member, session


@bp.get("/")
def index(journey_id: UUID) -> Response:
    """List the versions, and what putting the working copy forward would ask of whom."""
    return list_page(find_place(journey_id))


def list_page(place: Place, *, form: Form | None = None, status: int = 200) -> Response:
    """Show the list, with the form of a new version for who coordinates."""
    rows = queries.listed(session(), place.id)
    answers = queries.answers_of(session(), rows)
    names = queries.people(session(), rows)
    shown = [
        told(place, row, answers.get(row.id, []), names.get(row.made_by, "") if row.made_by else "")
        for row in rows
    ]
    now = queries.working(session(), place)
    asking = services.asking(session(), place, now) if coordinates(place) else None
    used = queries.in_use(session(), place)
    return page(
        "versions/index.html",
        status=status,
        place=place,
        versions=shown,
        in_use=next((one for one in shown if one.state is State.IN_USE), None),
        aligning=next((one for one in shown if one.state is State.ALIGNMENT), None),
        since=len(difference(used, now)) if used is not None else None,
        asking=asking,
        kept=services.kept(session(), place, now) if asking is not None else None,
        empty=not now["cards"],
        changed=asking is not None and (asking.basis is None or bool(asking.changes)),
        reason_needed=asking is not None and agreed_reason_needed(session(), place),
        form=form or Form(),
    )


@bp.get("/<uuid:version_id>")
def show(journey_id: UUID, version_id: UUID) -> Response:
    """Show one version: what it changes, who was asked, its map, and what the reader may do."""
    place = find_place(journey_id)
    return one_page(place, services.find(session(), place, version_id))


def one_page(
    place: Place, version: Version, *, form: Form | None = None, part: str = "", status: int = 200
) -> Response:
    """Show one version, with a form that keeps what was typed."""
    answers = queries.answers_of(session(), [version]).get(version.id, [])
    names = queries.people(session(), [version])
    snapshot = queries.snapshot(session(), place.id, version.id)
    basis = _basis(place, version)
    changes = difference(basis, snapshot) if basis is not None else ()
    own = services.mine(session(), place, version)
    leads = coordinates(place)
    zone = place.journey.time_zone
    waiting = [one for one in own if one.state is Answer.WAITING]
    return page(
        "versions/show.html",
        status=status,
        place=place,
        version=version,
        one=told(
            place, version, answers, names.get(version.made_by, "") if version.made_by else ""
        ),
        groups=grouped(Teller(basis, snapshot), changes) if basis is not None else [],
        first=basis is None,
        picture=picture(merged(basis, snapshot) if basis is not None else snapshot, changes),
        asked=_may_answer(place, waiting) and version.state is State.ALIGNMENT,
        due=moments.near(waiting[0].due_at, zone) if waiting else "",
        receipts=[
            (one, moments.exact(one.at, zone))
            for one in services.receipts(session(), place, version)
        ],
        leads=leads,
        outrun=leads and version.state is State.DRAFT and services.outrun(session(), version),
        ready=leads and services.ready(place, version, [row.answer for row in answers]),
        form=form or Form(),
        named=Form(values={"note": version.note}),
        part=part,
    )


def _may_answer(place: Place, waiting: list[VersionAnswer]) -> bool:
    """Whether the reader is asked, and may answer for its organisation."""
    return any(
        allows(member(), Permission.VERSION_ANSWER, place.owned(one.party_id)) for one in waiting
    )


def _basis(place: Place, version: Version) -> Snapshot | None:
    """Return what a version is compared with: what it was put upon, else what is in use."""
    if version.basis_id is not None:
        return queries.snapshot(session(), place.id, version.basis_id)
    if version.round or version.number == 1:
        return None
    before = services.latest_agreed(session(), place.id)
    if before is None or before.number >= version.number:
        return None
    return queries.snapshot(session(), place.id, before.id)
