"""Pages about journeys."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, flash, g, url_for
from flask_babel import gettext as _

from partnerjourney.core import clock
from partnerjourney.core.errors import NotFoundError, StaleVersionError
from partnerjourney.core.parties import Role
from partnerjourney.core.policy import Permission, allows
from partnerjourney.journeys import queries, schemas, services, words
from partnerjourney.journeys.services import Place
from partnerjourney.organisations import services as people
from partnerjourney.organisations.queries import InvitationRow, invitations_of
from partnerjourney.organisations.rules.pasted import InvitationLine, parse_invitations
from partnerjourney.web import moments
from partnerjourney.web.pages import Form, htmx, page, read_form, see_other
from partnerjourney.web.session import member, session

bp = Blueprint("journeys", __name__, url_prefix="/o/<organisation>/journeys")


@bp.get("/")
def index() -> Response:
    """Show the journeys of this organisation."""
    return page(
        "journeys/index.html",
        journeys=queries.mine(session(), member()),
        may_create=allows(member(), Permission.JOURNEY_CREATE, g.acting),
    )


@bp.route("/new", methods=["GET", "POST"])
def create() -> Response:
    """Make a journey that the acting organisation coordinates."""
    form = Form(values={"language": "nl", "form_of_address": "u"})
    if htmx.posted():
        form = read_form(schemas.JourneyForm())
        if form.valid:
            fields = {**form.data, "customer_name": form.data["customer_name"] or None}
            place = services.create(session(), member(), g.acting, at=clock.now(), **fields)
            return see_other(url_for("drawing.draw", journey_id=place.id))
    else:
        services.may_create(member(), g.acting)
    return page("journeys/create.html", form=form, status=200 if form.valid else 422)


SETTINGS = (
    "name",
    "state",
    "form_of_address",
    "time_zone",
    "contact_name",
    "contact_email",
    "contact_phone",
)


@bp.route("/<uuid:journey_id>/settings", methods=["GET", "POST"])
def settings(journey_id: UUID) -> Response:
    """Show and change what all see of a journey."""
    place = services.find(session(), member(), journey_id, lock=htmx.posted())
    shown = {name: getattr(place.journey, name) for name in (*SETTINGS, "version")}
    shown["state"] = place.journey.state.value
    form, current, status = Form(values=shown), None, 200
    if htmx.posted():
        services.may_draw(member(), place)
        form = read_form(schemas.SettingsForm())
        form.values.setdefault("version", place.journey.version)
        status = 422
        if form.valid:
            data = dict(form.data)
            version = data.pop("version")
            try:
                services.change(
                    session(), member(), place, version=version, at=clock.now(), fields=data
                )
                flash(_("Saved."), "success")
                return see_other(url_for(".settings", journey_id=journey_id))
            except StaleVersionError:
                form.values["version"] = place.journey.version
                current, status = shown, 409
    owner = services.customer_owner(session(), place)
    return page(
        "journeys/settings.html",
        place=place,
        form=form,
        current=current,
        owner=owner.name,
        status=status,
    )


# --- parties -------------------------------------------------------------------------------------


def _parties(
    place: Place,
    *,
    form: Form | None = None,
    at: str = "",
    lines: list[InvitationLine] | None = None,
    status: int = 200,
) -> Response:
    leads, zone, now = place.standing.orchestrates, place.journey.time_zone, clock.now()
    rows = queries.party_rows(session(), place.id, place.parties.values())
    sent: dict[UUID, list[InvitationRow]] = {}
    if leads:
        for row in invitations_of(session(), place.id, at=clock.now()):
            sent.setdefault(row.party_id, []).append(row)
    return page(
        "journeys/parties.html",
        status=status,
        place=place,
        rows=rows,
        ages={
            one.participation_id: words.age(one, now, zone) for row in rows for one in row.members
        },
        admin=member().role is Role.ADMIN,
        full_day=lambda at: moments.full_day(at.astimezone(ZoneInfo(zone)).date()),
        near_day=moments.near_day,
        interim=lambda party: words.interim(place, party),
        invitations=sent,
        leads=leads,
        form=form,
        at=at,
        lines=lines,
        faults={fault.value: _(text) for fault, text in schemas.LINE_FAULTS.items()},
    )


@bp.get("/<uuid:journey_id>/parties")
def parties(journey_id: UUID) -> Response:
    """Show who takes part, and to the coordinator whom it has invited."""
    return _parties(services.find(session(), member(), journey_id))


@bp.post("/<uuid:journey_id>/parties/<uuid:party_id>/invitations")
def invite(journey_id: UUID, party_id: UUID) -> Response:
    """Invite somebody by mail to fill a party."""
    place = services.find(session(), member(), journey_id, lock=True)
    form = read_form(schemas.InviteForm())
    party = place.parties.get(party_id)
    if party is None:
        raise NotFoundError
    if not form.valid:
        return _parties(place, form=form, at=f"invite-{party_id}", status=422)
    people.invite_party(session(), member(), place, party, at=clock.now(), **form.data)
    flash(_("The invitation to %(email)s is on its way.", email=form.data["email"]), "success")
    return see_other(url_for(".parties", journey_id=journey_id, _anchor=f"party-{party_id}"))


@bp.post("/<uuid:journey_id>/invitations")
def invite_many(journey_id: UUID) -> Response:
    """Invite by a pasted list; what was not understood is shown, the rest is on its way."""
    place = services.find(session(), member(), journey_id, lock=True)
    form = read_form(schemas.BulkForm())
    if not form.valid:
        return _parties(place, form=form, at="bulk", status=422)
    lines = people.invite_parties(
        session(),
        member(),
        place,
        parse_invitations(form.data["text"]),
        at=clock.now(),
        language=place.journey.language,
    )
    wrong = [line.text for line in lines if line.fault]
    form.values["text"] = "\n".join(wrong)
    return _parties(place, form=form, at="bulk", lines=lines)


@bp.post("/<uuid:journey_id>/invitations/<uuid:invitation_id>/resend")
def resend(journey_id: UUID, invitation_id: UUID) -> Response:
    """Send an invitation again, with a new link."""
    place = services.find(session(), member(), journey_id, lock=True)
    found = people.find_invitation(session(), member(), place, invitation_id)
    made = people.resend_invitation(session(), member(), place, found, at=clock.now())
    flash(_("The invitation to %(email)s is on its way.", email=made.email), "success")
    return see_other(url_for(".parties", journey_id=journey_id, _anchor=f"party-{made.party_id}"))


@bp.post("/<uuid:journey_id>/invitations/<uuid:invitation_id>/withdraw")
def withdraw(journey_id: UUID, invitation_id: UUID) -> Response:
    """Take back an invitation."""
    place = services.find(session(), member(), journey_id, lock=True)
    found = people.find_invitation(session(), member(), place, invitation_id)
    people.withdraw_invitation(session(), member(), place, found, at=clock.now())
    flash(_("Withdrawn: the link in the mail to %(email)s is dead.", email=found.email), "success")
    return see_other(url_for(".parties", journey_id=journey_id, _anchor=f"party-{found.party_id}"))
