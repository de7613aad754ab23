"""Events as a system sends them: one or many, of any of the journeys of its key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from partnerjourney.core.errors import ConflictError, NotFoundError
from partnerjourney.core.scopes import Token
from partnerjourney.events.rules.kinds import EventKind
from partnerjourney.events.rules.promises import end_of_day
from partnerjourney.events.rules.rows import Fault, NewEvent
from partnerjourney.events.services.record import Result, Status, record
from partnerjourney.journeys.services import Place, find, find_by_slug


def receive(
    session: Session, actor: Token, said: Sequence[Mapping[str, Any]], *, at: datetime
) -> list[Result]:
    """Store events and return what became of each, in their order.

    `said` has id, source, kind, subject, time and data (handover, journey, promise, member, reason,
    references). Without a journey it is the only one of the key. Raises NotAllowedError.
    """
    places: dict[str, Place | Fault] = {}
    groups: dict[tuple[UUID, str], list[tuple[int, NewEvent]]] = defaultdict(list)
    results: list[Result | None] = [None] * len(said)
    for index, one in enumerate(said):
        name = one["data"]["journey"]
        if name not in places:
            places[name] = _place(session, actor, name)
        place = places[name]
        if isinstance(place, Fault):
            results[index] = Result(Status.REJECTED, fault=place)
            continue
        groups[place.id, one["source"]].append((index, _event(one, place, index)))
    by_id = {place.id: place for place in places.values() if isinstance(place, Place)}
    for (journey_id, source), events in groups.items():
        stored = record(
            session,
            actor,
            by_id[journey_id],
            events=[event for _, event in events],
            source=source,
            at=at,
        )
        for (index, _), result in zip(events, stored, strict=True):
            results[index] = result
    return [result for result in results if result is not None]


def _place(session: Session, actor: Token, name: str) -> Place | Fault:
    try:
        if not name and len(actor.journeys) != 1:
            return Fault(0, "journey", "say which journey: the key is for several")
        if not name:
            return find(session, actor, next(iter(actor.journeys)))
        try:
            return find(session, actor, UUID(name))
        except ValueError:
            return find_by_slug(session, actor, name)
    except NotFoundError:
        return Fault(0, "journey", "unknown journey")
    except ConflictError as error:
        return Fault(0, "journey", str(error))


def _event(one: Mapping[str, Any], place: Place, index: int) -> NewEvent:
    data, kind = one["data"], EventKind(one["kind"])
    promise = data["promise"]
    if isinstance(promise, date) and not isinstance(promise, datetime):
        promise = end_of_day(promise, ZoneInfo(place.journey.time_zone))
    return NewEvent(
        line=index,
        handover=data["handover"],
        kind=kind,
        row_key=one["id"],
        references=(("case", one["subject"]), *sorted(data["references"].items())),
        at=None if kind is EventKind.EXPECTED else one["time"],
        promised_at=promise,
        member=data["member"],
        reason=data["reason"] or None,
    )
