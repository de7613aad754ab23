"""Bringing a version back: ordinary edits of the coordinator's own, proposals for all the rest."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from partnerjourney.core.errors import ConflictError, InputError, NotFoundError, StaleVersionError
from partnerjourney.core.parties import PartyKind
from partnerjourney.core.policy import NotAllowedError, Permission, allows
from partnerjourney.core.scopes import Actor
from partnerjourney.handovers import services as handovers
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Base, Place
from partnerjourney.maps.services import editing as maps
from partnerjourney.proposals import services as proposals
from partnerjourney.touchpoints import services as touchpoints
from partnerjourney.touchpoints.models import Card
from partnerjourney.touchpoints.rules import Control, Weighed
from partnerjourney.versions import queries
from partnerjourney.versions.models import Version
from partnerjourney.versions.rules import Mark, Snapshot, Step, Thing, Way, digest, plan
from partnerjourney.versions.services.drafting import may_put, record

_IDS = {"initiator": "initiator_id", "receiver": "receiver_id", "perceived": "perceived_id"}


@dataclass(frozen=True)
class Restored:
    """What became of the steps: done, proposed, and those that could not be done after all."""

    done: tuple[Step, ...]
    proposed: tuple[Step, ...]
    missed: tuple[Step, ...]


@dataclass(frozen=True)
class _Desk:
    """Who restores, where, upon what, and with which words."""

    session: Session
    actor: Actor
    place: Place
    wanted: Snapshot
    reason: str
    at: datetime


def steps(
    session: Session, actor: Actor, place: Place, version: Version
) -> tuple[str, tuple[Step, ...]]:
    """Return what bringing a version back would do now, and the hash of what it was made upon."""
    now = queries.working(session, place)
    wanted = queries.snapshot(session, place.id, version.id)
    own = [p for p in place.parties if allows(actor, Permission.CARD_EDIT, place.owned(p))]
    stands = [
        str(party.id)
        for party in place.parties.values()
        if party.kind is PartyKind.GROUP
        or (party.kind is PartyKind.ORGANISATION and party.confirmed_at is not None)
        if party.id not in own
    ]
    return digest(now), plan(now, wanted, own=[str(one) for one in own], stands=stands)


def restore(
    session: Session,
    actor: Actor,
    place: Place,
    version: Version,
    *,
    upon: str,
    reason: str,
    at: datetime,
) -> Restored:
    """Carry out what `steps` showed; `upon` is the hash that stood beside it.

    Whoever calls this holds the journey's row. Raises StaleVersionError when the map changed since.
    """
    may_put(actor, place)
    base, found = steps(session, actor, place, version)
    if base != upon:
        raise StaleVersionError({"upon": base})
    wanted = queries.snapshot(session, place.id, version.id)
    desk = _Desk(session, actor, place, wanted, reason, at)
    done: dict[Way, list[Step]] = {way: [] for way in Way}
    for step in sorted((s for s in found if s.way is not Way.CANNOT), key=_rank):
        done[step.way if _try(desk, step) else Way.CANNOT].append(step)
    _order(desk)
    record(session, version, "version.restore", at, {"number": version.number})
    return Restored(tuple(done[Way.DO]), tuple(done[Way.PROPOSE]), tuple(done[Way.CANNOT]))


_ORDER = (
    (Thing.JOURNEY, Mark.CHANGED),
    (Thing.PHASE, Mark.ADDED),
    (Thing.PHASE, Mark.CHANGED),
    (Thing.CARD, Mark.ADDED),
    (Thing.CARD, Mark.CHANGED),
    (Thing.HANDOVER, Mark.ADDED),
    (Thing.HANDOVER, Mark.CHANGED),
    (Thing.HANDOVER, Mark.RETIRED),
    (Thing.CARD, Mark.MOVED),
    (Thing.CARD, Mark.RETIRED),
    (Thing.PHASE, Mark.MOVED),
    (Thing.PHASE, Mark.RETIRED),
)
"""What must be there before what; what goes goes when nothing stands on it any more."""


def _rank(step: Step) -> int:
    return _ORDER.index((step.change.thing, step.change.marks[0]))


def _try(desk: _Desk, step: Step) -> bool:
    """Do one step, or leave everything as it was; says whether it was done."""
    try:
        with desk.session.begin_nested():
            _DOES[step.change.thing](desk, step)
    except (ConflictError, InputError, NotAllowedError, NotFoundError):
        desk.session.expire_all()
        return False
    return True


def _journey(desk: _Desk, step: Step) -> None:
    assert step.change.after is not None
    fields = {
        name: step.change.after[name] for name in step.fields if name in ("name", "form_of_address")
    }
    if not fields:
        raise ConflictError("the kind of a journey has a page of its own")
    version = desk.place.journey.version
    journeys.change(
        desk.session, desk.actor, desk.place, version=version, at=desk.at, fields=fields
    )


def _phase(desk: _Desk, step: Step) -> None:
    change, here = step.change, (desk.session, desk.actor, desk.place)
    phase = journeys.find_phase(desk.session, desk.place, uuid.UUID(change.id), retired=True)
    version = phase.content.version
    if Mark.RETIRED in change.marks:
        touchpoints.retire_phase(*here, phase, version=version, at=desk.at)
        return
    assert change.after is not None
    if Mark.ADDED in change.marks:
        journeys.restore_phase(*here, phase, version=version, at=desk.at)
    name = change.after["name"]
    journeys.rename_phase(*here, phase, name=name, base=Base(phase.content.version), at=desk.at)
    if phase.content.is_use != change.after["is_use"]:
        journeys.mark_use(*here, phase.id, is_use=change.after["is_use"], at=desk.at)


def _card(desk: _Desk, step: Step) -> None:
    change, here = step.change, (desk.session, desk.actor, desk.place)
    card = touchpoints.find_any(desk.session, desk.place, uuid.UUID(change.id))
    if step.way is Way.PROPOSE:
        assert change.after is not None
        fields = {name: change.after[name] for name in step.fields}
        held = touchpoints.find(desk.session, desk.place, card.id, lock=True)
        proposals.propose_card(*here, held, fields=fields, reason=desk.reason, at=desk.at)
        return
    if Mark.RETIRED in change.marks:
        maps.retire_card(*here, card, version=card.content.version, at=desk.at)
        return
    if Mark.ADDED in change.marks:
        touchpoints.restore(*here, card, version=card.content.version, at=desk.at)
    _say(desk, card, change.after or {})


def _say(desk: _Desk, card: Card, wanted: Mapping[str, Any]) -> None:
    """Give a card of one's own its old words, its old place and what it was to whom."""
    here = (desk.session, desk.actor, desk.place)
    fields = {
        name: wanted[name]
        for name in (
            "name",
            "channel",
            "intended_experience",
            "moment_of_truth",
            "perceived_told",
        )
    }
    fields |= {column: _id(wanted[name]) for name, column in _IDS.items()}
    fields["control"] = Control(wanted["control"]) if wanted["control"] else None
    touchpoints.change(*here, card, version=card.content.version, at=desk.at, fields=fields)
    rows = [Weighed(uuid.UUID(role), truth, impact) for role, truth, impact in wanted["roles"]]
    if wanted["kind"] != "step":
        touchpoints.weigh(*here, card, version=card.content.version, at=desk.at, rows=rows)
    lane = uuid.UUID(wanted["party"])
    phase = uuid.UUID(wanted["phase"])
    if (lane, phase) != (card.content.party_id, card.content.phase_id):
        path = touchpoints.cards(desk.session, desk.place.id)
        after = _after(desk, str(card.id), {str(one.id) for one in path})
        to = touchpoints.Spot(phase, lane, after)
        maps.put_card(*here, card, to, base=Base(card.content.version), at=desk.at)


