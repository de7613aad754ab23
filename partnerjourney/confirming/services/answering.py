"""The contact's side: a link opens one question, and its answer is said on the party's behalf.

All of it runs in the product's own scope, since a guest is no member of anything. It reads one
question with its card or hand-over, and writes that question.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from partnerjourney.answering.services import GUEST, Person, end, make
from partnerjourney.confirming import queries
from partnerjourney.confirming.models import AskedThing, PartyAsking
from partnerjourney.confirming.queries import Thing
from partnerjourney.confirming.rules import (
    OFFERED_AFTER,
    Answer,
    AskingState,
    digest,
    lines,
    outcome,
)
from partnerjourney.core import audit
from partnerjourney.core.errors import NotFoundError, StaleVersionError
from partnerjourney.core.parties import Circle, Journey, Organisation, Party
from partnerjourney.organisations.models import PartyInvitation
from partnerjourney.organisations.services import filled, offered

KIND = "party"
"""The kind of the links by which a contact answers."""


@dataclass(frozen=True)
class Asked:
    """One question as its contact sees it: what stands there now, who asks, about which party."""

    row: AskedThing
    asking: PartyAsking
    thing: Thing
    journey: Journey
    party: Party
    brand: Organisation

    @property
    def stands(self) -> str:
        """What tells the text that stands now from any other."""
        return digest(self.thing.said)


def find_asked(system: Session, thing_id: uuid.UUID, *, lock: bool = False) -> Asked:
    """Return a question that still waits for its answer.

    Raises NotFoundError where it was answered or taken back, where what it is about is off the
    map, where its circle is closed, and once somebody joined or confirmed the party.
    """
    query = select(AskedThing).where(
        AskedThing.id == thing_id,
        AskedThing.answered_at.is_(None),
        AskedThing.replaced_at.is_(None),
        AskedThing.circle_id.in_(
            select(Circle.id).where(
                Circle.journey_id == AskedThing.journey_id, Circle.closed_at.is_(None)
            )
        ),
    )
    row = system.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise NotFoundError
    asking = system.scalar(
        select(PartyAsking).where(
            PartyAsking.id == row.asking_id, PartyAsking.state == AskingState.OPEN
        )
    )
    journey = system.get(Journey, row.journey_id)
    if asking is None or journey is None or journey.retired_at is not None:
        raise NotFoundError
    parties = {
        one.id: one
        for one in system.scalars(
            select(Party).where(Party.journey_id == journey.id, Party.retired_at.is_(None))
        )
    }
    party = parties.get(row.party_id)
    if party is None or not party.provisional or filled(system, party):
        raise NotFoundError
    found = queries.things(system, journey.id, parties, party)
    thing = next((one for one in found if one.id == queries.thing_of(row)), None)
    if thing is None:
        raise NotFoundError
    return Asked(row, asking, thing, journey, party, system.get_one(Organisation, asking.owner_id))


def answer(
    system: Session,
    asked: Asked,
    *,
    stands: str,
    answers: Mapping[str, tuple[Answer, str]],
    at: datetime,
) -> Answer:
    """Record what a contact says of every line, on behalf of its party; the party stays as it is.

    `stands` names the text that it answered: raises StaleVersionError where that is another by now.
    """
    if stands != asked.stands:
        raise StaleVersionError
    row = asked.row
    row.said = dict(asked.thing.said)
    wanted = [line.name for line in lines(row.said)]
    row.answers = {name: [answers[name][0].value, answers[name][1]] for name in wanted}
    row.outcome = outcome([answers[name][0] for name in wanted])
    row.name, row.answered_at = asked.asking.name, at
    system.flush()
    end(system, row.id, at=at)
    audit.record(
        system,
        "party.answer",
        at=at,
        thing_id=queries.thing_of(row),
        journey_id=row.journey_id,
        circle_id=row.circle_id,
        after=[row.outcome.value, asked.asking.name, asked.asking.email],
    )
    return row.outcome


def stop(system: Session, asked: Asked, *, at: datetime) -> None:
    """The contact wants no more of these mails, or is not the one to ask: its links are dead."""
    asked.asking.state, asked.asking.ended_at = AskingState.STOPPED, at
    for row in open_rows(system, asked.asking):
        row.replaced_at = at
        end(system, row.id, at=at)
    system.flush()
    audit.record(
        system, "party.ask.stop", at=at, thing_id=asked.party.id, owner_id=asked.asking.owner_id
    )


def open_rows(system: Session, asking: PartyAsking) -> list[AskedThing]:
    """Return the questions of an asking that wait for their answer, in the order of asking."""
    return list(
        system.scalars(
            select(AskedThing)
            .where(
                AskedThing.journey_id == asking.journey_id,
                AskedThing.asking_id == asking.id,
                AskedThing.answered_at.is_(None),
                AskedThing.replaced_at.is_(None),
            )
            .order_by(AskedThing.asked_at, AskedThing.position, AskedThing.id)
        )
    )


def link(system: Session, asking: PartyAsking, row: AskedThing, *, at: datetime) -> str:
    """Make a link by which the contact answers one question, and return its path."""
    person = Person(asking.name, asking.email, asking.language, party_id=asking.party_id)
    return make(
        system,
        KIND,
        row.id,
        person,
        journey_id=row.journey_id,
        shown=digest(row.said),
        at=at,
    )


def next_path(system: Session, asked: Asked, *, at: datetime) -> tuple[str, int]:
    """Return the path of the next question with a link of its own, and how many are left.

    Empty and 0 where nothing is left.
    """
    left = open_rows(system, asked.asking)
    return (link(system, asked.asking, left[0], at=at), len(left)) if left else ("", 0)


def offer(system: Session, asked: Asked, *, at: datetime) -> PartyInvitation | None:
    """Invite a contact to join, by mail, once it has answered this asking often enough.

    Returns None before, and where `offered` makes none. What the contact answered of other parties,
    and to other brands, is nobody's to learn here: it does not count.
    """
    answered = select(func.count(AskedThing.id)).where(
        AskedThing.journey_id == asked.journey.id,
        AskedThing.asking_id == asked.asking.id,
        AskedThing.answered_at.is_not(None),
    )
    if (system.scalar(answered) or 0) < OFFERED_AFTER:
        return None
    return offered(
        system,
        owner_id=asked.asking.owner_id,
        party=asked.party,
        email=asked.asking.email,
        name=asked.asking.name,
        language=asked.asking.language,
        by_id=asked.asking.asked_by_id,
        at=at,
    )


__all__ = [
    "GUEST",
    "KIND",
    "Asked",
    "answer",
    "find_asked",
    "link",
    "next_path",
    "offer",
    "open_rows",
    "stop",
]
