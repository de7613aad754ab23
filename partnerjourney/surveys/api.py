"""REST: measuring points and their measuring periods, as far as the organisation shares them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import url_for
from marshmallow import ValidationError

from partnerjourney.core import clock
from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.scopes import TokenPurpose
from partnerjourney.events.schemas import BatchResult
from partnerjourney.events.services import Result
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.surveys import queries, schemas
from partnerjourney.surveys.queries import PointRow, WaveRow
from partnerjourney.surveys.services import points, receiving, waves
from partnerjourney.web import rest
from partnerjourney.web.session import session

api = rest.Api("points", "Measuring points")

READ, WRITE = TokenPurpose.READ, TokenPurpose.WRITE
POINTS = "/journeys/<uuid:journey_id>/points"
POINT = f"{POINTS}/<uuid:point_id>"
WAVES = f"{POINT}/waves"
WAVE = f"{WAVES}/<uuid:wave_id>"
_OF_WAVE = ("id", "key", "kind", "state", "opened_at", "closed_at", "close_on")
_ENDS = ("close_at_answers", "sample_percent")
_SENT = {"card_id": "card", "covers": "handovers"}
_FAULTS = {
    "empty": "No hand-over leads to this touchpoint yet.",
    "twice": "A hand-over stands in the stretch twice.",
    "broken": "Each hand-over must begin where the last one ended.",
    "elsewhere": "The stretch must end at the touchpoint that asks.",
    "unknown": "This is not in the journey.",
    "step": "The customer does not notice a step, so ask at a touchpoint.",
}


def _point(row: PointRow) -> dict[str, Any]:
    point = row.point
    return {
        "id": point.id,
        "key": point.key,
        "card": point.card_id,
        "metric": point.metric,
        "subject": point.subject,
        "handovers": [cover.handover_id for cover in point.covers],
        "grouped": row.grouped,
    }


def _wave(row: WaveRow) -> dict[str, Any]:
    said = {name: getattr(row.wave, name) for name in (*_OF_WAVE, *_ENDS)}
    return {**said, "question": row.question.text}


def _place(journey_id: UUID, *, lock: bool = False) -> Place:
    return journeys.find(session(), rest.actor(), journey_id, lock=lock)


def _asked(place: Place, point_id: UUID) -> PointRow:
    for row in queries.asked(session(), place, {}):
        if row.point.id == point_id:
            return row
    raise NotFoundError


def _found(place: Place, point_id: UUID, wave_id: UUID) -> WaveRow:
    for row in _asked(place, point_id).waves:
        if row.wave.id == wave_id:
            return row
    raise NotFoundError


@api.operation("GET", POINTS, purpose=READ, gives=schemas.PointDocument, listed=True)
def all_points(journey_id: UUID, query: dict[str, Any]) -> Any:
    """List the measuring points that the organisation shares, in path order."""
    rows = queries.asked(session(), _place(journey_id), {})
    numbered = list(enumerate(rows))
    found, following = rest.paged(numbered, lambda one: (one[0], str(one[1].point.id)), **query)
    return [_point(row) for _, row in found], following


@api.operation("GET", POINT, purpose=READ, gives=schemas.PointDocument)
def point(journey_id: UUID, point_id: UUID) -> Any:
    """Give one measuring point."""
    return _point(_asked(_place(journey_id), point_id))


@api.operation(
    "POST", POINTS, purpose=WRITE, takes=schemas.NewPoint, gives=schemas.PointDocument, status=201
)
def add_point(journey_id: UUID, body: dict[str, Any]) -> Any:
    """Ask a question at a touchpoint, about a stretch; for who coordinates the journey."""
    place = _place(journey_id, lock=True)
    with rest.named(_SENT, _FAULTS):
        made = points.add_point(session(), rest.actor(), place, at=clock.now(), **body)
    address = url_for("points_api.point", journey_id=place.id, point_id=made.id)
    return _point(_asked(place, made.id)), 201, {"Location": address}


@api.operation("DELETE", POINT, purpose=WRITE, gives=None, status=204, matched=True)
def retire_point(journey_id: UUID, point_id: UUID) -> Any:
    """Stop asking at a point; its answers stay. For who coordinates the journey."""
    place = _place(journey_id, lock=True)
    found = points.find_point(session(), place, point_id, lock=True)
    journeys.may_draw(rest.actor(), place)
    rest.match(schemas.PointDocument, _point(_asked(place, point_id)))
    points.retire_point(session(), rest.actor(), place, found, at=clock.now())


@api.operation("GET", WAVES, purpose=READ, gives=schemas.WaveDocument, listed=True)
def all_waves(journey_id: UUID, point_id: UUID, query: dict[str, Any]) -> Any:
    """List the measuring periods of a point, the newest first."""
    found, following = rest.paged(
        _asked(_place(journey_id), point_id).waves,
        lambda row: (row.wave.opened_at.isoformat(), str(row.wave.id)),
        descending=True,
        **query,
    )
    return [_wave(row) for row in found], following


@api.operation("GET", WAVE, purpose=READ, gives=schemas.WaveDocument)
def wave(journey_id: UUID, point_id: UUID, wave_id: UUID) -> Any:
    """Give one measuring period."""
    return _wave(_found(_place(journey_id), point_id, wave_id))


@api.operation(
    "POST", WAVES, purpose=WRITE, takes=schemas.NewWave, gives=schemas.WaveDocument, status=201
)
def open_wave(journey_id: UUID, point_id: UUID, body: dict[str, Any]) -> Any:
    """Open a measuring period; for who coordinates the journey. The first is the baseline."""
    place = _place(journey_id)
    point = points.find_point(session(), place, point_id, lock=True)
    made = waves.open_wave(session(), rest.actor(), place, point, at=clock.now(), **body)
    return _wave(_found(place, point_id, made.id))


@api.operation(
    "PATCH",
    WAVE,
    purpose=WRITE,
    takes=schemas.WaveClosing,
    gives=schemas.WaveDocument,
    matched=True,
)
def close_wave(journey_id: UUID, point_id: UUID, wave_id: UUID, body: dict[str, Any]) -> Any:
    """Close a measuring period before its end, for good; for who coordinates the journey."""
    place = _place(journey_id)
    point = points.find_point(session(), place, point_id, lock=True)
    found = waves.find_wave(session(), place, point, wave_id, lock=True)
    waves.may_manage(rest.actor(), place)
    rest.match(schemas.WaveDocument, _wave(_found(place, point_id, wave_id)))
    waves.close_by_hand(session(), rest.actor(), place, point, found, at=clock.now())
    return _wave(_found(place, point_id, wave_id))


@api.operation(
    "POST",
    f"{POINT}/answers",
    purpose=TokenPurpose.EVENTS,
    takes=schemas.GivenAnswers,
    gives=BatchResult,
)
def answers(journey_id: UUID, point_id: UUID, body: dict[str, Any]) -> Any:
    """Hand in answers that customers gave elsewhere, at most 500 at once.

    Without `wave` they stand outside any measuring period: they count, and get no verdict. An
    answer that was sent before, with the same content, is a duplicate; with other content it is
    refused, unless `correct` says that it replaces the first. It tells of each what became of it;
    422 when none is valid.
    """
    place = _place(journey_id)
    point = points.find_point(session(), place, point_id)
    said: dict[int, dict[str, Any]] = {}
    became: dict[int, dict[str, Any]] = {}
    for index, one in enumerate(body.pop("answers")):
        try:
            said[index] = dict(schemas.GivenAnswer().load(one))
        except ValidationError as error:
            became[index] = rest.batches.rejected(index, rest.fields(error.messages_dict))
    good = list(said.values())
    stored = receiving.receive(session(), rest.actor(), point, good, at=clock.now(), **body)
    became |= {index: _became(index, one) for index, one in zip(said, stored, strict=True)}
    told = [became[index] for index in sorted(became)]
    return rest.batches.told(told, none_valid="No answer of the batch is valid.")


def _became(index: int, one: Result) -> dict[str, Any]:
    if one.fault is not None:
        name = "references" if one.fault.field == "case" else one.fault.field or ""
        return rest.batches.rejected(index, [{"field": name, "message": one.fault.message}])
    said = {"index": index, "status": one.status.value}
    flags = [{"rule": flag.rule, "message": flag.message} for flag in one.flags]
    return said | ({"flags": flags} if flags else {})
