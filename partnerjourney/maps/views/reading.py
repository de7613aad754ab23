"""Reading the map: the page, its table, and the panel of one card or hand-over."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from json import dumps
from urllib.parse import urlencode

from flask import Response, flash, request, url_for
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from partnerjourney.core import clock
from partnerjourney.core.errors import ConflictError, NotFoundError
from partnerjourney.core.parties import Party
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Member
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.maps import queries
from partnerjourney.maps.views import panels
from partnerjourney.maps.views.blueprint import bp
from partnerjourney.maps.views.judgements import judgements
from partnerjourney.maps.views.picture import Chosen, draw, ends
from partnerjourney.maps.views.tables import card_rows, edge_rows
from partnerjourney.proposals import services as proposals
from partnerjourney.web import lattice
from partnerjourney.web.kept import kept
from partnerjourney.web.pages import htmx, page, see_other
from partnerjourney.web.session import member, session

ZOOMS = (50, 75, 100, 125, 150)


@dataclass(frozen=True)
class Looking:
    """How the reader looks: what the address says beside the journey."""

    view: str
    zoom: int
    party: Party | None
    viewpoint: Party | None
    root: str
    role: str = ""

    @property
    def asked(self) -> dict[str, str]:
        """The choices that differ from the usual ones, as they stand in addresses."""
        found = {
            "view": self.view,
            "zoom": "" if self.zoom == 100 else str(self.zoom),
            "party": self.party.key if self.party else "",
            "as": self.viewpoint.key if self.viewpoint else "",
            "role": self.role,
        }
        return {name: value for name, value in found.items() if value}

    def to(self, path: str = "", **changes: str | int | None) -> str:
        """Return an address below the map with these choices changed; None drops one."""
        chosen = {**self.asked, **{n: str(v) for n, v in changes.items() if v is not None}}
        kept = {n: v for n, v in chosen.items() if n not in changes or changes[n] is not None}
        return f"{self.root}{path}{'?' if kept else ''}{urlencode(kept)}"

    @property
    def zooms(self) -> dict[int, str]:
        """The address of each zoom."""
        return {zoom: self.to(zoom=None if zoom == 100 else zoom) for zoom in ZOOMS}

    @property
    def closer(self) -> int | None:
        """The next zoom in, if there is one."""
        return next((zoom for zoom in ZOOMS if zoom > self.zoom), None)

    @property
    def farther(self) -> int | None:
        """The next zoom out, if there is one."""
        return next((zoom for zoom in reversed(ZOOMS) if zoom < self.zoom), None)


def _looking(place: Place, reader: Member, args: MultiDict[str, str]) -> Looking:
    by_key = {party.key: party for party in place.parties.values()}
    viewpoint = by_key.get(args.get("as", ""))
    if args.get("as"):
        if viewpoint is None or not viewpoint.represented:
            raise NotFoundError
        require(reader, Permission.PARTY_PREVIEW, place.owned(viewpoint.id))
    view, zoom = args.get("view", ""), args.get("zoom", default=100, type=int)
    return Looking(
        view if view in ("map", "table") else "",
        zoom if zoom in ZOOMS else 100,
        by_key.get(args.get("party", "")),
        viewpoint,
        url_for("maps.show", journey_id=place.id),
        args.get("role", "")[:60],
    )


@bp.get("/")
@kept
def show(journey_id: uuid.UUID) -> Response:
    """Show the map of a journey, or its table."""
    return _show(journeys.find(session(), member(), journey_id))


@bp.get("/cards/<uuid:card_id>")
@kept
def card(journey_id: uuid.UUID, card_id: uuid.UUID) -> Response:
    """Show the map with the panel of one card."""
    return _show(journeys.find(session(), member(), journey_id), card_id=card_id)


@bp.get("/handovers/<uuid:handover_id>")
@kept
def handover(journey_id: uuid.UUID, handover_id: uuid.UUID) -> Response:
    """Show the map with the panel of one hand-over."""
    return _show(journeys.find(session(), member(), journey_id), edge_id=handover_id)


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
        return _show(place, card_id=card_id, edge_id=edge_id, stale=True)
    if htmx.partial:
        return _show(place, card_id=card_id, edge_id=edge_id, confirmed=True)
    flash(gettext("Agreed: this is what holds now."), "good")
    below = f"cards/{card_id}" if card_id else f"handovers/{edge_id}"
    return see_other(_looking(place, member(), request.args).to(below))


def _show(
    place: Place,
    *,
    card_id: uuid.UUID | None = None,
    edge_id: uuid.UUID | None = None,
    stale: bool = False,
    confirmed: bool = False,
) -> Response:
    looking = _looking(place, member(), request.args)
    found = queries.read(session(), place, viewpoint=looking.viewpoint)
    seen = queries.judged(session(), found, besides=edge_id)
    told = judgements(found, seen)
    drawn = ends(found)
    role = next((role for role in found.roles if role.key == looking.role), None)
    looking = looking if role else replace(looking, role="")
    chosen = Chosen(
        card_id, edge_id, looking.party.id if looking.party else None, role.id if role else None
    )
    panel = panels.panel(found, chosen, drawn, told, seen, actor=member())
    response = page(
        "maps/show.html",
        fragment="answer",
        status=409 if stale else 200,
        place=place,
        looking=looking,
        found=found,
        picture=draw(found, drawn, told, chosen) if found.cards else None,
        cards=card_rows(found, drawn, told, chosen),
        edges=edge_rows(found, drawn, told, chosen),
        chosen=chosen,
        role=role,
        panel=panel,
        lattice=lattice,
        stale=stale,
        answering=htmx.partial,
    )
    if confirmed:
        told_text = gettext("Confirmed: this is what you both agreed.")
        response.headers["HX-Trigger"] = dumps({"toast": {"text": told_text, "kind": "good"}})
    return response
