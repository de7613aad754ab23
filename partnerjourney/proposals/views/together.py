"""How the parties work together here: mandates, and whether silence is consent."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, flash, url_for
from flask_babel import gettext as _

from partnerjourney.core import clock
from partnerjourney.core.errors import ConflictError, InputError
from partnerjourney.core.parties import Party, PartyKind
from partnerjourney.core.policy import Permission, allows
from partnerjourney.journeys.services import Place
from partnerjourney.proposals import queries
from partnerjourney.proposals.models import Mandate
from partnerjourney.proposals.schemas import MandateForm, SilenceForm
from partnerjourney.proposals.services import mandates, silence
from partnerjourney.proposals.views.common import bp
from partnerjourney.proposals.views.one import find_place
from partnerjourney.web import moments
from partnerjourney.web.fresh import must_be_fresh, require_fresh
from partnerjourney.web.pages import Form, page, read_form, see_other, translated
from partnerjourney.web.session import member, session


@dataclass(frozen=True)
class MandateLine:
    """A mandate in words; `state` is in force, over or taken back."""

    id: uuid.UUID
    giver: Party
    taker: Party
    until: str
    state: str
    revocable: bool
    used: Sequence[str]


@dataclass(frozen=True)
class SilenceLine:
    """A circle in which silence may be consent: with whom, who switched it on."""

    circle_id: uuid.UUID
    party: Party
    others: str
    mine_on: bool
    others_on: bool
    may: bool


@bp.get("/together")
def together(journey_id: UUID) -> Response:
    """Show who may update what for whom, and where silence is consent."""
    return _page(find_place(journey_id))


def _page(place: Place, *, form: Form | None = None, status: int = 200) -> Response:
    actor = member()
    mine = [
        party
        for party in place.mine
        if party.id in place.standing.party_ids
        and allows(actor, Permission.MANDATE_GIVE, place.owned(party.id))
    ]
    takers = [
        party
        for party in place.parties.values()
        if party.kind is PartyKind.ORGANISATION and party.confirmed_at and party not in place.mine
    ]
    today = clock.now().astimezone(ZoneInfo(place.journey.time_zone)).date()
    used = queries.mandate_uses(session(), place.id)
    lines = [
        _mandate(place, one, today, used.get(one.id, ()))
        for one in queries.mandates(session(), place.id)
    ]
    return page(
        "proposals/together.html",
        status=status,
        place=place,
        mandates=lines,
        givers=mine,
        takers=takers,
        giver_choices=[(str(party.id), party.name) for party in mine],
        taker_choices=[(str(party.id), party.name) for party in takers],
        silences=_silences(place),
        form=form or Form(),
        today=today.isoformat(),
    )


def _mandate(
    place: Place, one: Mandate, today: date, used: Sequence[queries.MandateUse]
) -> MandateLine:
    in_force = one.revoked_at is None and one.until >= today
    state = "in_force" if in_force else "over" if one.revoked_at is None else "revoked"
    giver = place.parties[one.from_party_id]
    may = allows(member(), Permission.MANDATE_GIVE, place.owned(giver.id))
    return MandateLine(
        one.id,
        giver,
        place.parties[one.to_party_id],
        moments.full_day(one.until),
        state,
        in_force and may,
        [
            _(
                "%(day)s: ‘%(card)s’ changed by %(party)s",
                day=moments.near(use.at, place.journey.time_zone),
                card=use.thing,
                party=use.by,
            )
            for use in used
        ],
    )


def _silences(place: Place) -> list[SilenceLine]:
    on = {
        (row.circle_id, row.party_id)
        for row in queries.silence(session(), place.id)
        if row.switched_on
    }
    found = []
    for circle in queries.circles_of_terms(session(), place.id):
        kinds = {one: place.parties[one].kind for one in circle.sides}
        sides = [one for one, kind in kinds.items() if kind is not PartyKind.CUSTOMER]
        own = [party_id for party_id in sides if party_id in _speaks(place)]
        others = [party_id for party_id in sides if party_id not in own]
        of_group = PartyKind.GROUP in kinds.values()
        if not own or not others or (of_group and not circle.member):
            continue  # a group's definition follows what its members answer
        party = place.parties[own[0]]
        found.append(
            SilenceLine(
                circle.id,
                party,
                circle.member or ", ".join(place.parties[one].name for one in others),
                (circle.id, party.id) in on,
                all((circle.id, one) in on for one in others),
                allows(member(), Permission.SILENCE_SWITCH, place.owned(party.id)),
            )
        )
    return found


def _speaks(place: Place) -> frozenset[uuid.UUID]:
    return place.standing.party_ids | place.standing.group_ids


@bp.post("/together/mandates")
@require_fresh
def give_mandate(journey_id: UUID) -> Response:
    """Let another party update one's descriptions until a day."""
    place, form = find_place(journey_id), read_form(MandateForm())
    if not form.valid:
        return _page(place, form=form, status=422)
    try:
        mandates.give(session(), member(), place, at=clock.now(), **form.data)
    except InputError as error:
        form.errors = {n: [translated(t) for t in texts] for n, texts in error.messages.items()}
        return _page(place, form=form, status=422)
    flash(_("The mandate holds from now on. You can take it back at any moment."), "good")
    return see_other(url_for(".together", journey_id=place.id))


@bp.post("/together/mandates/<uuid:mandate_id>/revoke")
def revoke_mandate(journey_id: UUID, mandate_id: UUID) -> Response:
    """Take a mandate back."""
    place = find_place(journey_id)
    try:
        mandates.revoke(session(), member(), place, mandate_id, at=clock.now())
    except ConflictError:
        flash(_("This mandate was taken back already."), "neutral")
    else:
        flash(_("Taken back: from now on changes are proposed to you again."), "good")
    return see_other(url_for(".together", journey_id=place.id))


@bp.post("/together/silence")
def switch_silence(journey_id: UUID) -> Response:
    """Let silence be consent for one's own side of a circle, or not any more.

    Switching it on binds: it asks for a fresh proof. Switching it off never does.
    """
    form = read_form(SilenceForm())
    if not form.valid or form.data["on"]:
        must_be_fresh()
    place = find_place(journey_id)
    if not form.valid:
        raise InputError(form.errors)
    data = form.data
    silence.switch(
        session(), member(), place, data["circle_id"], data["party_id"], on=data["on"],
        at=clock.now(),
    )  # fmt: skip
    on = data["on"]
    flash(
        _("From your side silence is consent for descriptions.")
        if on
        else _("Silence is no consent any more: what you leave unanswered stays open."),
        "good",
    )
    return see_other(url_for(".together", journey_id=place.id))
