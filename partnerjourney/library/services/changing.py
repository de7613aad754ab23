"""Saying an item otherwise: at each place exactly what was shown, or nothing, and that is told."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import audit, jobs
from partnerjourney.core.errors import (
    ConflictError,
    InputError,
    NotFoundError,
    StaleVersionError,
)
from partnerjourney.core.owned import held_in, private
from partnerjourney.core.parties import Organisation
from partnerjourney.core.policy import NotAllowedError
from partnerjourney.core.scopes import Actor
from partnerjourney.core.texts import N_
from partnerjourney.handovers import services as handovers
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.library.models import LibraryChange, LibraryItem, LibraryUse
from partnerjourney.library.queries import Key
from partnerjourney.library.rules import FIELDS, MANY, Kind, Result, Spot, Way, base
from partnerjourney.library.services.items import may_edit, used_here
from partnerjourney.proposals import services as proposals
from partnerjourney.proposals.models import EmergencyChange
from partnerjourney.touchpoints import services as touchpoints

CHANGE_JOB = "library.change"


@dataclass(frozen=True)
class Chosen:
    """A place as it was shown: upon which text, and what the change does there.

    One that was not `wanted` is left as it is.
    """

    use_id: uuid.UUID
    base: str
    way: Way
    wanted: bool = True


@dataclass(frozen=True)
class Wanted:
    """What an item is to say, upon which version of it, and why, for whom it is proposed to."""

    version: int
    title: str
    fields: Mapping[str, str]
    reason: str = ""


def begin(
    session: Session,
    actor: Actor,
    organisation: Organisation,
    item: LibraryItem,
    *,
    said: Wanted,
    chosen: Sequence[Chosen],
    at: datetime,
) -> LibraryChange:
    """Change an item and the chosen places; many places are the worker's. The item was locked.

    What a key changes is done at once. Raises StaleVersionError when a colleague saved first,
    InputError for a proposal without a reason, and ConflictError to a key that is not for all of
    the journeys in which the item is used.
    """
    may_edit(actor, organisation)
    fields, reason = dict(said.fields), said.reason.strip()
    if item.version != said.version:
        raise StaleVersionError({"title": item.title, **item.fields})
    if not reason and any(one.wanted and one.way is Way.PROPOSAL for one in chosen):
        raise InputError({"reason": [N_("Say why: the other side decides on it.")]})
    made = LibraryChange(
        owner_id=organisation.id,
        item_id=item.id,
        user_id=actor.user_id,
        fields=fields,
        reason=reason,
        places=[_entry(one) for one in chosen],
        made_at=at,
    )
    with private(session, actor) as own:
        used_here(own, actor, item)
        _say(own, actor, held_in(own, session, item), said, at)
        own.add(made)
        own.flush()
    waiting = sum(one["result"] == Result.WAITS for one in made.places)
    if waiting <= MANY or actor.user_id is None:
        go_on(session, actor, made.id, at=at, most=max(waiting, 1))
    else:
        jobs.enqueue(
            session,
            CHANGE_JOB,
            at=at,
            dedupe_key=str(made.id),
            thing_id=made.id,
            organisation_id=organisation.id,
            user_id=actor.user_id,
        )
    with private(session, actor) as own:
        return _locked(own, actor, made.id)


def _say(own: Session, actor: Actor, item: LibraryItem, said: Wanted, at: datetime) -> None:
    """Let the item say it from now on."""
    before = {"title": item.title, "fields": item.fields}
    after = {"title": said.title, "fields": dict(said.fields)}
    if before != after:
        item.title, item.fields, item.changed_at = said.title, dict(said.fields), at
    audit.record(
        own,
        "library.change",
        at=at,
        thing_id=item.id,
        owner_id=item.owner_id,
        before=before,
        after=after,
        by=actor,
    )


def _entry(one: Chosen) -> dict[str, str]:
    result = Result.WAITS
    if one.way is Way.CANNOT:
        result = Result.CANNOT
    elif one.way is Way.SAME:
        result = Result.SAME
    elif not one.wanted:
        result = Result.LEFT
    return {"use": str(one.use_id), "base": one.base, "way": one.way.value, "result": result.value}


def go_on(session: Session, actor: Actor, change_id: uuid.UUID, *, at: datetime, most: int) -> bool:
    """Change up to so many places that wait, each by itself; return whether any still waits."""
    with private(session, actor) as own:
        change = _locked(own, actor, change_id)
        entries = [dict(one) for one in change.places]
        fields, reason = dict(change.fields), change.reason
        waiting = [one for one in entries if one["result"] == Result.WAITS]
        uses = _uses(own, actor, [uuid.UUID(one["use"]) for one in waiting[:most]])
        keys = {one.id: (one.journey_id, one.thing_id, one.spot) for one in uses}
    for entry in waiting[:most]:
        key = keys.get(uuid.UUID(entry["use"]))
        entry["result"] = _at(session, actor, key, entry, fields, reason, at).value
    more = len(waiting) > most
    done = [uuid.UUID(one["use"]) for one in waiting if one["result"] == Result.DONE]
    with private(session, actor) as own:
        for use in _uses(own, actor, done):
            use.taken = {**use.taken, **fields}
        change = _locked(own, actor, change_id)
        change.places = entries
        if not more:
            change.finished_at = at
        own.flush()
    return more


def _locked(own: Session, actor: Actor, change_id: uuid.UUID) -> LibraryChange:
    return own.scalars(
        select(LibraryChange)
        .where(LibraryChange.owner_id == actor.organisation_id, LibraryChange.id == change_id)
        .with_for_update()
    ).one()


def _uses(own: Session, actor: Actor, ids: Collection[uuid.UUID]) -> Sequence[LibraryUse]:
    mine = LibraryUse.owner_id == actor.organisation_id, LibraryUse.id.in_(ids)
    return own.scalars(select(LibraryUse).where(*mine).order_by(LibraryUse.id)).all()


@dataclass(frozen=True)
class _Thing:
    """A card or hand-over, locked: what stands there, and the verb that says it otherwise."""

    now: Mapping[str, Any]
    change: Callable[[Mapping[str, str], str, datetime], Way]


def _at(
    session: Session,
    actor: Actor,
    key: Key | None,
    entry: Mapping[str, str],
    fields: Mapping[str, str],
    reason: str,
    at: datetime,
) -> Result:
    """Change one place as it was shown, or nothing of it: what cannot be is told."""
    if key is None:
        return Result.CANNOT
    journey_id, thing_id, spot = key
    try:
        with session.begin_nested():
            place = journeys.find(session, actor, journey_id)
            thing = (_card if spot is Spot.CARD else _edge)(session, actor, place, thing_id)
            way = _as_shown(thing, entry, fields, reason, at)
            session.flush()
            return Result.PROPOSED if way is Way.PROPOSAL else Result.DONE
    except StaleVersionError:
        result = Result.STALE
    except (ConflictError, NotFoundError, NotAllowedError, InputError):
        result = Result.CANNOT
    session.expire_all()
    return result


def _as_shown(
    thing: _Thing, entry: Mapping[str, str], fields: Mapping[str, str], reason: str, at: datetime
) -> Way:
    if base({name: thing.now[name] or "" for name in fields}) != entry["base"]:
        raise StaleVersionError
    way = thing.change(fields, reason, at)
    if way != entry["way"]:
        raise StaleVersionError  # it would do another thing than was shown
    return way


def _card(session: Session, actor: Actor, place: Place, card_id: uuid.UUID) -> _Thing:
    card = touchpoints.find(session, place, card_id, lock=True)
    session.refresh(card.content)

    def change(fields: Mapping[str, str], _reason: str, at: datetime) -> Way:
        wanted: dict[str, Any] = {**fields}
        if "channel" in wanted:
            wanted["channel"] = wanted["channel"] or None
        version = card.content.version
        touchpoints.change(session, actor, place, card, version=version, at=at, fields=wanted)
        return Way.DIRECT

    return _Thing({name: getattr(card.content, name) for name in FIELDS[Kind.CARD]}, change)


def _edge(session: Session, actor: Actor, place: Place, handover_id: uuid.UUID) -> _Thing:
    edge = handovers.find(session, place, handover_id, lock=True)
    if not edge.terms:
        raise NotFoundError
    terms = edge.terms[0]
    session.refresh(terms)
    session.refresh(edge.handover.content)

    def change(fields: Mapping[str, str], reason: str, at: datetime) -> Way:
        _no_emergency(session, place, terms.id, fields)
        outcome = proposals.change(
            session,
            actor,
            place,
            edge,
            terms,
            version=terms.version,
            at=at,
            fields=dict(fields),
            reason=reason,
        )
        return Way.PROPOSAL if outcome.proposals else Way.DIRECT

    return _Thing(handovers.standing_terms(edge.handover, terms), change)


def _no_emergency(
    session: Session, place: Place, terms_id: uuid.UUID, fields: Mapping[str, str]
) -> None:
    """Raise ConflictError while an emergency change holds one of these fields."""
    rows = session.scalars(
        select(EmergencyChange.fields).where(
            EmergencyChange.journey_id == place.id,
            EmergencyChange.terms_id == terms_id,
            EmergencyChange.ended_at.is_(None),
        )
    )
    if any(set(held) & set(fields) for held in rows):
        raise ConflictError("an emergency change holds here")
