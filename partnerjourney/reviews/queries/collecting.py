"""Everything that the acting organisation may see of a journey, as one fact document.

Each number comes from the queries that its pages use; the session's scope narrows them all.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from partnerjourney.core.parties import Organisation, PartyKind
from partnerjourney.journeys.services import Place
from partnerjourney.maps import queries as maps
from partnerjourney.maps.queries import EdgeRow, JourneyMap
from partnerjourney.maps.rules.ends import Passing, Stop, drawn_between
from partnerjourney.measurement import queries as measurement
from partnerjourney.measurement.queries import Detail, Overview, Period
from partnerjourney.measurement.queries import Facts as Cases
from partnerjourney.reviews.queries.discussing import to_discuss
from partnerjourney.reviews.queries.figures import gap_of, score_of
from partnerjourney.reviews.queries.over_time import announced, with_lines
from partnerjourney.reviews.rules.facts import (
    FORMAT,
    QUOTE_SIGNS,
    QUOTES,
    Asking,
    CardFact,
    Explanation,
    Facts,
    GivenVerdict,
    HandoverFact,
    PartyFact,
    PhaseFact,
    PointFact,
    Quote,
    Scale,
    Word,
)
from partnerjourney.reviews.rules.texts import shortened
from partnerjourney.surveys.rules import WaveKind

Days = tuple[date | None, date | None]


def collect(
    session: Session,
    place: Place,
    *,
    fixed_by: str,
    at: datetime,
    date_from: date | None = None,
    date_to: date | None = None,
) -> Facts:
    """Read what the session's scope sees of a journey; without days each point's latest wave."""
    period = Period(first=date_from, last=date_to)
    found = maps.read(session, place)
    seen = measurement.overview(session, place, period)
    said = measurement.explanations(session, place, seen)
    near = [measurement.detail(session, place, row, period) for row in seen.rows]
    days = _days(seen, period)
    shared = {edge.id: days for edge in found.edges if edge.shared}
    cases = measurement.facts(session, place, shared)
    points = with_lines(session, place, seen.rows, _points(near, said, found), period)
    me = session.get_one(Organisation, place.standing.organisation_id)
    brand = session.get_one(Organisation, place.journey.organisation_id)
    lead = place.orchestrator
    return Facts(
        format=FORMAT,
        journey=place.journey.name,
        brand=lead.name if lead else brand.name,
        colour=brand.brand_colour,
        seen_by=me.name,
        fixed_by=fixed_by,
        fixed_at=at,
        fixed_on=at.astimezone(ZoneInfo(place.journey.time_zone)).date(),
        days_from=date_from,
        days_to=date_to,
        cases_from=days[0],
        cases_to=days[1],
        fictitious=place.journey.fictitious,
        parties=_parties(found),
        phases=tuple(PhaseFact(f"p{i}", p.name) for i, p in enumerate(found.phases, 1)),
        cards=_cards(found),
        handovers=_handovers(found, cases),
        points=points,
        to_discuss=to_discuss(session, place, found, at=at),
        announced=announced(session, place, points, days),
    )


def _days(seen: Overview, period: Period) -> Days:
    """The days over which the cases of hand-overs are counted: those of the points together."""
    if period.free:
        return period.first, period.last
    views = [row.now for row in seen.rows if row.now.n]
    first = [view.period_from for view in views if view.period_from]
    last = [view.period_to for view in views if view.period_to]
    return min(first, default=None), max(last, default=None)


def _keys(things: Sequence[Any], letter: str) -> dict[uuid.UUID, str]:
    return {thing.id: f"{letter}{number}" for number, thing in enumerate(things, 1)}


def _parties(found: JourneyMap) -> tuple[PartyFact, ...]:
    """The lanes, the customer first."""
    parties = sorted(
        found.place.parties.values(), key=lambda party: party.kind is not PartyKind.CUSTOMER
    )
    return tuple(
        PartyFact(
            party.key,
            party.name,
            party.kind.value,
            party.subtitle,
            orchestrator=party.orchestrator,
            provisional=party.provisional and not party.orchestrator,
            members=len(found.members_of(party.id)),
            mine=party.id in found.mine,
        )
        for party in parties
    )


def _cards(found: JourneyMap) -> tuple[CardFact, ...]:
    phases, parties = _keys(found.phases, "p"), found.place.parties
    return tuple(
        CardFact(
            f"c{number}",
            parties[card.party_id].key,
            phases[card.phase_id],
            card.name,
            card.channel or "",
            step=card.is_step,
            moment_of_truth=card.moment_of_truth,
        )
        for number, card in enumerate(found.cards, 1)
        if card.party_id in parties
    )


def _drawn(found: JourneyMap) -> Mapping[object, tuple[object, object]]:
    return drawn_between(
        [Stop(card.id, card.party_id) for card in found.cards],
        [
            Passing(e.id, e.from_party_id, e.to_party_id, e.from_card_id, e.to_card_id)
            for e in found.edges
        ],
    )


def _handovers(found: JourneyMap, cases: Mapping[uuid.UUID, Cases]) -> tuple[HandoverFact, ...]:
    drawn, cards = _drawn(found), _keys(found.cards, "c")
    ends: dict[uuid.UUID, tuple[str | None, str | None]] = {
        edge.id: (cards.get(drawn[edge.id][0]), cards.get(drawn[edge.id][1]))  # type: ignore[call-overload]
        for edge in found.edges
        if edge.id in drawn
    }
    return tuple(
        _handover(found, edge, ends.get(edge.id, (None, None)), cases.get(edge.id))
        for edge in found.edges
        if edge.from_party_id in found.place.parties and edge.to_party_id in found.place.parties
    )


def _handover(
    found: JourneyMap, edge: EdgeRow, ends: tuple[str | None, str | None], cases: Cases | None
) -> HandoverFact:
    parties = found.place.parties
    terms = edge.terms[0] if edge.terms else None
    return HandoverFact(
        edge.number,
        parties[edge.from_party_id].key,
        parties[edge.to_party_id].key,
        *ends,
        edge.label,
        shared=terms is not None,
        name=terms.name if terms else "",
        time_limit=(terms.time_limit or "") if terms else "",
        cases=_by_state(cases or Cases()) if terms else None,
    )


def _by_state(cases: Cases) -> dict[str, int]:
    return {state.value: number for state, number in sorted(cases.by_state.items())}


Said = Mapping[uuid.UUID, Sequence[measurement.Explanation]]


def _points(near: Sequence[Detail], said: Said, found: JourneyMap) -> tuple[PointFact, ...]:
    quoted = _quotes(near)
    cards, ids = _keys(found.cards, "c"), {point.id: point.card_id for point in found.points}
    return tuple(
        replace(
            _point(number, detail, cards.get(ids[detail.row.point.id], ""), quoted[number - 1]),
            explanations=tuple(_explanation(one) for one in said.get(detail.row.point.id, ())),
        )
        for number, detail in enumerate(near, 1)
        if detail.row.point.id in ids
    )


def _point(number: int, detail: Detail, card: str, quotes: tuple[Quote, ...]) -> PointFact:
    row, wave = detail.row, detail.row.wave
    asking = wave is not None and wave.kind is not WaveKind.OUTSIDE
    return PointFact(
        number=number,
        name=row.point.name,
        card=card,
        covers=tuple(leg.number for leg in row.point.legs),
        metric=Scale(row.point.metric),
        now=score_of(row.now),
        baseline=score_of(row.baseline) if row.baseline else None,
        in_wave=asking,
        is_baseline=row.is_baseline,
        open=asking and wave is not None and wave.open,
        closes_on=wave.last if asking and wave is not None and wave.open else None,
        verdict=_given(row.verdict),
        deviations={
            state: GivenVerdict(Word(given.word), given.given_on)
            for state, given in sorted(row.deviations.items())
        },
        states=tuple(score_of(view) for view in detail.states),
        late=gap_of(detail.late),
        asked=detail.reach.sent if detail.reach else None,
        delivered=detail.reach.delivered if detail.reach else None,
        cases=_by_state(row.facts),
        quotes=quotes,
    )


def _explanation(said: measurement.Explanation) -> Explanation:
    wave = said.about
    about = None
    if wave is not None:
        last = None if wave.open else wave.last
        about = Asking(wave.kind is WaveKind.BASELINE, wave.first, last)
    return Explanation(said.by, said.text, said.day, about)


def _given(verdict: measurement.GivenVerdict | None) -> GivenVerdict | None:
    return GivenVerdict(Word(verdict.word), verdict.given_on) if verdict else None


def _quotes(near: Sequence[Detail]) -> list[tuple[Quote, ...]]:
    """Three comments over all points, one of each in turn, latest first."""
    left = QUOTES
    taken = [0] * len(near)
    for turn in range(QUOTES):
        for place, detail in enumerate(near):
            if left and len(detail.comments) > turn:
                taken[place] += 1
                left -= 1
    return [
        tuple(
            Quote(shortened(" ".join(c.text.split()), QUOTE_SIGNS), c.score, c.day)
            for c in detail.comments[:number]
        )
        for detail, number in zip(near, taken, strict=True)
    ]
