"""The line above the map: which version is in use since when, and what changed since."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import format_date

from partnerjourney.maps.queries import JourneyMap
from partnerjourney.versions import queries
from partnerjourney.versions.rules import difference
from partnerjourney.web.session import session
from partnerjourney.web.strips import Strip, register
from partnerjourney.web.texts import gettext as _
from partnerjourney.web.texts import ngettext


def in_use(found: JourneyMap) -> Strip | None:
    """Say which version is in use; its text is read once in a process, for it never changes."""
    place, journey = found.place, found.place.journey
    used = queries.in_use(session(), place)
    if used is None or journey.in_use_since is None or found.viewpoint is not None:
        return None
    number = len(difference(used, queries.snapshot_of(found)))
    day = journey.in_use_since.astimezone(ZoneInfo(journey.time_zone)).date()
    told = _(
        "Version %(number)s in use since %(day)s",
        number=journey.in_use_number,
        day=str(format_date(day, "d MMMM")),
    )
    if not number:
        return Strip("check", told, _("no changes since"), _to(place.id))
    link = ngettext("%(num)s change since", "%(num)s changes since", number)
    return Strip("check", told, link, _to(place.id))


def _to(journey_id: object) -> str:
    return url_for("versions.compare", journey_id=journey_id)


register("map", in_use)
