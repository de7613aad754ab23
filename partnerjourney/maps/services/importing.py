"""A journey out of a file: the whole document or nothing."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy.orm import Session

from partnerjourney.core.errors import ConflictError, InputError
from partnerjourney.core.parties import Journey, Organisation, PartyKind
from partnerjourney.core.scopes import Member
from partnerjourney.handovers import services as handovers
from partnerjourney.handovers.rules import DurationError, parse_time_limit
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.rules import KEY, SLUG
from partnerjourney.journeys.services import Place
from partnerjourney.maps.rules import document as rules
from partnerjourney.maps.rules.document import CONTACT_FIELDS, JOURNEY_FIELDS, TERM_FIELDS
from partnerjourney.maps.rules.references import Fault, end_of
from partnerjourney.maps.services.besides import add_besides
from partnerjourney.surveys.rules import Metric
from partnerjourney.surveys.services import points
from partnerjourney.touchpoints import services as touchpoints
from partnerjourney.touchpoints.rules import CardKind, Control, RoleKind, Weighed


class DocumentError(Exception):
    """A document that cannot be kept; `faults` says everything that is wrong, and where."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


def _slug(value: Any) -> str | None:
    fits = isinstance(value, str) and SLUG.fullmatch(value)
    return None if fits else "must be lower-case letters, digits and hyphens"


def _key(value: Any) -> str | None:
    fits = isinstance(value, str) and KEY.fullmatch(value)
    return None if fits else "must be letters, digits, hyphens, dots or underscores"


def _time_limit(value: Any) -> str | None:
    try:
        parse_time_limit(value if isinstance(value, str) else "")
    except DurationError:
        return "must be a duration such as PT48H (hours) or P2D (working days)"
    return None


def _zone(value: Any) -> str | None:
    known = isinstance(value, str) and value in available_timezones() and ZoneInfo(value)
    return None if known else "must be a time zone such as Europe/Amsterdam"


STRETCH = {
    "empty": "no hand-over leads to this card",
    "twice": "a hand-over occurs twice",
    "broken": "not consecutive: each hand-over must start at the party where the last ended",
    "elsewhere": "the stretch does not end at the card that asks",
}

SHAPES = rules.shapes(_slug, _key, _time_limit, _zone)


# --- reading -------------------------------------------------------------------------------------


@dataclass
class _Made:
    """What has been made so far, by key."""

    place: Place
    parties: dict[str, uuid.UUID]
    phases: dict[str, uuid.UUID]
    cards: dict[str, uuid.UUID]
    handovers: dict[str, uuid.UUID]
    roles: dict[str, uuid.UUID]


def import_journey(
    session: Session, actor: Member, organisation: Organisation, document: Any, *, at: datetime
) -> Place:
    """Make a journey of a document; raises DocumentError with every fault, and keeps nothing.

    The acting organisation becomes its coordinator; all other parties stand provisionally.
    """
    faults = rules.check_document(document, SHAPES)
    if faults:
        raise DocumentError(faults)
    given = document["journey"]
    fields = {name: given[name] for name in JOURNEY_FIELDS if name in given}
    try:
        place = journeys.create(
            session,
            actor,
            organisation,
            at=at,
            name=given["name"],
            slug=given["slug"],
            empty=True,
            **fields,
        )
    except ConflictError as error:
        raise DocumentError([Fault("journey.slug", str(error))]) from error
    made = _parties_and_phases(session, actor, place.journey, document, at)
    _kind(session, actor, made.place, given, at)
    for role in document.get("roles", []):
        kind = RoleKind(role["kind"])
        named = {name: role[name] for name in ("key", "name", "department") if name in role}
        added = touchpoints.add_role(session, actor, made.place, kind=kind, at=at, **named)
        made.roles[role["key"]] = added.id
    _cards(session, actor, made, document, at)
    _handovers(session, actor, made, document, at)
    _points(session, actor, made, document, at)
    add_besides(session, actor, made.place, document, at)
    return made.place


def _parties_and_phases(
    session: Session, actor: Member, journey: Journey, document: Mapping[str, Any], at: datetime
) -> _Made:
    parties = {}
    for party in document["parties"]:
        made = journeys.add_party(
            session,
            actor,
            journey,
            name=party["name"],
            key=party["key"],
            kind=PartyKind(party["kind"]),
            subtitle=party.get("subtitle", ""),
            orchestrator=party.get("orchestrator", False),
            at=at,
        )
        parties[party["key"]] = made.id
    place = journeys.find(session, actor, journey.id)
    phases = {
        phase["key"]: journeys.add_phase(
            session,
            actor,
            place,
            name=phase["name"],
            key=phase["key"],
            is_use=phase.get("use", False),
            at=at,
        ).id
        for phase in document["phases"]
    }
    return _Made(place, parties, phases, {}, {}, {})


