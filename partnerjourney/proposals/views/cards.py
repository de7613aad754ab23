"""Proposing a change to the card of another party."""

from __future__ import annotations

from uuid import UUID

from flask import Response, flash, url_for
from flask_babel import gettext as _

from partnerjourney.core import clock
from partnerjourney.core.errors import ConflictError, InputError
from partnerjourney.core.policy import Permission, require
from partnerjourney.journeys.services import Place
from partnerjourney.proposals import services
from partnerjourney.proposals.schemas import CardProposalForm
from partnerjourney.proposals.views.common import bp
from partnerjourney.proposals.views.one import find_place
from partnerjourney.touchpoints import services as touchpoints
from partnerjourney.touchpoints.models import Card
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
        flash(_("Nobody owns this card yet but the coordinator: change it there."), "warn")
        return see_other(url_for("maps.card", journey_id=place.id, card_id=card_id))
    flash(_("Proposed. The owner has five working days to answer."), "good")
    return see_other(url_for(".show", journey_id=place.id, proposal_id=made.id))


def _page(place: Place, found: Card, form: Form, *, status: int = 200) -> Response:
    return page(
        "proposals/card.html",
        status=status,
        place=place,
        card=found,
        owner=place.parties[found.content.party_id],
        form=form,
    )
