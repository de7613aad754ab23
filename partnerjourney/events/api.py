"""REST: what happened to a case, as CloudEvents 1.0 or our plain JSON, one or many."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError

from partnerjourney.core import clock
from partnerjourney.core.scopes import TokenPurpose
from partnerjourney.events import schemas, services
from partnerjourney.events.services import CHUNK, Result, Status
from partnerjourney.web import rest
from partnerjourney.web.session import session

api = rest.Api("events", "Events")

PLAIN = "application/json"
ONE = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
_FIELDS = {"handover": "data.handover", "member": "data.member", "journey": "data.journey"}
_FIELDS |= {"id": "id", "case": "data.references"}


@api.operation(
    "POST",
    "/events",
    purpose=TokenPurpose.EVENTS,
    raw=True,
    gives=schemas.OneResult,
    status=201,
    also={200: (schemas.OneResult, schemas.BatchResult)},
    media=(PLAIN, ONE, BATCH),
)
def send(body: Any) -> Any:
    """Say what happened to a case, once or in a batch of at most 500.

    An event that was sent before, with the same content, is a duplicate; with other content it is
    refused (409). A batch tells of each event what became of it; 422 when none is valid.
    """
    media = rest.media_type((PLAIN, ONE, BATCH))
    if media == BATCH or (media == PLAIN and isinstance(body, list)):
        return _batch(body, schemas.CloudEvent if media == BATCH else schemas.PlainEvent)
    schema = schemas.CloudEvent if media == ONE else schemas.PlainEvent
    said = rest.load(schema(), body)
    result = services.receive(session(), rest.actor(), [_said(said)], at=clock.now())[0]
    if result.fault is not None:
        faults = _faults(result)
        raise rest.ProblemError(
            409 if result.fault.field == "id" else 422, faults[0]["message"], errors=faults
        )
    duplicate = result.status is Status.DUPLICATE
    document = {
        "status": result.status.value,
        "duplicate": duplicate,
        "id": result.id,
        "flags": _flags(result),
    }
    return document, 200 if duplicate else 201, {}


send.bodies = {  # type: ignore[attr-defined]
    PLAIN: schemas.PlainEvent,
    ONE: schemas.CloudEvent,
    BATCH: {"type": "array", "items": schemas.CloudEvent, "minItems": 1, "maxItems": CHUNK},
}


def _said(loaded: dict[str, Any]) -> dict[str, Any]:
    return {**loaded, "kind": loaded["type"].removeprefix(schemas.TYPE)}


def _batch(body: Any, schema: type[schemas.PlainEvent]) -> Any:
    """Store what is valid of a batch and tell of each what became of it."""
    if not isinstance(body, list) or not 0 < len(body) <= CHUNK:
        fault = {"field": "", "message": f"A batch is a list of 1 to {CHUNK} events."}
        raise rest.ProblemError(422, fault["message"], errors=[fault])
    results: dict[int, dict[str, Any]] = {}
    valid: list[tuple[int, dict[str, Any]]] = []
    for index, one in enumerate(body):
        try:
            valid.append((index, _said(dict(schema().load(one)))))
        except ValidationError as error:
            results[index] = rest.batches.rejected(index, rest.fields(error.messages_dict))
    stored = services.receive(session(), rest.actor(), [one for _, one in valid], at=clock.now())
    for (index, _one), result in zip(valid, stored, strict=True):
        if result.status is Status.REJECTED:
            results[index] = rest.batches.rejected(index, _faults(result))
            continue
        said = {"index": index, "status": result.status.value, "id": result.id}
        results[index] = said | ({"flags": flags} if (flags := _flags(result)) else {})
    told = [results[index] for index in range(len(body))]
    document = rest.batches.told(told, none_valid="No event of the batch is valid.")
    return document, 200, {}, schemas.BatchResult


def _faults(result: Result) -> list[dict[str, str]]:
    fault = result.fault
    assert fault is not None
    return [{"field": _FIELDS.get(fault.field or "", ""), "message": fault.message}]


def _flags(result: Result) -> list[dict[str, str]]:
    return [{"rule": flag.rule, "message": flag.message} for flag in result.flags]
