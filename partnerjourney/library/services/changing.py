"""Saying an item otherwise: at each place exactly what was shown, or nothing, and that is told."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
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
from partnerjourney.core.parties import Organisation
from partnerjourney.core.policy import NotAllowedError
from partnerjourney.core.scopes import Member
from partnerjourney.core.texts import N_
from partnerjourney.handovers import services as handovers
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.library.models import LibraryChange, LibraryItem, LibraryUse
from partnerjourney.library.rules import MANY, Result, Spot, Way, base
from partnerjourney.library.services.items import may_edit
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
    actor: Member,
    organisation: Organisation,
    item: LibraryItem,
    *,
    said: Wanted,
    chosen: Sequence[Chosen],
    at: datetime,
) -> LibraryChange:
    """Change an item and the chosen places; many places are the worker's. The item was locked.

    Raises StaleVersionError when a colleague saved first, and InputError for a proposal without a
    reason.
    """
    may_edit(actor, organisation)
    title, fields, reason = said.title, dict(said.fields), said.reason.strip()
    if item.version != said.version:
        raise StaleVersionError({"title": item.title, **item.fields})
    if not reason and any(one.wanted and one.way is Way.PROPOSAL for one in chosen):
        raise InputError({"reason": [N_("Say why: the other side decides on it.")]})
    before = {"title": item.title, "fields": item.fields}
    if item.title != title or item.fields != fields:
        item.title, item.fields, item.changed_at = title, fields, at
    made = LibraryChange(
        owner_id=organisation.id,
        item_id=item.id,
        user_id=actor.user_id,
        fields=fields,
        reason=reason,
        places=[_entry(one) for one in chosen],
        made_at=at,
    )
    session.add(made)
    session.flush()
    audit.record(
        session,
        "library.change",
        at=at,
        thing_id=item.id,
        owner_id=organisation.id,
        before=before,
        after={"title": title, "fields": fields},
    )
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
    return made


def _entry(one: Chosen) -> dict[str, str]:
    result = Result.WAITS
    if one.way is Way.CANNOT:
        result = Result.CANNOT
    elif one.way is Way.SAME:
        result = Result.SAME
    elif not one.wanted:
        result = Result.LEFT
    return {"use": str(one.use_id), "base": one.base, "way": one.way.value, "result": result.value}


def go_on(
    session: Session, actor: Member, change_id: uuid.UUID, *, at: datetime, most: int
) -> bool:
    """Change up to so many places that wait, each by itself; return whether any still waits."""
    change = session.scalars(
        select(LibraryChange).where(LibraryChange.id == change_id).with_for_update()
    ).one()
    entries = [dict(one) for one in change.places]
    fields, reason = dict(change.fields), change.reason
    waiting = [one for one in entries if one["result"] == Result.WAITS]
    for entry in waiting[:most]:
        entry["result"] = _at(session, actor, entry, fields, reason, at).value
    more = len(waiting) > most
    change.places = entries
    if not more:
        change.finished_at = at
    session.flush()
    return more


def _at(
    session: Session,
    actor: Member,
    entry: Mapping[str, str],
    fields: Mapping[str, str],
    reason: str,
    at: datetime,
) -> Result:
    """Change one place, or nothing of it: what cannot be is told, and the others go on."""
    use = session.scalar(select(LibraryUse).where(LibraryUse.id == uuid.UUID(entry["use"])))
    if use is None:
        return Result.CANNOT
    try:
        with session.begin_nested():
            place = journeys.find(session, actor, use.journey_id)
            verb = _card if use.spot is Spot.CARD else _edge
            result = verb(session, actor, place, use, entry, fields, reason, at)
            if result in (Result.DONE, Result.SAME):
                use.taken = {**use.taken, **fields}
            session.flush()
            return result
    except StaleVersionError:
        result = Result.STALE
    except (ConflictError, NotFoundError, NotAllowedError, InputError):
        result = Result.CANNOT
    session.expire_all()
    return result


def _card(
    session: Session,
    actor: Member,
    place: Place,
    use: LibraryUse,
    entry: Mapping[str, str],
    fields: Mapping[str, str],
    _reason: str,
    at: datetime,
) -> Result:
    card = touchpoints.find(session, place, use.thing_id, lock=True)
    session.refresh(card.content)
    now = {name: getattr(card.content, name) or "" for name in fields}
    if base(now) != entry["base"] or entry["way"] != Way.DIRECT:
        raise StaleVersionError
    wanted: dict[str, Any] = {**fields}
    if "channel" in wanted:
        wanted["channel"] = wanted["channel"] or None
    version = card.content.version
    touchpoints.change(session, actor, place, card, version=version, at=at, fields=wanted)
    return Result.DONE


def _edge(
    session: Session,
    actor: Member,
    place: Place,
    use: LibraryUse,
    entry: Mapping[str, str],
    fields: Mapping[str, str],
    reason: str,
    at: datetime,
) -> Result:
    edge = handovers.find(session, place, use.thing_id, lock=True)
    if not edge.terms:
        raise NotFoundError
    terms = edge.terms[0]
    session.refresh(terms)
    session.refresh(edge.handover.content)
    stands = handovers.standing_terms(edge.handover, terms)
    now = {name: stands[name] or "" for name in fields}
    if base(now) != entry["base"]:
        raise StaleVersionError
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
    proposed = bool(outcome.proposals)
    if proposed is not (entry["way"] == Way.PROPOSAL):
        raise StaleVersionError  # it would do another thing than was shown
    return Result.PROPOSED if proposed else Result.DONE


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
