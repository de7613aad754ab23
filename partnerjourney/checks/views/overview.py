"""The overview: phases by party and role, what comes once, what is not ours, do's and don'ts."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response, url_for
from flask_babel import gettext

from partnerjourney.checks import rules, schemas
from partnerjourney.checks.views.blueprint import bp, find_place
from partnerjourney.core import clock
from partnerjourney.core.errors import InputError, StaleVersionError
from partnerjourney.core.parties import Party
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.rules import AdviceKind
from partnerjourney.journeys.services import Place
from partnerjourney.maps import queries as maps
from partnerjourney.maps.queries import CardRow, JourneyMap, PhaseRow, RoleRow
from partnerjourney.maps.rules.ends import Passing, Stop, drawn_between
from partnerjourney.touchpoints import services as touchpoints
from partnerjourney.touchpoints.models import CustomerRole
from partnerjourney.touchpoints.rules import Control
from partnerjourney.web.pages import Form, htmx, page, read_form, see_other
from partnerjourney.web.session import member, session


@dataclass(frozen=True)
class Grid:
    """Phases by parties and by customer roles, with the phases in which there is nobody."""

    phases: tuple[PhaseRow, ...]
    parties: tuple[tuple[Party, rules.Line], ...]
    roles: tuple[tuple[RoleRow, rules.Line], ...]
    without_party: tuple[PhaseRow, ...]
    without_role: tuple[PhaseRow, ...]


@dataclass(frozen=True)
class Overview:
    """All of the page: the grid and the lists beside it."""

    grid: Grid
    once: tuple[tuple[RoleRow, PhaseRow, tuple[CardRow, ...]], ...]
    not_ours: tuple[tuple[CardRow, Party, Control], ...]
    counts: tuple[tuple[Control, int], ...]
    silent: tuple[tuple[CardRow, Party], ...]
    clashing: tuple[CardRow, ...]


def overview_of(found: JourneyMap, named: Iterable[CustomerRole]) -> Overview:
    """Return the overview of a journey as its reader sees it; `named` are all customer roles."""
    cards = {card.id: card for card in found.cards}
    roles = {
        role.id: RoleRow(role.id, role.key, role.kind, role.name, role.department) for role in named
    }
    phases = {phase.id: phase for phase in found.phases}
    seen = [
        rules.Seen(
            card.id,
            card.phase_id,
            card.party_id,
            frozenset(row.role for row in card.roles),
            card.is_step,
            found.control(card) is Control.OWN,
        )
        for card in found.cards
    ]
    party_lines = rules.party_lines(list(phases), found.place.parties, seen)
    role_lines = rules.role_lines(list(phases), roles, seen)
    grid = Grid(
        found.phases,
        tuple((found.place.parties[line.key], line) for line in party_lines),  # type: ignore[index]
        tuple((roles[line.key], line) for line in role_lines),  # type: ignore[index]
        tuple(phases[key] for key in rules.without(list(phases), party_lines)),  # type: ignore[index]
        tuple(phases[key] for key in rules.without(list(phases), role_lines)) if roles else (),  # type: ignore[index]
    )
    once = [
        (
            roles[line.key],  # type: ignore[index]
            found.phases[next(n for n, count in enumerate(line.cards) if count)],
            tuple(cards[one.key] for one in seen if line.key in one.roles),  # type: ignore[index]
        )
        for line in rules.once(role_lines)
    ]
    noticed = [card for card in found.cards if not card.is_step]
    controls = [found.control(card) for card in noticed]
    return Overview(
        grid,
        tuple(once),
        tuple(
            (card, found.place.parties[card.party_id], control)
            for card, control in zip(noticed, controls, strict=True)
            if control is not Control.OWN
        ),
        tuple((control, controls.count(control)) for control in Control),
        tuple(
            (cards[one.key], found.place.parties[one.party])  # type: ignore[index]
            for one in rules.without_signal(seen, heard(found))
        ),
        tuple(card for card in found.cards if card.clashes),
    )


def heard(found: JourneyMap) -> set[Hashable]:
    """Return the cards with a signal: asked there or over them, or a time limit from or to them."""
    drawn = drawn_between(
        [Stop(card.id, card.party_id) for card in found.cards],
        [
            Passing(
                edge.id, edge.from_party_id, edge.to_party_id, edge.from_card_id, edge.to_card_id
            )
            for edge in found.edges
        ],
    )
    covered = {edge for point in found.points for edge in point.covers}
    limited = {edge.id for edge in found.edges if any(terms.time_limit for terms in edge.terms)}
    ends: set[Hashable] = {card for key in covered | limited for card in drawn.get(key, ())}
    return ends | {point.card_id for point in found.points}


@bp.get("/overview")
def show(journey_id: UUID) -> Response:
    """Show who is where in which phase, and what is missing."""
    return _show(find_place(journey_id))


def _show(place: Place, form: Form | None = None, at: str = "", status: int = 200) -> Response:
    found = maps.read(session(), place)
    items = journeys.checklist(session(), place.id)
    return page(
        "checks/overview.html",
        fragment="checklist",
        status=status,
        place=place,
        overview=overview_of(found, touchpoints.customer_roles(session(), place.id)),
        parent=journeys.parent_of(session(), place),
        parts=journeys.parts_of(session(), place),
        lists=_lists(items),
        offered=[] if items else offered(),
        form=form,
        at=at,
    )


def _lists(items: list[Any]) -> Mapping[str, list[Any]]:
    return {kind.value: [item for item in items if item.kind is kind] for kind in AdviceKind}


def offered() -> list[tuple[AdviceKind, str]]:
    """Return do's and don'ts to begin with, in the reader's language."""
    return [
        (AdviceKind.DO, gettext("Draw the whole journey with all partners at the table.")),
        (AdviceKind.DO, gettext("Say at every hand-over what the customer is told next.")),
        (AdviceKind.DO, gettext("Ask the customer right after a hand-over, and share the answer.")),
        (
            AdviceKind.DONT,
            gettext("First find out where it went wrong, and only then help the customer."),
        ),
        (AdviceKind.DONT, gettext("Improve your own part alone.")),
        (AdviceKind.DONT, gettext("Let the customer tell the same story twice.")),
    ]


