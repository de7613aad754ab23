"""Bringing a version back: first what it would do, then done."""

from __future__ import annotations

from uuid import UUID

from flask import Response, flash, url_for

from partnerjourney.core import clock
from partnerjourney.core.errors import StaleVersionError
from partnerjourney.journeys.services import Place
from partnerjourney.versions import queries, schemas, services, words
from partnerjourney.versions.models import Version
from partnerjourney.versions.rules import Way
from partnerjourney.versions.views.common import bp, find_place, told_change
from partnerjourney.web.pages import Form, page, read_form, see_other
from partnerjourney.web.session import member, session
from partnerjourney.web.texts import gettext as _
from partnerjourney.web.texts import ngettext


@bp.get("/<uuid:version_id>/restore")
def preview(journey_id: UUID, version_id: UUID) -> Response:
    """Show what bringing a version back would do, propose, and not do."""
    place = find_place(journey_id)
    services.may_put(member(), place)
    return _page(place, services.find(session(), place, version_id), Form())


def _page(place: Place, version: Version, form: Form, *, status: int = 200) -> Response:
    upon, steps = services.steps(session(), member(), place, version)
    teller = _teller(place, version)
    by_way = {
        way: [
            (
                told_change(teller, step.change, step.fields or None),
                words.why(step.why) if step.why else "",
            )
            for step in steps
            if step.way is way
        ]
        for way in Way
    }
    return page(
        "versions/restore.html",
        status=status,
        place=place,
        version=version,
        upon=upon,
        does=by_way[Way.DO],
        proposes=by_way[Way.PROPOSE],
        cannot=by_way[Way.CANNOT],
        form=form,
    )


def _teller(place: Place, version: Version) -> words.Teller:
    """Return who tells the way from the map now to a version."""
    now = queries.working(session(), place)
    return words.Teller(now, queries.snapshot(session(), place.id, version.id))


@bp.post("/<uuid:version_id>/restore")
def restore(journey_id: UUID, version_id: UUID) -> Response:
    """Do what the preview showed, while the map still says what it said then."""
    place, form = find_place(journey_id, lock=True), read_form(schemas.RestoreForm())
    services.may_put(member(), place)
    version = services.find(session(), place, version_id)
    if not form.valid:
        return _page(place, version, form, status=422)
    reason = form.data["reason"] or _("Back to version %(number)s", number=version.number)
    teller = _teller(place, version)
    try:
        found = services.restore(
            session(), member(), place, version, upon=form.data["upon"], reason=reason,
            at=clock.now(),
        )  # fmt: skip
    except StaleVersionError:
        told = _("The map was changed meanwhile. This is what it would do now; nothing was done.")
        form.errors = {"_schema": [told]}
        return _page(place, version, form, status=409)
    flash(_said(found, teller), "warn" if found.missed else "good")
    return see_other(url_for("maps.show", journey_id=place.id))


NAMED = 6
"""How many of the things that could not be done are named; the preview of the rest tells them."""


def _said(found: services.Restored, teller: words.Teller) -> str:
    parts = [ngettext("%(num)s change was made", "%(num)s changes were made", len(found.done))]
    if found.proposed:
        parts.append(ngettext("%(num)s was proposed", "%(num)s were proposed", len(found.proposed)))
    if found.missed:
        named = [f"‘{teller.title(step.change)}’" for step in found.missed[:NAMED]]
        parts.append(
            ngettext(
                "%(num)s could not be done (%(things)s)",
                "%(num)s could not be done (%(things)s)",
                len(found.missed),
                things=", ".join([*named, *(["…"] if len(found.missed) > NAMED else [])]),
            )
        )
    return f"{', '.join(parts)}."
