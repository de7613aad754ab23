"""The page of a group: for the coordinator of the journey."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, Response, request

from partnerjourney.core import clock
from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.parties import Party, PartyKind, Role
from partnerjourney.core.policy import Permission, require
from partnerjourney.groups import queries
from partnerjourney.groups.schemas import InviteManyForm
from partnerjourney.handovers import words as handover_words
from partnerjourney.journeys import schemas as journey_schemas
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys import words
from partnerjourney.journeys.services import Place
from partnerjourney.organisations import services as people
from partnerjourney.organisations.rules.pasted import InvitationLine, parse_invitations
from partnerjourney.web import moments, numbers
from partnerjourney.web.pages import Form, page, read_form
from partnerjourney.web.session import member, session
from partnerjourney.web.texts import gettext as _

bp = Blueprint("groups", __name__, url_prefix="/o/<organisation>/journeys/<uuid:journey_id>/groups")


@dataclass(frozen=True, slots=True)
class Told:
    """What customers said about a member at one point, in words."""

    subject: str
    strong: str
    rest: str


@dataclass(frozen=True)
class Line:
    """One member in the reader's language."""

    member: queries.Member
    age: words.Age
    told: Sequence[Told]
    differs: Sequence[tuple[queries.Difference, Sequence[handover_words.Line]]]
    leaves: str


def _find(journey_id: UUID, party_id: UUID, *, lock: bool = False) -> tuple[Place, Party]:
    place = journeys.find(session(), member(), journey_id, lock=lock)
    party = place.parties.get(party_id)
    if party is None or party.kind is not PartyKind.GROUP:
        raise NotFoundError
    require(member(), Permission.GROUP_READ, place)
    return place, party


@bp.get("/<uuid:party_id>")
def show(journey_id: UUID, party_id: UUID) -> Response:
    """Show the members of a group side by side, by name."""
    return _show(*_find(journey_id, party_id))


def _show(
    place: Place,
    party: Party,
    *,
    form: Form | None = None,
    lines: Sequence[InvitationLine] = (),
    status: int = 200,
) -> Response:
    found = queries.group(session(), place, party)
    asked = " ".join(request.args.get("q", "").split())[:80]
    shown = [
        _line(one, place)
        for one in found.members
        if asked.casefold() in one.filling.name.casefold()
    ]
    zone, now = place.journey.time_zone, clock.now()
    return page(
        "groups/show.html",
        status=status,
        place=place,
        group=found,
        lines=shown,
        asked=asked,
        confirmed=sum(one.filling.confirmed_at is not None for one in found.members),
        gone=[
            (one.name, moments.moment(one.left_at, now, zone) if one.left_at else "")
            for one in found.gone
        ],
        form=form,
        pasted=lines,
        admin=member().role is Role.ADMIN,
        faults={fault.value: _(text) for fault, text in journey_schemas.LINE_FAULTS.items()},
    )


def _line(one: queries.Member, place: Place) -> Line:
    zone = place.journey.time_zone
    return Line(
        one,
        words.age(one.filling, clock.now(), zone),
        [_told(answers) for answers in one.answers],
        [(diff, handover_words.changed(diff.shared, diff.own)) for diff in one.differences],
        moments.near_day(one.filling.leaves_on) if one.filling.leaves_on else "",
    )


def _told(answers: queries.Answers) -> Told:
    """Say a score with its number, margin and period; few answers as answers."""
    view = answers.view
    subject = answers.subject[:1].upper() + answers.subject[1:]
    if not view.n:
        return Told(subject, "", _("no answers yet"))
    period = numbers.period(view.period_from, view.period_to)
    number = numbers.answers(view.n)
    value = view.score if view.mean is None else view.mean
    if view.few or value is None:
        groups = " · ".join(
            f"{numbers.count(part.count)} × {numbers.group(part.low, part.high)}"
            for part in view.groups
        )
        return Told(subject, "", f"{number}: {groups} · {period}")
    spread = numbers.margin(view.metric.value, view.low, view.high)
    beside = [number, _("margin %(margin)s", margin=spread) if spread else "", period]
    strong = numbers.figure(view.metric.value, value)
    return Told(subject, strong, " · ".join(part for part in beside if part))


@bp.post("/<uuid:party_id>/invitations")
def invite(journey_id: UUID, party_id: UUID) -> Response:
    """Invite many members at once; what was not understood is shown, the rest is on its way."""
    place, party = _find(journey_id, party_id, lock=True)
    form = read_form(InviteManyForm())
    if not form.valid:
        return _show(place, party, form=form, status=422)
    lines = people.invite_parties(
        session(),
        member(),
        place,
        parse_invitations(form.data["text"], party=party.name),
        at=clock.now(),
        language=place.journey.language,
    )
    form.values["text"] = "\n".join(line.text for line in lines if line.fault)
    return _show(place, party, form=form, lines=lines)
