"""Phases on the map itself: added, named, ordered, taken off, brought back."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request
from flask_babel import gettext

from partnerjourney.core import clock
from partnerjourney.core.errors import ConflictError, InputError, StaleVersionError
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.models import Phase
from partnerjourney.journeys.services import UNSAID, Base, Place
from partnerjourney.maps import schemas
from partnerjourney.maps.views.blueprint import bp
from partnerjourney.maps.views.desk import Ask
from partnerjourney.maps.views.reading import show_map
from partnerjourney.maps.views.said import (
    address,
    done,
    faulty,
    gone,
    outdated,
    refused,
    tell,
    undoable,
    words_of,
)
from partnerjourney.touchpoints import services as touchpoints
from partnerjourney.web.kept import kept
from partnerjourney.web.pages import Form, read_form
from partnerjourney.web.session import member, session


def _locked(journey_id: UUID, phase_id: UUID) -> tuple[Place, Phase]:
    place = journeys.find(session(), member(), journey_id, lock=True)
    return place, journeys.find_phase(session(), place, phase_id, retired=True)


def _named(phase: Phase) -> str:
    return str(gettext("the phase ‘%(name)s’", name=phase.content.name))


def _where(place: Place, after_id: UUID | None) -> str:
    """Say a place among the phases in words."""
    names = {phase.id: phase.content.name for phase in journeys.phases(session(), place.id)}
    if after_id is None or after_id not in names:
        return str(gettext("as the first"))
    return str(gettext("after ‘%(name)s’", name=names[after_id]))


@bp.get("/map/phases/new")
@kept
def new_phase(journey_id: UUID) -> Response:
    """Show the form for a new phase."""
    place = journeys.find(session(), member(), journey_id)
    last = [phase.id for phase in journeys.phases(session(), place.id)][-1:]
    after = request.args.get("after") or (str(last[0]) if last else "")
    return show_map(place, ask=Ask("new-phase", form=Form(values={"after": after})))


@bp.get("/map/phases/<uuid:phase_id>")
@kept
def phase(journey_id: UUID, phase_id: UUID) -> Response:
    """Show the forms of one phase."""
    place = journeys.find(session(), member(), journey_id)
    return show_map(place, ask=Ask("phase", phase_id))


@bp.post("/map/phases")
def add_phase(journey_id: UUID) -> Response:
    """Add a phase after another one."""
    place = journeys.find(session(), member(), journey_id, lock=True)
    form = read_form(schemas.NewPhaseForm())
    journeys.may_draw(member(), place)
    if not form.valid:
        return refused(place, "", status=422, ask=Ask("new-phase", form=form))
    name, after_id, at = form.data["name"], form.data["after"], clock.now()
    made = journeys.add_phase(session(), member(), place, name=name, at=at)
    base = Base(made.content.version)
    journeys.put_phase(session(), member(), place, made, after_id=after_id, base=base, at=at)
    told = gettext("Added: %(what)s", what=_named(made))
    undoable(told, place, f"map/phases/{made.id}/retire", {"version": made.content.version})
    return done(place, f"map/phases/{made.id}", opens=True)


@bp.post("/map/phases/<uuid:phase_id>/name")
def rename_phase(journey_id: UUID, phase_id: UUID) -> Response:
    """Give a phase another name."""
    place, phase = _locked(journey_id, phase_id)
    form = read_form(schemas.NameForm())
    if phase.retired_at is not None:
        text = gone(place, phase_id, _named(phase), form.values.get("name", ""))
        return refused(place, text, status=409)
    if not form.valid:
        return refused(place, "", status=422, ask=Ask("phase", phase_id, form))
    name, was = form.data["name"], form.data["was"]
    base = Base(form.data["version"], UNSAID if was is None else was)
    path = f"map/phases/{phase_id}/name"
    try:
        before = journeys.rename_phase(
            session(), member(), place, phase, name=name, base=base, at=clock.now()
        )
    except StaleVersionError:
        present = {"version": phase.content.version, "was": phase.content.name}
        now = gettext("It is called ‘%(name)s’ now.", name=phase.content.name)
        tell(
            outdated(place, phase_id, f"‘{was}’", now),
            kind="warn",
            button=gettext("Call it ‘%(name)s’ after all", name=name),
            action=address(place, path),
            fields={**present, "name": name},
        )
        form.values |= present
        return refused(place, "", status=409, ask=Ask("phase", phase_id, form))
    if before != name:
        undoable(
            gettext("‘%(before)s’ is called ‘%(name)s’ now.", before=before, name=name),
            place,
            path,
            {"version": phase.content.version, "was": name, "name": before},
        )
    return done(place)


@bp.post("/map/phases/<uuid:phase_id>/place")
def put_phase(journey_id: UUID, phase_id: UUID) -> Response:
    """Put a phase after another one, or first."""
    place, phase = _locked(journey_id, phase_id)
    if phase.retired_at is not None:
        return refused(place, gone(place, phase_id, _named(phase)), status=409)
    form = read_form(schemas.PutPhaseForm())
    if not form.valid:
        return faulty(form, place)
    after_id, path = form.data["after"], f"map/phases/{phase_id}/place"
    base = Base(form.data["version"], form.data["was"])
    try:
        was, now = journeys.put_phase(
            session(), member(), place, phase, after_id=after_id, base=base, at=clock.now()
        )
    except StaleVersionError:
        ids = [found.id for found in journeys.phases(session(), place.id)]
        here = ids[ids.index(phase_id) - 1] if ids[0] != phase_id else None
        stands = gettext("It stands %(where)s now.", where=_where(place, here))
        tell(
            outdated(place, phase_id, _named(phase), stands),
            kind="warn",
            button=gettext("Put it %(where)s after all", where=_where(place, after_id)),
            action=address(place, path),
            fields={"version": phase.content.version, "was": here, "after": after_id},
        )
        return refused(place, "", status=409)
    if was != now:
        undoable(
            gettext("%(what)s stands %(where)s now.", what=_named(phase), where=_where(place, now)),
            place,
            path,
            {"version": phase.content.version, "was": now, "after": was},
        )
    return done(place)


@bp.post("/map/phases/<uuid:phase_id>/retire")
def retire_phase(journey_id: UUID, phase_id: UUID) -> Response:
    """Take an empty phase off the map."""
    place, phase = _locked(journey_id, phase_id)
    if phase.retired_at is not None:
        return refused(place, gone(place, phase_id, _named(phase)), status=409)
    form = read_form(schemas.VersionForm())
    if not form.valid:
        return faulty(form, place)
    version = form.data["version"]
    try:
        touchpoints.retire_phase(session(), member(), place, phase, version=version, at=clock.now())
    except StaleVersionError:
        now = gettext("It is called ‘%(name)s’ now.", name=phase.content.name)
        return refused(place, outdated(place, phase_id, _named(phase), now), status=409)
    except InputError as error:
        return refused(place, words_of(error), status=409)
    told = gettext("%(what)s is off the map.", what=_named(phase))
    undoable(told, place, f"map/phases/{phase_id}/restore", {"version": phase.content.version})
    return done(place)


@bp.post("/map/phases/<uuid:phase_id>/restore")
def restore_phase(journey_id: UUID, phase_id: UUID) -> Response:
    """Bring a phase back where it stood."""
    place, phase = _locked(journey_id, phase_id)
    form = read_form(schemas.VersionForm())
    if not form.valid:
        return faulty(form, place)
    version = form.data["version"]
    try:
        journeys.restore_phase(session(), member(), place, phase, version=version, at=clock.now())
    except ConflictError:
        now = gettext("It is on the map.")
        return refused(place, outdated(place, phase_id, _named(phase), now), status=409)
    told = gettext("%(what)s is back on the map.", what=_named(phase))
    undoable(told, place, f"map/phases/{phase_id}/retire", {"version": phase.content.version})
    return done(place)