def _done(place: Place) -> Response:
    if htmx.partial:
        return _show(place)
    return see_other(url_for(".show", journey_id=place.id, _anchor="checklist"))


@bp.post("/overview/checklist")
def add_item(journey_id: UUID) -> Response:
    """Add a do or don't."""
    place, form = find_place(journey_id, lock=True), read_form(schemas.ItemForm())
    journeys.may_draw(member(), place)
    if not form.valid:
        return _show(place, form, "checklist", 422)
    journeys.add_item(session(), member(), place, at=clock.now(), **form.data)
    return _done(place)


@bp.post("/overview/checklist/begin")
def begin_list(journey_id: UUID) -> Response:
    """Take over the do's and don'ts that are offered to begin with."""
    place = find_place(journey_id, lock=True)
    journeys.may_draw(member(), place)
    if not journeys.checklist(session(), place.id):
        for kind, text in offered():
            journeys.add_item(session(), member(), place, kind=kind, text=text, at=clock.now())
    return _done(place)


@bp.post("/overview/checklist/<uuid:item_id>")
def tick_item(journey_id: UUID, item_id: UUID) -> Response:
    """Say that a do or don't is so, or not any more."""
    place, form = find_place(journey_id, lock=True), read_form(schemas.TickForm())
    item = journeys.find_item(session(), place, item_id, lock=True)
    journeys.may_draw(member(), place)
    if not form.valid:
        raise InputError(form.errors)
    try:
        journeys.tick(session(), member(), place, item, at=clock.now(), **form.data)
    except StaleVersionError:
        return _show(place, status=409)
    return _done(place)


@bp.post("/overview/checklist/<uuid:item_id>/retire")
def retire_item(journey_id: UUID, item_id: UUID) -> Response:
    """Take a do or don't off the list."""
    place = find_place(journey_id, lock=True)
    item = journeys.find_item(session(), place, item_id, lock=True)
    journeys.retire_item(session(), member(), place, item, at=clock.now())
    return _done(place)