def _kind(
    session: Session, actor: Member, place: Place, given: Mapping[str, Any], at: datetime
) -> None:
    """Say what kind of journey it is, and find the one of which it is a part by its slug."""
    if not given.keys() & {"kind", "parent", "cadence_days"}:
        return
    fields: dict[str, Any] = {"kind": given.get("kind", place.journey.kind)}
    fields["cadence_days"] = given.get("cadence_days")
    if (slug := given.get("parent")) is not None:
        parents = journeys.possible_parents(session, actor, place)
        parent = next((journey for journey in parents if journey.slug == slug), None)
        if parent is None:
            missing = f"there is no whole journey {slug} that you coordinate"
            raise DocumentError([Fault("journey.parent", missing)])
        phases = {phase.key: phase.id for phase in journeys.phases(session, parent.id)}
        fields["parent_id"] = parent.id
        for name in ("parent_from", "parent_to"):
            fields[f"{name}_id"] = phases.get(given.get(name, ""))
            if name in given and fields[f"{name}_id"] is None:
                missing = f"{slug} has no phase {given[name]}"
                raise DocumentError([Fault(f"journey.{name}", missing)])
    try:
        journeys.change_kind(
            session, actor, place, version=place.journey.version, at=at, fields=fields
        )
    except InputError as error:
        raise DocumentError(
            [Fault(f"journey.{name}", text[0]) for name, text in error.messages.items()]
        ) from error


def _cards(
    session: Session, actor: Member, made: _Made, document: Mapping[str, Any], at: datetime
) -> None:
    for card in document.get("cards", []):
        control = card.get("control")
        added = touchpoints.add(
            session,
            actor,
            made.place,
            phase_id=made.phases[card["phase"]],
            party_id=made.parties[card["party"]],
            name=card["name"],
            kind=CardKind(card["kind"]),
            key=card["key"],
            channel=card.get("channel") or None,
            initiator_id=made.parties.get(card.get("initiator")),
            receiver_id=made.parties.get(card.get("receiver")),
            intended_experience=card.get("intended_experience", ""),
            moment_of_truth=card.get("moment_of_truth", False),
            perceived_id=made.parties.get(card.get("perceived")),
            perceived_told=card.get("perceived_told", ""),
            control=None if control is None else Control(control),
            at=at,
        )
        made.cards[card["key"]] = added.id
        rows = [
            Weighed(made.roles[row["role"]], row.get("moment_of_truth", False), row.get("impact"))
            for row in card.get("roles", [])
        ]
        if rows:
            version = added.content.version
            touchpoints.weigh(session, actor, made.place, added, version=version, at=at, rows=rows)


def _handovers(
    session: Session, actor: Member, made: _Made, document: Mapping[str, Any], at: datetime
) -> None:
    parties = {party["key"]: party for party in document["parties"]}
    cards = {card["key"]: card for card in document.get("cards", [])}
    for given in document.get("handovers", []):
        ends = [end_of(given, side, parties, cards) for side in ("from", "to")]
        (giver, from_card), (taker, to_card) = ends
        names = ("label", "told", *TERM_FIELDS, *CONTACT_FIELDS)
        made.handovers[given["key"]] = handovers.add(
            session,
            actor,
            made.place,
            from_party_id=made.parties[str(giver)],
            to_party_id=made.parties[str(taker)],
            from_card_id=made.cards.get(from_card) if from_card else None,
            to_card_id=made.cards.get(to_card) if to_card else None,
            key=given["key"],
            at=at,
            **{name: given[name] for name in names if given.get(name) is not None},
        ).id


def _points(
    session: Session, actor: Member, made: _Made, document: Mapping[str, Any], at: datetime
) -> None:
    """Add the measuring points in path order: a stretch begins where the last one ended."""
    faults = []
    order = {key: number for number, key in enumerate(made.cards)}
    phases = {phase["key"]: number for number, phase in enumerate(document["phases"])}
    at_phase = {card["key"]: phases[card["phase"]] for card in document.get("cards", [])}
    listed = list(enumerate(document.get("points", [])))
    listed.sort(key=lambda item: (at_phase[item[1]["card"]], order[item[1]["card"]]))
    for index, point in listed:
        covers = point.get("covers")
        try:
            points.add_point(
                session,
                actor,
                made.place,
                key=point["key"],
                card_id=made.cards[point["card"]],
                metric=Metric(point["metric"]),
                subject=point.get("subject", ""),
                covers=None if covers is None else [made.handovers[key] for key in covers],
                at=at,
            )
        except InputError as error:
            faults += [
                Fault(f"points[{index}].{name}", STRETCH.get(message, message))
                for name, messages in error.messages.items()
                for message in messages
            ]
    if faults:
        raise DocumentError(faults)
