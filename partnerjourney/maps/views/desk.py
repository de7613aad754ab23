"""The forms of the side panel in which the map is edited; without script they are all there is."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from flask_babel import gettext

from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.policy import NotAllowedError
from partnerjourney.core.scopes import Member
from partnerjourney.maps.queries import CardRow, JourneyMap
from partnerjourney.maps.views.handles import may_draw, own_lanes, places
from partnerjourney.maps.views.picture import Chosen
from partnerjourney.web.pages import Form

Choice = tuple[str, str]
Group = tuple[str, tuple[Choice, ...]]
NEW = ("new-card", "new-phase", "new-handover")


@dataclass(frozen=True)
class Ask:
    """Which form is wanted: one of NEW, "phase" with its id, or that of what was selected."""

    kind: str = ""
    thing: uuid.UUID | None = None
    form: Form = field(default_factory=Form)


@dataclass(frozen=True)
class Desk:
    """What the reader may do to one thing, with all that the forms offer to choose from."""

    kind: str
    form: Form
    thing: str = ""
    name: str = ""
    version: int = 0
    may: frozenset[str] = frozenset()
    place: str = ""
    party: str = ""
    label: str = ""
    from_card: str = ""
    to_card: str = ""
    places: tuple[Group, ...] = ()
    lanes: tuple[Choice, ...] = ()
    phases: tuple[Choice, ...] = ()
    givers: tuple[Choice, ...] = ()
    takers: tuple[Choice, ...] = ()
    holds: int = 0


def desk(
    found: JourneyMap, chosen: Chosen, ask: Ask, actor: Member, *, lenient: bool = False
) -> Desk | None:
    """Return the forms for what was asked or selected; None where there is nothing to do.

    Raises NotFoundError for a phase that is not here, unless `lenient`; NotAllowedError for a form
    of another's.
    """
    draws = may_draw(actor, found.place)
    lanes = own_lanes(actor, found.place)
    if ask.kind == "new-card":
        _allow(able=bool(lanes))
        return Desk(ask.kind, ask.form, places=_places(found), lanes=_lanes(found, lanes))
    if ask.kind in NEW:
        _allow(able=draws)
        cards = _cards(found)
        return Desk(ask.kind, ask.form, phases=_phases(found, None), givers=cards, takers=cards)
    if ask.kind == "phase":
        if lenient and ask.thing not in {phase.id for phase in found.phases}:
            return None
        return _phase(found, ask, draws=draws)
    if chosen.card is not None:
        return _card(found, chosen.card, ask.form, lanes)
    if chosen.edge is not None:
        return _edge(found, chosen.edge, ask.form, lanes, draws=draws)
    return None


def _allow(*, able: bool) -> None:
    if not able:
        raise NotAllowedError


def _card(
    found: JourneyMap, card_id: uuid.UUID, form: Form, lanes: frozenset[uuid.UUID]
) -> Desk | None:
    card = next((card for card in found.cards if card.id == card_id), None)
    if card is None or card.party_id not in lanes:
        return None
    return Desk(
        "card",
        form,
        str(card.id),
        card.name,
        card.version,
        frozenset({"rename", "put", "retire"}),
        place=places(found)[str(card.id)],
        party=str(card.party_id),
        places=_places(found, besides=card.id),
        lanes=_lanes(found, lanes),
    )


def _phase(found: JourneyMap, ask: Ask, *, draws: bool) -> Desk:
    phase = next((phase for phase in found.phases if phase.id == ask.thing), None)
    if phase is None:
        raise NotFoundError
    _allow(able=draws)
    before, gap = "", ""
    for other in found.phases:
        if other.id == phase.id:
            gap = before
        before = str(other.id)
    return Desk(
        "phase",
        ask.form,
        str(phase.id),
        phase.name,
        phase.version,
        frozenset({"rename", "put", "retire"}),
        place=gap,
        phases=_phases(found, phase.id),
        holds=sum(card.phase_id == phase.id for card in found.cards),
    )


def _edge(
    found: JourneyMap,
    edge_id: uuid.UUID,
    form: Form,
    lanes: frozenset[uuid.UUID],
    *,
    draws: bool,
) -> Desk | None:
    edge = next((edge for edge in found.edges if edge.id == edge_id), None)
    if edge is None:
        return None
    may = {
        name
        for name, allowed in (
            ("from", edge.from_party_id in lanes),
            ("to", edge.to_party_id in lanes),
            ("label", draws),
            ("retire", draws),
        )
        if allowed
    }
    if not may:
        return None
    return Desk(
        "edge",
        form,
        str(edge.id),
        version=edge.version,
        may=frozenset(may),
        label=edge.label,
        from_card=str(edge.from_card_id or ""),
        to_card=str(edge.to_card_id or ""),
        givers=_cards(found, edge.from_party_id),
        takers=_cards(found, edge.to_party_id),
    )


def _places(found: JourneyMap, *, besides: uuid.UUID | None = None) -> tuple[Group, ...]:
    """Every place on the path, by phase: first, or after each of its cards."""
    by_phase: dict[uuid.UUID, list[CardRow]] = {phase.id: [] for phase in found.phases}
    for card in found.cards:
        if card.id != besides:
            by_phase[card.phase_id].append(card)
    return tuple(
        (
            f"{number}. {phase.name}",
            (
                (str(phase.id), gettext("%(phase)s, as the first", phase=phase.name)),
                *(
                    (
                        f"{phase.id}/{card.id}",
                        gettext("%(phase)s, after ‘%(name)s’", phase=phase.name, name=card.name),
                    )
                    for card in by_phase[phase.id]
                ),
            ),
        )
        for number, phase in enumerate(found.phases, 1)
    )


def _phases(found: JourneyMap, besides: uuid.UUID | None) -> tuple[Choice, ...]:
    """Every place among the phases: first, or after each of them."""
    return (
        ("", gettext("as the first")),
        *(
            (str(phase.id), gettext("after ‘%(name)s’", name=phase.name))
            for phase in found.phases
            if phase.id != besides
        ),
    )


def _lanes(found: JourneyMap, lanes: frozenset[uuid.UUID]) -> tuple[Choice, ...]:
    parties = found.place.parties.values()
    return tuple((str(party.id), party.name) for party in parties if party.id in lanes)


def _cards(found: JourneyMap, party_id: uuid.UUID | None = None) -> tuple[Choice, ...]:
    """The cards in path order, of one party or of all with whose they are."""
    names = {party.id: party.name for party in found.place.parties.values()}
    return tuple(
        (str(card.id), card.name if party_id else f"{card.name} ({names[card.party_id]})")
        for card in found.cards
        if party_id in (None, card.party_id)
    )