def _id(value: str | None) -> uuid.UUID | None:
    return None if value is None else uuid.UUID(value)


def _after(desk: _Desk, card_id: str, there: Collection[str]) -> uuid.UUID | None:
    """Return after which card one stood in its phase, among those that are on the map."""
    before: str | None = None
    rows: dict[str, str | None] = {}
    for one in desk.wanted["cards"]:
        if one["id"] == card_id:
            before = rows.get(one["phase"])
            break
        if one["id"] in there:
            rows[one["phase"]] = one["id"]
    return _id(before)


def _handover(desk: _Desk, step: Step) -> None:
    change, here = step.change, (desk.session, desk.actor, desk.place)
    key = uuid.UUID(change.id)
    if Mark.ADDED in change.marks:
        gone = handovers.find_any(desk.session, desk.place, key)
        handovers.restore(*here, gone, version=gone.content.version, at=desk.at)
        return
    edge = handovers.find(desk.session, desk.place, key, lock=True)
    if Mark.RETIRED in change.marks:
        version = edge.handover.content.version
        maps.retire_handover(*here, edge, version=version, at=desk.at)
        return
    assert change.after is not None
    if "told" in step.fields:
        terms = edge.terms[0]
        fields = {"told": change.after["told"]}
        proposals.change(
            *here, edge, terms, version=terms.version, at=desk.at, fields=fields, reason=desk.reason
        )
        return
    was = handovers.shape(edge.handover.content)
    wants = {name: change.after[name] for name in step.fields}
    to = handovers.Shape(
        _id(wants["from_card"]) if "from_card" in wants else was.from_card_id,
        _id(wants["to_card"]) if "to_card" in wants else was.to_card_id,
        wants.get("label", was.label),
    )
    base = Base(edge.handover.content.version)
    handovers.redraw(*here, edge, to, base=base, at=desk.at)


_DOES: Mapping[Thing, Callable[[_Desk, Step], None]] = {
    Thing.JOURNEY: _journey,
    Thing.PHASE: _phase,
    Thing.CARD: _card,
    Thing.HANDOVER: _handover,
}


def _order(desk: _Desk) -> None:
    """Put the phases, and the coordinator's own cards in them, in their old order."""
    here = (desk.session, desk.actor, desk.place)
    ids = [uuid.UUID(phase["id"]) for phase in desk.wanted["phases"]]
    if [phase.id for phase in journeys.phases(desk.session, desk.place.id)] != ids:
        journeys.order_phases(*here, ids=ids, at=desk.at)
    may = {
        party
        for party in desk.place.parties
        if allows(desk.actor, Permission.CARD_EDIT, desk.place.owned(party))
    }
    path = touchpoints.cards(desk.session, desk.place.id)
    for wanted in desk.wanted["cards"]:
        by_id = {str(card.id): card for card in path}
        card = by_id.get(wanted["id"])
        if card is None or card.content.party_id not in may:
            continue
        spot, after = touchpoints.spot(path, card), _after(desk, wanted["id"], by_id)
        if str(spot.phase_id) == wanted["phase"] and spot.after_id != after:
            to = touchpoints.Spot(spot.phase_id, spot.party_id, after)
            touchpoints.put(*here, card, to, base=Base(card.content.version), at=desk.at)
            path = touchpoints.cards(desk.session, desk.place.id)
