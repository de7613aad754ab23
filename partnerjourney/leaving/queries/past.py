"""The past of one organisation in one journey: all that it reads at one moment, as one document.

It is read under that organisation's own scope, so it holds nothing that its pages would not show.
Plain JSON values; people's ids do not stand in it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.comments import queries as comments
from partnerjourney.core.parties import Organisation, Participation
from partnerjourney.handovers.models import Handover, HandoverContent, HandoverTerms
from partnerjourney.handovers.rules import TERMS
from partnerjourney.journeys.services import Place
from partnerjourney.measurement.models import StoredExplanation
from partnerjourney.measurement.queries import Score, scores
from partnerjourney.reviews.queries.collecting import collect
from partnerjourney.reviews.rules import document_of
from partnerjourney.surveys.models import Point, PointCircle, Wave
from partnerjourney.touchpoints import services as touchpoints

FORMAT = 1
"""The version of the document's shape."""
MOST_TALKS = 5000
"""Conversations that go along: the latest, in the order in which they were last written in."""


def past(session: Session, place: Place, *, at: datetime) -> dict[str, Any]:
    """Return what the session's organisation reads of a journey at this moment."""
    return {
        "format": FORMAT,
        "facts": document_of(collect(session, place, fixed_by="", at=at)),
        "cards": [*_cards(session, place)],
        "handovers": [*_handovers(session, place)],
        "scores": [*_scores(session, place)],
        "explanations": [*_explanations(session, place)],
        "comments": [*_comments(session, place)],
    }


def _comments(session: Session, place: Place) -> Iterator[dict[str, Any]]:
    """What was said in conversations that the organisation reads, each comment in its place."""
    found = comments.listing(session, place, limit=MOST_TALKS)
    named = comments.things(session, place)
    for number, seen in enumerate(reversed(found), 1):
        thing = comments.thing_of(named, seen.about)
        for said in seen.comments:
            yield {
                "conversation": number,
                "audience": seen.audience.value,
                "about": thing.name if thing else place.journey.name,
                "organisation": said.organisation,
                "person": said.person,
                "text": said.text,
                "written_at": said.at.isoformat(),
                "edited": said.edited_at is not None,
                "taken_back": said.withdrawn_at is not None,
            }


def _cards(session: Session, place: Place) -> Iterator[dict[str, Any]]:
    """The organisation's own cards, in path order."""
    mine = {party.id for party in place.mine}
    for card in touchpoints.cards(session, place.id):
        content = card.content
        if content.party_id not in mine:
            continue
        yield {
            "key": card.key,
            "party": place.parties[content.party_id].name,
            "kind": card.kind.value,
            "name": content.name,
            "channel": content.channel or "",
            "initiator": _party(place, content.initiator_id),
            "receiver": _party(place, content.receiver_id),
            "intended_experience": content.intended_experience,
            "moment_of_truth": content.moment_of_truth,
        }


def _party(place: Place, party_id: uuid.UUID | None) -> str:
    party = place.parties.get(party_id) if party_id else None
    return party.name if party else ""


def _handovers(session: Session, place: Place) -> Iterator[dict[str, Any]]:
    """Every hand-over whose terms the organisation shares, once for each of those terms."""
    rows = session.execute(
        select(Handover.key, HandoverContent, HandoverTerms, Organisation.name)
        .join(
            HandoverContent,
            (HandoverContent.journey_id == Handover.journey_id)
            & (HandoverContent.id == Handover.id),
        )
        .join(
            HandoverTerms,
            (HandoverTerms.journey_id == Handover.journey_id)
            & (HandoverTerms.handover_id == Handover.id),
        )
        .outerjoin(
            Participation,
            (Participation.journey_id == HandoverTerms.journey_id)
            & (Participation.id == HandoverTerms.member_id),
        )
        .outerjoin(Organisation, Organisation.id == Participation.organisation_id)
        .where(Handover.journey_id == place.id)
        .order_by(HandoverContent.position, Handover.id, Organisation.name, HandoverTerms.id)
    )
    for key, content, terms, member in rows:
        yield {
            "key": key,
            "from": _party(place, content.from_party_id),
            "to": _party(place, content.to_party_id),
            "member": member or "",
            "label": content.label,
            "told": content.told,
            **{name: getattr(terms, name) for name in TERMS},
        }


def _scores(session: Session, place: Place) -> Iterator[dict[str, Any]]:
    """All answers of each shared point, then those of each measuring period."""
    for found in scores(session, place):
        yield _score(found)
    shared = select(PointCircle.point_id).where(PointCircle.journey_id == place.id)
    waves = session.scalars(
        select(Wave.key)
        .where(Wave.journey_id == place.id, Wave.point_id.in_(shared))
        .group_by(Wave.key)
        .order_by(Wave.key)
    ).all()
    for wave in waves:
        for found in scores(session, place, wave=wave):
            if found.view.wave == wave:
                yield _score(found)


def _score(found: Score) -> dict[str, Any]:
    view = found.view
    return {
        "point": view.point,
        "metric": view.metric.value,
        "wave": view.wave or "",
        "from": view.period_from.isoformat() if view.period_from else "",
        "to": view.period_to.isoformat() if view.period_to else "",
        "n": view.n,
        "value": view.score if view.mean is None else view.mean,
        "low": view.low,
        "high": view.high,
        "confidence": view.confidence,
        "histogram": _counts(view.histogram.by_value()) if view.histogram else {},
        "verdict": view.verdict.value if view.verdict else "",
        "withheld": view.withheld.value if view.withheld else "",
    }


def _counts(histogram: Mapping[Any, int]) -> dict[str, int]:
    return {str(value): number for value, number in histogram.items()}


def _explanations(session: Session, place: Place) -> Iterator[dict[str, Any]]:
    """What parties said beside numbers; one text that stands in several circles once."""
    said = StoredExplanation
    rows = session.execute(
        select(Point.key, Wave.key, said.party_id, said.text, said.written_at)
        .join(Point, (Point.journey_id == said.journey_id) & (Point.id == said.point_id))
        .join(Wave, (Wave.journey_id == said.journey_id) & (Wave.id == said.wave_id))
        .where(said.journey_id == place.id, said.text != "")
        .order_by(Point.key, Wave.key, said.written_at, said.id)
    )
    seen = set()
    for point, wave, party_id, text, written_at in rows:
        if (point, wave, party_id, text) in seen:
            continue
        seen.add((point, wave, party_id, text))
        yield {
            "point": point,
            "wave": wave,
            "party": _party(place, party_id),
            "text": text,
            "written_at": written_at.isoformat(),
        }
