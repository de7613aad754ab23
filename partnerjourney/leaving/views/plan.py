"""Working together with one party: its last day, what is open until then, and suspending it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import Response, flash, g, url_for

from partnerjourney.core import clock
from partnerjourney.core.apart import Takeout, TakeoutState
from partnerjourney.core.errors import InputError
from partnerjourney.core.parties import PartyKind
from partnerjourney.core.policy import Permission, allows
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.leaving import schemas, services
from partnerjourney.leaving.queries.open import checklist
from partnerjourney.leaving.services import Seat
from partnerjourney.leaving.views.blueprint import bp
from partnerjourney.web import moments
from partnerjourney.web.language import locale
from partnerjourney.web.pages import Form, htmx, page, read_form, see_other, translated
from partnerjourney.web.session import member, session
from partnerjourney.web.texts import gettext as _

AT = "/journeys/<uuid:journey_id>/partners/<uuid:participation_id>"


@dataclass(frozen=True, slots=True)
class Package:
    """A package of data in the list, in the reader's language."""

    id: UUID
    when: str
    exact: str
    busy: bool
    done: bool
    progress: int
    size: str


def packages(rows: list[Takeout], zone: str) -> list[Package]:
    """Return the packages as the list shows them."""
    now = clock.now()
    return [
        Package(
            row.id,
            moments.moment(row.created_at, now, zone),
            moments.exact(row.created_at, zone),
            row.state in (TakeoutState.WAITING, TakeoutState.MAKING),
            row.state is TakeoutState.DONE,
            row.progress,
            _("%(number)s kB", number=max(1, row.size // 1024)),
        )
        for row in rows
    ]


def _place(journey_id: UUID, participation_id: UUID) -> tuple[Place, Seat]:
    place = journeys.find(session(), member(), journey_id, lock=htmx.posted())
    return place, services.find(session(), member(), place, participation_id)


def _show(place: Place, seat: Seat, *, status: int = 200, **forms: Form) -> Response:
    zone, leaving = place.journey.time_zone, seat.leaving
    group = seat.party.kind is PartyKind.GROUP
    own = seat.organisation_id == member().organisation_id
    lead = place.orchestrator
    after = place.parties.get(seat.party.interim_party_id) if seat.party.interim_party_id else lead
    return page(
        "leaving/plan.html",
        status=status,
        place=place,
        seat=seat,
        name=seat.organisation.name if group else seat.party.name,
        own=own,
        group=group,
        leads=place.standing.orchestrates,
        may_suspend=allows(member(), Permission.PARTY_SUSPEND, seat),
        may_take=own and allows(member(), Permission.TAKEOUT_MAKE, seat),
        open=checklist(
            session(), place, seat.party, member=seat.participation.id if group else None
        ),
        after=after.name if after else "",
        choices=_choices(place, seat),
        last_day=moments.full_day(leaving.ends_on) if leaving and leaving.ends_on else "",
        until=moments.full_day(leaving.reads_until) if leaving and leaving.reads_until else "",
        by_party=leaving is not None and leaving.announced_by_id == seat.organisation_id,
        since=moments.moment(seat.suspension.began_at, clock.now(), zone)
        if seat.suspension
        else "",
        taken=packages(services.takeouts.of(session(), seat.participation.id), zone) if own else [],
        near_day=moments.near_day,
        forms={"leaving": _typed(seat), "interim": None, "suspend": None, **forms},
    )


def _typed(seat: Seat) -> Form:
    leaving = seat.leaving
    if leaving is None:
        return Form()
    return Form(
        values={
            "ends_on": leaving.ends_on.isoformat() if leaving.ends_on else "",
            "reads_until": leaving.reads_until.isoformat() if leaving.reads_until else "",
            "reason": leaving.reason,
        }
    )


def _choices(place: Place, seat: Seat) -> list[tuple[str, str]]:
    """Who may look after the lane afterwards: the coordinator, or a party that takes part."""
    lead = place.orchestrator
    found = [("", _("%(brand)s, as coordinator", brand=lead.name if lead else g.acting.name))]
    for party in place.parties.values():
        fits = party.kind is PartyKind.ORGANISATION and party.confirmed_at is not None
        if fits and not party.orchestrator and party.id != seat.party.id:
            found.append((str(party.id), party.name))
    return found


@bp.get(AT)
def plan(journey_id: UUID, participation_id: UUID) -> Response:
    """Show how working together with a party stands, and what is open before it ends."""
    return _show(*_place(journey_id, participation_id))


def _to_plan(place: Place, seat: Seat) -> Response:
    return see_other(url_for(".plan", journey_id=place.id, participation_id=seat.participation.id))


def _faulty(place: Place, seat: Seat, name: str, form: Form, error: InputError) -> Response:
    """Show the page again with what was typed and what is wrong with it."""
    form.errors = {
        field: [translated(text) for text in texts] for field, texts in error.messages.items()
    }
    return _show(place, seat, status=422, **{name: form})


@bp.post(f"{AT}/leaving")
def announce(journey_id: UUID, participation_id: UUID) -> Response:
    """Announce the last day of working together, or change it."""
    place, seat = _place(journey_id, participation_id)
    form = read_form(schemas.LeavingForm())
    if not form.valid:
        return _show(place, seat, status=422, leaving=form)
    try:
        made = services.announce(session(), member(), seat, at=clock.now(), **form.data)
    except InputError as error:
        return _faulty(place, seat, "leaving", form, error)
    assert made.ends_on is not None
    flash(_("Noted: the last day is %(day)s.", day=moments.full_day(made.ends_on)), "success")
    return _to_plan(place, seat)


@bp.post(f"{AT}/leaving/withdraw")
def withdraw(journey_id: UUID, participation_id: UUID) -> Response:
    """Take back that a party leaves."""
    place, seat = _place(journey_id, participation_id)
    services.withdraw(session(), member(), seat, at=clock.now())
    flash(_("Taken back: working together goes on."), "success")
    return _to_plan(place, seat)


@bp.post(f"{AT}/suspend")
def suspend(journey_id: UUID, participation_id: UUID) -> Response:
    """Suspend a party, with a reason that it reads."""
    place, seat = _place(journey_id, participation_id)
    form = read_form(schemas.SuspendForm())
    if not form.valid:
        return _show(place, seat, status=422, suspend=form)
    try:
        services.suspend(session(), member(), seat, at=clock.now(), **form.data)
    except InputError as error:
        return _faulty(place, seat, "suspend", form, error)
    flash(_("Suspended. Its lane stays as it stands."), "success")
    return _to_plan(place, seat)


@bp.post(f"{AT}/resume")
def resume(journey_id: UUID, participation_id: UUID) -> Response:
    """Let a suspended party take part again."""
    place, seat = _place(journey_id, participation_id)
    services.resume(session(), member(), seat, at=clock.now())
    flash(_("It takes part again."), "success")
    return _to_plan(place, seat)


@bp.post(f"{AT}/interim")
def appoint(journey_id: UUID, participation_id: UUID) -> Response:
    """Say who looks after the lane's cards afterwards."""
    place, seat = _place(journey_id, participation_id)
    form = read_form(schemas.InterimForm())
    if not form.valid:
        return _show(place, seat, status=422, interim=form)
    try:
        services.appoint(session(), member(), seat, form.data["interim"], at=clock.now())
    except InputError as error:
        return _faulty(place, seat, "interim", form, error)
    flash(_("Saved."), "success")
    return _to_plan(place, seat)


@bp.post(f"{AT}/data")
def take_along(journey_id: UUID, participation_id: UUID) -> Response:
    """Have a package made of what the organisation has of this journey."""
    place, seat = _place(journey_id, participation_id)
    services.takeouts.request(session(), member(), seat, language=locale(), at=clock.now())
    flash(_("The package is being made. You can leave this page."), "success")
    return _to_plan(place, seat)


@bp.get(f"{AT}/data/<uuid:takeout_id>.zip")
def download(journey_id: UUID, participation_id: UUID, takeout_id: UUID) -> Response:
    """Give a package that is ready."""
    place, seat = _place(journey_id, participation_id)
    return give(seat.participation.id, takeout_id, place.journey.slug)


def give(participation_id: UUID, takeout_id: UUID, name: str) -> Response:
    """Return a package of the acting organisation as a file."""
    found = services.takeouts.find(session(), participation_id, takeout_id)
    response = Response(found.data or b"", content_type="application/zip")
    response.headers["Content-Disposition"] = (
        f'attachment; filename="partnerjourney-{name}-{found.created_at:%Y-%m-%d}.zip"'
    )
    response.headers["Cache-Control"] = "no-store"
    return response
