"""Any two versions compared, the working copy among them: as a list and as a map."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from uuid import UUID

from flask import Response, request

from partnerjourney.core.errors import NotFoundError
from partnerjourney.journeys.services import Place
from partnerjourney.versions import queries
from partnerjourney.versions.models import Version
from partnerjourney.versions.rules import Snapshot, difference, merged
from partnerjourney.versions.views.common import bp, find_place, grouped
from partnerjourney.versions.views.picture import picture
from partnerjourney.versions.words import Teller
from partnerjourney.web.pages import page
from partnerjourney.web.session import session
from partnerjourney.web.texts import gettext as _

NOW = "now"
"""The working copy, in addresses."""


@dataclass(frozen=True)
class Side:
    """One of the two: its key in the address, its name, what it says."""

    key: str
    name: str
    snapshot: Snapshot


@bp.get("/compare")
def compare(journey_id: UUID) -> Response:
    """Show what differs between two versions; usually the one in use and the map as it is now."""
    place = find_place(journey_id)
    rows = queries.listed(session(), place.id)
    usual = str(place.journey.in_use_id or (rows[0].id if rows else NOW))
    before = _side(place, rows, request.args.get("from") or usual)
    after = _side(place, rows, request.args.get("to") or NOW)
    changes = difference(before.snapshot, after.snapshot)
    both = merged(before.snapshot, after.snapshot)
    return page(
        "versions/compare.html",
        place=place,
        choices=_choices(rows),
        before=before,
        after=after,
        number=len(changes),
        groups=grouped(Teller(before.snapshot, after.snapshot), changes),
        picture=picture(both, changes),
    )


def _choices(rows: list[Version]) -> list[tuple[str, str]]:
    """Return what can be compared; nothing as long as the map would stand beside itself."""
    named = [(str(row.id), _name(row)) for row in rows]
    return [*named, (NOW, _("The map as it is now"))] if named else []


def _name(row: Version) -> str:
    return _("Version %(number)s", number=row.number)


def _side(place: Place, rows: list[Version], key: str) -> Side:
    if key == NOW:
        return Side(NOW, _("The map as it is now"), queries.working(session(), place))
    try:
        wanted = uuid.UUID(key)
    except ValueError:
        raise NotFoundError from None
    row = next((row for row in rows if row.id == wanted), None)
    if row is None:
        raise NotFoundError
    return Side(key, _name(row), queries.snapshot(session(), place.id, row.id))
