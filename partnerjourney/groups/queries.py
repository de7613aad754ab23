"""The members of a group, by name: state, activity, contact, own terms, answers about each."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core.parties import Organisation, Participation, ParticipationState, Party
from partnerjourney.handovers.rules import TERMS
from partnerjourney.journeys.queries import Filling, fillings
from partnerjourney.journeys.services import Place
from partnerjourney.maps import queries as maps
from partnerjourney.maps.queries import EdgeRow, JourneyMap, TermsRow
from partnerjourney.measurement.models import Cell
from partnerjourney.measurement.queries import overview
from partnerjourney.measurement.queries.cells import sums_by
from partnerjourney.measurement.queries.overview import Row
from partnerjourney.measurement.rules import Histogram, ScoreView, score_view
from partnerjourney.surveys.models import PointCircle


@dataclass(frozen=True, slots=True)
class Difference:
    """A hand-over that a member agreed otherwise: the shared terms, and its own."""

    handover_id: uuid.UUID
    number: int
    name: str
    shared: Mapping[str, Any]
    own: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answers:
    """What customers said about a member at one point, in the point's latest wave."""

    subject: str
    view: ScoreView


@dataclass(frozen=True)
class Member:
    """One member as the coordinator sees it; `waits` are hand-overs that it has yet to confirm."""

    filling: Filling
    contact: str
    waits: Sequence[int]
    differences: Sequence[Difference]
    answers: Sequence[Answers]


@dataclass(frozen=True, slots=True)
class Gone:
    """A member that left."""

    name: str
    left_at: datetime | None


@dataclass(frozen=True)
class Group:
    """A group, its hand-overs, and its members by name; `gone` are those that left."""

    party: Party
    handovers: Sequence[EdgeRow]
    members: Sequence[Member]
    gone: Sequence[Gone]


def group(session: Session, place: Place, party: Party) -> Group:
    """Return a group as the session's scope sees it; a fixed number of statements."""
    found = maps.read(session, place)
    edges = [edge for edge in found.edges if party.id in (edge.from_party_id, edge.to_party_id)]
    inside = [one for party_id, one in fillings(session, place.id) if party_id == party.id]
    answers = _answers(session, place, found, edges)
    members = [_member(party, one, edges, answers[one.participation_id]) for one in inside]
    members.sort(key=lambda one: (one.filling.name.casefold(), one.filling.participation_id))
    return Group(party, edges, members, _gone(session, party))


def _gone(session: Session, party: Party) -> list[Gone]:
    rows = session.execute(
        select(Organisation.name, Participation.left_at)
        .join(Organisation, Organisation.id == Participation.organisation_id)
        .where(
            Participation.journey_id == party.journey_id,
            Participation.party_id == party.id,
            Participation.state == ParticipationState.LEFT,
        )
        .order_by(Organisation.name, Participation.left_at)
    )
    return [Gone(*row) for row in rows]


def _member(
    party: Party, filling: Filling, edges: Sequence[EdgeRow], answers: Sequence[Answers]
) -> Member:
    waits, differences, contacts = [], [], []
    for edge in edges:
        own = _terms(edge, filling.participation_id)
        shared = _terms(edge, None)
        if own is None or shared is None:
            continue
        if any(one.terms_id == own.id and party.id in one.waiting for one in edge.proposals):
            waits.append(edge.number)
        other = {n: getattr(own, n) for n in TERMS if getattr(own, n) != getattr(shared, n)}
        if other:
            usual = {name: getattr(shared, name) for name in other}
            name = shared.name or edge.label
            differences.append(Difference(edge.id, edge.number, name, usual, other))
        reach = " · ".join(
            part for part in (own.contact_name, own.contact_reach, own.contact_hours) if part
        )
        contacts.append((edge.from_party_id != party.id, edge.number, reach))
    # where the group gives, the contact is its own
    contact = next((reach for *_, reach in sorted(contacts) if reach), "")
    return Member(filling, contact, waits, differences, answers)


def _terms(edge: EdgeRow, member_id: uuid.UUID | None) -> TermsRow | None:
    return next((row for row in edge.terms if row.member_id == member_id), None)


def _answers(
    session: Session, place: Place, found: JourneyMap, edges: Sequence[EdgeRow]
) -> Mapping[uuid.UUID, list[Answers]]:
    """Return participation → what was answered about it at each point of the group, in path order.

    Every circle in which the member sits counts: with members of another group and without.
    """
    ids = {edge.id for edge in edges}
    points = {point.id for point in found.points if ids & set(point.covers)}
    rows = [row for row in overview(session, place).rows if row.point.id in points and row.wave]
    circles = _circles(session, place, points)
    metrics = {row.point.id: row.point.metric for row in rows}
    waves = [row.wave.id for row in rows if row.wave]
    sums = sums_by(session, place.id, metrics, Cell.circle_id, where=[Cell.wave_id.in_(waves)])
    answers: dict[uuid.UUID, list[Answers]] = defaultdict(list)
    members = sorted({member for known in circles.values() for member in known})
    for row in rows:
        for member in members:
            mine = [
                part.histogram
                for (point_id, circle_id), part in sums.items()
                if point_id == row.point.id and member in circles.get((point_id, circle_id), ())
            ]
            answers[member].append(Answers(row.point.subject, _view(row, mine)))
    return answers


def _view(row: Row, mine: Sequence[Histogram]) -> ScoreView:
    metric = row.point.metric
    counted = {
        value: sum(one.counts[number] for one in mine) for number, value in enumerate(metric.values)
    }
    return score_view(
        Histogram.of(metric, counted),
        point=row.point.key,
        period=(row.now.period_from, row.now.period_to),
        wave=row.now.wave,
    )


def _circles(
    session: Session, place: Place, points: set[uuid.UUID]
) -> dict[tuple[uuid.UUID, uuid.UUID], frozenset[uuid.UUID]]:
    """Return (point, circle) → the members that sit in it."""
    rows = session.execute(
        select(PointCircle.point_id, PointCircle.circle_id, PointCircle.members).where(
            PointCircle.journey_id == place.id, PointCircle.point_id.in_(points)
        )
    )
    return {(row[0], row[1]): frozenset(uuid.UUID(one) for one in row[2]) for row in rows}
