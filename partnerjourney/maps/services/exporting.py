"""A journey into a file, as the acting organisation sees it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from partnerjourney.handovers import services as handovers
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.maps.rules.document import CONTACT_FIELDS, JOURNEY_FIELDS, TERM_FIELDS
from partnerjourney.surveys.queries import shared_points
from partnerjourney.touchpoints import services as touchpoints
from partnerjourney.touchpoints.models import CustomerRole


def export_journey(session: Session, place: Place) -> dict[str, Any]:
    """Return the document of a journey as the acting organisation sees it.

    Terms of hand-overs that it does not share are left out; keys with nothing in them too.
    """
    journey = place.journey
    parties = {party.id: party.key for party in place.parties.values()}
    phases = journeys.phases(session, place.id)
    cards = touchpoints.cards(session, place.id)
    names = {card.id: card.key for card in cards}
    roles = touchpoints.customer_roles(session, place.id)
    weighed = _weighed(session, place, {role.id: role.key for role in roles})
    found = {
        "journey": _full(
            {"slug": journey.slug, "name": journey.name, "kind": journey.kind.value}
            | {name: getattr(journey, name) for name in JOURNEY_FIELDS}
            | _kind(session, place)
        ),
        "parties": [
            _full(
                {
                    "key": party.key,
                    "name": party.name,
                    "kind": party.kind.value,
                    "orchestrator": party.orchestrator,
                    "subtitle": party.subtitle,
                }
            )
            for party in place.parties.values()
        ],
        "phases": [
            _full({"key": phase.key, "name": phase.content.name, "use": phase.content.is_use})
            for phase in phases
        ],
        "roles": [_role(role) for role in roles],
        "cards": [
            _card(card, {phase.id: phase.key for phase in phases}, parties, weighed)
            for card in cards
        ],
        "handovers": _export_handovers(session, place, parties, names),
        "points": _export_points(session, place, names),
    }
    found |= _beside(session, place)
    besides = ("roles", "checklist", "reasons")
    return {name: value for name, value in found.items() if value or name not in besides}


def _role(role: CustomerRole) -> dict[str, Any]:
    names = ("key", "name", "department")
    return _full({"kind": role.kind.value} | {name: getattr(role, name) for name in names})


def _beside(session: Session, place: Place) -> dict[str, Any]:
    """What stands beside the map: do's and don'ts, and reasons written down."""
    return {
        "checklist": [
            _full({"kind": item.kind.value, "text": item.text, "done": item.done})
            for item in journeys.checklist(session, place.id)
        ],
        "reasons": [
            {"rule": rule, "text": reason.text}
            for rule, reason in sorted(journeys.reasons(session, place.id).items())
        ],
    }


def _kind(session: Session, place: Place) -> dict[str, Any]:
    """Of what it is a part, where the reader sees that journey, and its rhythm."""
    parent = journeys.parent_of(session, place)
    found: dict[str, Any] = {"cadence_days": place.journey.cadence_days}
    if parent is None:
        return found
    ends = {"parent_from": parent.first, "parent_to": parent.last}
    return (
        found
        | {"parent": parent.journey.slug}
        | {name: phase.key for name, phase in ends.items() if phase is not None}
    )


def _weighed(
    session: Session, place: Place, roles: Mapping[uuid.UUID, str]
) -> dict[uuid.UUID, list[dict[str, Any]]]:
    """What each card is to the customer roles, in their order; an impact of 0 is one too."""
    found: dict[uuid.UUID, list[dict[str, Any]]] = {}
    order = {role_id: number for number, role_id in enumerate(roles)}
    rows = [row for row in touchpoints.all_weighed(session, place.id) if row.role_id in roles]
    for row in sorted(rows, key=lambda row: order[row.role_id]):
        told: dict[str, Any] = {"role": roles[row.role_id]}
        if row.moment_of_truth:
            told["moment_of_truth"] = True
        if row.impact is not None:
            told["impact"] = row.impact
        found.setdefault(row.card_id, []).append(told)
    return found


def _full(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", [], False)}


def _card(
    card: Any,
    phases: Mapping[uuid.UUID, str],
    parties: Mapping[Any, str],
    weighed: Mapping[uuid.UUID, list[dict[str, Any]]],
) -> dict[str, Any]:
    content = card.content
    return _full(
        {
            "key": card.key,
            "phase": phases[content.phase_id],
            "party": parties[content.party_id],
            "kind": card.kind.value,
            "name": content.name,
            "initiator": parties.get(content.initiator_id),
            "receiver": parties.get(content.receiver_id),
            "channel": content.channel,
            "intended_experience": content.intended_experience,
            "moment_of_truth": content.moment_of_truth,
            "perceived": parties.get(content.perceived_id),
            "perceived_told": content.perceived_told,
            "control": None if content.control is None else content.control.value,
            "roles": weighed.get(card.id),
        }
    )


def _export_handovers(
    session: Session,
    place: Place,
    parties: Mapping[uuid.UUID, str],
    cards: Mapping[uuid.UUID, str],
) -> list[dict[str, Any]]:
    terms = handovers.all_terms(session, place.id)
    found = []
    for handover in handovers.handovers(session, place.id):
        content = handover.content
        mine = terms.get(handover.id)
        agreed = {} if mine is None else {n: getattr(mine, n) for n in TERM_FIELDS}
        reach = {} if mine is None else {n: getattr(mine, n) for n in CONTACT_FIELDS}
        found.append(
            _full(
                {
                    "key": handover.key,
                    "from": parties[content.from_party_id],
                    "to": parties[content.to_party_id],
                    "from_card": cards.get(content.from_card_id) if content.from_card_id else None,
                    "to_card": cards.get(content.to_card_id) if content.to_card_id else None,
                    "label": content.label,
                    "told": content.told,
                    **agreed,
                    **reach,
                }
            )
        )
    return found


def _export_points(
    session: Session, place: Place, cards: Mapping[uuid.UUID, str]
) -> list[dict[str, Any]]:
    keys = {handover.id: handover.key for handover in handovers.handovers(session, place.id)}
    return [
        _full(
            {
                "key": point.key,
                "card": cards[point.card_id],
                "metric": point.metric.value,
                "subject": point.subject,
                "covers": [keys[cover.handover_id] for cover in point.covers],
            }
        )
        for point in shared_points(session, place.id)
        if point.card_id in cards
    ]
