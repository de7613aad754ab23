"""REST: the scores of a journey, as at the command line, and what parties say beside them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from partnerjourney.core import clock
from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.scopes import TokenPurpose
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.measurement import queries, schemas
from partnerjourney.measurement.queries.explanations import Said, own, said_of
from partnerjourney.measurement.services.explaining import explain
from partnerjourney.surveys.models import Point, Wave
from partnerjourney.surveys.services import points, waves
from partnerjourney.web import rest
from partnerjourney.web.session import session

api = rest.Api("scores", "Scores")
ALL = "/journeys/<uuid:journey_id>/points/<uuid:point_id>/waves/<uuid:wave_id>/explanations"
ONE = f"{ALL}/<uuid:party_id>"


@api.operation(
    "GET",
    "/journeys/<uuid:journey_id>/scores",
    purpose=TokenPurpose.READ,
    asks=schemas.ScoresQuery,
    gives=schemas.ScoreDocument,
    listed=True,
)
def scores(journey_id: UUID, query: dict[str, Any]) -> Any:
    """List the score of every measuring point that the organisation shares, in path order.

    Days are those of the answers, in the journey's time zone, inclusive. Without a wave all answers
    of the period count. The list comes in one page.
    """
    place = journeys.find(session(), rest.actor(), journey_id)
    found = queries.scores(
        session(),
        place,
        date_from=query["first"],
        date_to=query["last"],
        wave=query["wave"],
        by=query["by"],
    )
    return [queries.score_document(score) for score in found], None


def _wave(
    journey_id: UUID, point_id: UUID, wave_id: UUID, *, lock: bool = False
) -> tuple[Place, Point, Wave]:
    place = journeys.find(session(), rest.actor(), journey_id)
    point = points.find_point(session(), place, point_id, lock=lock)
    return place, point, waves.find_wave(session(), place, point, wave_id)


def _own(place: Place, point_id: UUID, wave_id: UUID, party_id: UUID) -> Said:
    found = own(session(), rest.actor(), place, point_id, wave_id).get(party_id)
    if found is None:
        raise NotFoundError
    return found


@api.operation(
    "GET", ALL, purpose=TokenPurpose.READ, gives=schemas.ExplanationDocument, listed=True
)
def explanations(journey_id: UUID, point_id: UUID, wave_id: UUID, query: dict[str, Any]) -> Any:
    """List what the parties say beside the number of a measuring period, as lanes stand."""
    place, point, wave = _wave(journey_id, point_id, wave_id)
    rows = list(enumerate(said_of(session(), place, point.id, wave.id)))
    found, following = rest.paged(rows, lambda one: (one[0], str(one[1].party_id)), **query)
    return [said for _, said in found], following


@api.operation("GET", ONE, purpose=TokenPurpose.READ, gives=schemas.ExplanationDocument)
def explanation(journey_id: UUID, point_id: UUID, wave_id: UUID, party_id: UUID) -> Any:
    """Give what one's own organisation says for a party; an empty text where nothing yet."""
    place, point, wave = _wave(journey_id, point_id, wave_id)
    return _own(place, point.id, wave.id, party_id)


@api.operation(
    "PATCH",
    ONE,
    purpose=TokenPurpose.WRITE,
    takes=schemas.ExplanationChange,
    gives=schemas.ExplanationDocument,
    matched=True,
)
def say(
    journey_id: UUID, point_id: UUID, wave_id: UUID, party_id: UUID, body: dict[str, Any]
) -> Any:
    """Say something beside a number for a party of one's own: who shares the number reads it."""
    return _say(journey_id, point_id, wave_id, party_id, body["text"])


@api.operation("DELETE", ONE, purpose=TokenPurpose.WRITE, gives=None, status=204, matched=True)
def take_back(journey_id: UUID, point_id: UUID, wave_id: UUID, party_id: UUID) -> Any:
    """Take back what one's own organisation says for a party."""
    _say(journey_id, point_id, wave_id, party_id, "")


def _say(journey_id: UUID, point_id: UUID, wave_id: UUID, party_id: UUID, text: str) -> Said:
    place, point, wave = _wave(journey_id, point_id, wave_id, lock=True)
    now = _own(place, point.id, wave.id, party_id)
    rest.match(schemas.ExplanationDocument, now)
    explain(
        session(),
        rest.actor(),
        place,
        point,
        wave,
        party_id,
        text=text,
        version=now.version,
        at=clock.now(),
    )
    return _own(place, point.id, wave.id, party_id)
