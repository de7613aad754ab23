"""Reading the map: the page, its table, and the panel of one card or hand-over."""

from __future__ import annotations

import uuid
from collections.abc import Hashable
from dataclasses import replace
from datetime import date
from json import dumps

from flask import Response, flash, request
from flask_babel import gettext

from partnerjourney.core import clock
from partnerjourney.core.errors import ConflictError, NotFoundError
from partnerjourney.core.parties import Party
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.maps import queries
from partnerjourney.maps.queries import JourneyMap
from partnerjourney.maps.views import panels
from partnerjourney.maps.views.announced import announced, today_in
from partnerjourney.maps.views.blueprint import bp
from partnerjourney.maps.views.desk import Ask, desk
from partnerjourney.maps.views.handles import handles, may_edit
from partnerjourney.maps.views.judgements import judgements
from partnerjourney.maps.views.looking import looking
from partnerjourney.maps.views.picture import Chosen, draw, ends
from partnerjourney.maps.views.tables import card_rows, edge_rows
from partnerjourney.measurement.queries import Overview
from partnerjourney.proposals import services as proposals
from partnerjourney.web import lattice
from partnerjourney.web.kept import once, shared
from partnerjourney.web.pages import htmx, page, see_other
from partnerjourney.web.session import member, session
from partnerjourney.web.strips import strips


@bp.get("/")
@shared
def show(journey_id: uuid.UUID) -> Response:
    """Show the map of a journey, or its table."""
    return show_map(journeys.find(session(), member(), journey_id))


@bp.get("/cards/<uuid:card_id>")
@shared
def card(journey_id: uuid.UUID, card_id: uuid.UUID) -> Response:
    """Show the map with the panel of one card."""
    return show_map(journeys.find(session(), member(), journey_id), card_id=card_id)


@bp.get("/handovers/<uuid:handover_id>")
@shared
def handover(journey_id: uuid.UUID, handover_id: uuid.UUID) -> Response:
    """Show the map with the panel of one hand-over."""
    return show_map(journeys.find(session(), member(), journey_id), edge_id=handover_id)


@bp.post("/proposals/<uuid:proposal_id>/accept")
def accept_proposal(journey_id: uuid.UUID, proposal_id: uuid.UUID) -> Response:
    """Say yes to exactly what a proposal says, from the panel of what it is about."""
    place = journeys.find(session(), member(), journey_id)
    proposal = proposals.find(session(), place, proposal_id)
    card_id, edge_id = proposal.card_id, proposal.handover_id
    try:
        held = proposals.find(session(), place, proposal_id, lock=True)
        proposals.accept(session(), member(), place, held, at=clock.now())
    except ConflictError:
        return show_map(place, card_id=card_id, edge_id=edge_id, stale=True)
    if htmx.partial:
        return show_map(place, card_id=card_id, edge_id=edge_id, confirmed=True)
    flash(gettext("Agreed: this is what holds now."), "good")
    below = f"cards/{card_id}" if card_id else f"handovers/{edge_id}"
    return see_other(looking(place, member(), request.args).to(below))


def show_map(
    place: Place,
    *,
    card_id: uuid.UUID | None = None,
    edge_id: uuid.UUID | None = None,
    ask: Ask | None = None,
    stale: bool = False,
    confirmed: bool = False,
    status: int = 200,
    lenient: bool = False,
) -> Response:
    """Show the map with the panel of what was selected or is edited.

    After an edit (`lenient`), and where a page looks whether it still stands, a selection that is
    gone simply closes its panel, and htmx gets the region that holds the map; else it gets the
    panel, and the map with the selection.
    """
    sight = looking(place, member(), request.args)
    today = today_in(place)
    found = _read(place, sight.viewpoint, today)
    region, selected = lenient or bool(request.args.get("live")), card_id or edge_id
    if _is_gone(found, selected, lenient=region):
        card_id = edge_id = None
    seen = _judged(found, today, edge_id)
    told, drawn = judgements(found, seen), ends(found)
    role = next((role for role in found.roles if role.key == sight.role), None)
    sight = sight if role else replace(sight, role="")
    chosen = Chosen(
        card_id, edge_id, sight.party.id if sight.party else None, role.id if role else None
    )
    panel = panels.panel(found, chosen, drawn, told, seen, actor=member())
    picture = draw(found, drawn, told, chosen, today=today) if found.cards or sight.edit else None
    wanted = (sight.edit or ask is not None) and sight.viewpoint is None
    forms = desk(found, chosen, ask or Ask(), member(), lenient=region) if wanted else None
    response = page(
        "maps/show.html",
        fragment="region" if region else "answer",
        status=409 if stale else status,
        place=place,
        looking=sight,
        found=found,
        picture=picture,
        cards=card_rows(found, drawn, told, chosen),
        edges=edge_rows(found, drawn, told, chosen),
        chosen=chosen,
        role=role,
        panel=panel,
        announced=announced(found, today),
        lattice=lattice,
        stale=stale,
        answering=htmx.partial,
        region=region,
        editable=sight.viewpoint is None and may_edit(member(), place),
        handles=handles(found, member(), picture.layout) if sight.edit and picture else None,
        desk=forms,
        strips=strips("map", found),
    )
    if region and not chosen.some and not forms and (selected or ask):
        response.headers["HX-Replace-Url"] = sight.to()
    return _confirmed(response) if confirmed else response


def _is_gone(found: JourneyMap, selected: uuid.UUID | None, *, lenient: bool) -> bool:
    """Say whether what was selected is not on the map; NotFoundError unless `lenient`."""
    gone = selected is not None and not found.has(selected)
    if gone and not lenient:
        raise NotFoundError
    return gone


def _read(place: Place, viewpoint: Party | None, today: date) -> JourneyMap:
    """Read the map, once for all of the organisation while nothing changes that it may read."""
    found = once(
        ("map", viewpoint and viewpoint.id, today, *_drawn_on(place)),
        lambda: queries.read(session(), place, viewpoint=viewpoint, today=today),
    )
    return replace(found, place=place, viewpoint=viewpoint)


def _drawn_on(place: Place) -> tuple[Hashable, ...]:
    """Return what a map is drawn on: a colleague may have read its parties a moment later."""
    parties = frozenset((party.id, party.version) for party in place.parties.values())
    return (place.standing, parties)


def _judged(found: JourneyMap, today: date, edge_id: uuid.UUID | None) -> Overview:
    """Read what customers say of the map, once as the map itself."""
    return once(
        ("judged", found.viewpoint and found.viewpoint.id, today, edge_id, *_drawn_on(found.place)),
        lambda: queries.judged(session(), found, besides=edge_id),
    )


def _confirmed(response: Response) -> Response:
    """Say that a change was confirmed."""
    told_text = gettext("Confirmed: this is what you both agreed.")
    response.headers["HX-Trigger"] = dumps({"toast": {"text": told_text, "kind": "good"}})
    return response
