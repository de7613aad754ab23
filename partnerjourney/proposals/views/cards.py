"""Proposing a change to the card of another party."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, flash, url_for
from flask_babel import gettext as _

from partnerjourney.core import clock
from partnerjourney.core.errors import ConflictError, InputError, StaleVersionError
from partnerjourney.core.policy import Permission, require
from partnerjourney.journeys.services import Place
from partnerjourney.proposals import services
from partnerjourney.proposals.schemas import CardByMandateForm, CardProposalForm
from partnerjourney.proposals.services import mandates
from partnerjourney.proposals.views.common import bp
from partnerjourney.proposals.views.one import find_place
from partnerjourney.touchpoints import services as touchpoints
from partnerjourney.touchpoints.models import Card
from partnerjourney.web import moments
from partnerjourney.web.pages import Form, page, read_form, see_other, translated
from partnerjourney.web.session import member, session


@bp.get("/cards/<uuid:card_id>")
def card(journey_id: UUID, card_id: UUID) -> Response:
    """Show the card as it is, to be changed into what one proposes."""
    place = find_place(journey_id)
    require(member(), Permission.CARD_PROPOSE, place)
    found = touchpoints.find(session(), place, card_id)
    return _page(place, found, Form(values=services.standing_card(found)))


@bp.post("/cards/<uuid:card_id>")
def propose_card(journey_id: UUID, card_id: UUID) -> Response:
    """Put a change to the party that owns the card."""
    place, form = find_place(journey_id), read_form(CardProposalForm())
    require(member(), Permission.CARD_PROPOSE, place)
    found = touchpoints.find(session(), place, card_id, lock=True)
    if not form.valid:
        return _page(place, found, form, status=422)
    reason = form.data.pop("reason")
    try:
        made = services.propose_card(
            session(), member(), place, found, fields=form.data, reason=reason, at=clock.now()
        )
    except InputError as error:
        form.errors = {n: [translated(t) for t in texts] for n, texts in error.messages.items()}
        return _page(place, found, form, status=422)
    except ConflictError:
        flash(_("Nobody owns this yet but the coordinator: change it there."), "warn")
        return see_other(url_for("maps.card", journey_id=place.id, card_id=card_id))
    flash(_("Proposed. The owner has five working days to answer."), "good")
    return see_other(url_for(".show", journey_id=place.id, proposal_id=made.id))


@bp.get("/cards/<uuid:card_id>/by-mandate")
def describe_card(journey_id: UUID, card_id: UUID) -> Response:
    """Show the card of a party that gave a mandate, to be changed at once."""
    place = find_place(journey_id)
    found, mandate = mandates.find_card(session(), member(), place, card_id, at=clock.now())
    shown = services.standing_card(found) | {"version": found.content.version}
    return _by_mandate(place, found, mandate.until, Form(values=shown))


@bp.post("/cards/<uuid:card_id>/by-mandate")
def save_card(journey_id: UUID, card_id: UUID) -> Response:
    """Change the card of another party under its mandate."""
    place, form = find_place(journey_id), read_form(CardByMandateForm())
    here = (session(), member(), place)
    found, mandate = mandates.find_card(*here, card_id, at=clock.now())
    form.values.setdefault("version", found.content.version)
    if not form.valid:
        return _by_mandate(place, found, mandate.until, form, status=422)
    data = dict(form.data)
    version = data.pop("version")
    try:
        mandates.describe_card(*here, card_id, version=version, fields=data, at=clock.now())
    except StaleVersionError:
        current = services.standing_card(found)
        form.values["version"] = found.content.version
        return _by_mandate(place, found, mandate.until, form, status=409, current=current)
    flash(_("Saved by mandate: it holds now and stands in both histories."), "success")
    return see_other(url_for("maps.card", journey_id=place.id, card_id=card_id))


def _by_mandate(
    place: Place,
    found: Card,
    until: date,
    form: Form,
    *,
    status: int = 200,
    current: dict[str, Any] | None = None,
) -> Response:
    return page(
        "proposals/by_mandate.html",
        status=status,
        place=place,
        card=found,
        owner=place.parties[found.content.party_id],
        until=moments.full_day(until),
        form=form,
        current=current,
    )


def _page(place: Place, found: Card, form: Form, *, status: int = 200) -> Response:
    return page(
        "proposals/card.html",
        status=status,
        place=place,
        card=found,
        owner=place.parties[found.content.party_id],
        form=form,
    )
