"""A small world, the same on both engines: two journeys, their parties, and a row of everything.

A brand leads a journey with a warehouse, two couriers that are members of one group (and must not
learn of one another) and an installer that has not joined; one party is suspended, one has left.
An outsider has a journey of its own.
Every circle, journey and organisation has a row in every table of its kind.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from partnerjourney.core import border, clock, ids, predicates
from partnerjourney.core.db import CircleScoped, Directory, JourneyScoped, OrganisationPrivate
from partnerjourney.core.links import Link, Purpose
from partnerjourney.core.parties import (
    Circle,
    CircleSeat,
    Journey,
    Membership,
    Organisation,
    Participation,
    ParticipationRole,
    ParticipationState,
    Party,
    PartyKind,
    Role,
    User,
)
from partnerjourney.core.scopes import Member, Respondent, System, Token, TokenPurpose
from tests.copies import made_once
from tests.factories import MOMENT, grow, key, row

NAMES = (
    "brand",
    "warehouse",
    "courier_a",
    "courier_b",
    "installer",
    "outsider",
    "paused",
    "former",
)

CIRCLES: dict[str, Sequence[str]] = {
    "brand warehouse": ("brand", "warehouse"),
    "brand courier": ("brand", "courier"),
    "brand courier_a": ("brand", "courier_a"),
    "brand courier_b": ("brand", "courier_b"),
    "brand warehouse courier_a": ("brand", "warehouse", "courier_a"),
    "brand warehouse courier_b": ("brand", "warehouse", "courier_b"),
    "brand installer": ("brand", "installer"),
    "brand paused": ("brand", "paused"),
    "brand former": ("brand", "former"),
    "outsider alone": ("outsider",),
}
"""The seats of each circle; `courier` and `installer` are empty ones."""

SEES: dict[str, frozenset[str]] = {
    name: frozenset(circle for circle, seats in CIRCLES.items() if name in seats) - not_yet
    for name, not_yet in {
        **dict.fromkeys(NAMES, frozenset[str]()),
        "installer": frozenset({"brand installer"}),
        "paused": frozenset({"brand paused"}),
        "former": frozenset({"brand former"}),
    }.items()
}
"""Organisation → the circles that it reads."""

_PARTIES = (
    ("brand", PartyKind.ORGANISATION),
    ("warehouse", PartyKind.ORGANISATION),
    ("courier", PartyKind.GROUP),
    ("installer", PartyKind.ORGANISATION),
    ("paused", PartyKind.ORGANISATION),
    ("former", PartyKind.ORGANISATION),
    ("customer", PartyKind.CUSTOMER),
)


APART = {"paused": ParticipationState.SUSPENDED, "former": ParticipationState.LEFT}
"""Who sits in a circle and yet reads nothing of it, nor of the journey."""

_ALL = frozenset({"brand", "warehouse", "courier_a", "courier_b", *APART})
SEES_PARTICIPATIONS: dict[str, frozenset[str]] = {
    "brand": _ALL,
    "warehouse": _ALL,  # it shares a circle with each courier
    "courier_a": _ALL - {"courier_b"},
    "courier_b": _ALL - {"courier_a"},
    "installer": frozenset(),
    "outsider": frozenset({"outsider"}),
    **{name: frozenset({name}) for name in APART},
}
"""Organisation → whose participations it reads."""


@dataclass
class World:
    """What is where: ids by name, and the primary key of every row by table and place."""

    organisations: dict[str, uuid.UUID] = field(default_factory=dict)
    users: dict[str, uuid.UUID] = field(default_factory=dict)
    journey: uuid.UUID = field(default_factory=lambda: uuid.UUID(int=0))
    elsewhere: uuid.UUID = field(default_factory=lambda: uuid.UUID(int=0))
    parties: dict[str, uuid.UUID] = field(default_factory=dict)
    participations: dict[str, uuid.UUID] = field(default_factory=dict)
    circles: dict[str, uuid.UUID] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    rows: dict[tuple[type[Any], str], tuple[Any, ...]] = field(default_factory=dict)
    journeys: dict[tuple[type[Any], tuple[Any, ...]], uuid.UUID] = field(default_factory=dict)

    def member(self, name: str) -> Member:
        """Return the scope of an organisation's admin."""
        return Member(self.users[name], self.organisations[name], Role.ADMIN, signatory=True)

    def token(self, name: str, *places: str) -> Token:
        """Return the scope of an organisation's key, for these journeys."""
        journeys = {"journey": self.journey, "elsewhere": self.elsewhere}
        within = frozenset(journeys[place] for place in places)
        everything = frozenset(TokenPurpose)
        return Token(uuid.UUID(int=9), self.organisations[name], within, everything)

    def seen_by_token(self, table: type[Any], name: str, *places: str) -> set[tuple[Any, ...]]:
        """Return the keys of the rows that a key reads: what is its organisation's, within them."""
        journeys = {self.journey} if "journey" in places else set()
        journeys |= {self.elsewhere} if "elsewhere" in places else set()
        names = [column.key for column in table.__table__.primary_key]
        found = self.seen(table, name)
        if issubclass(table, Directory) or table is Membership:
            return found
        if name in APART:  # its keys open nothing of a journey in which it takes no part
            return set()
        if table is Journey:
            return {pk for pk in found if pk[0] in journeys}
        if issubclass(table, OrganisationPrivate):
            return {pk for pk in found if self.journeys.get((table, pk)) in journeys}
        return {pk for pk in found if pk[names.index("journey_id")] in journeys}

    def respondent(self, place: str = "journey") -> Respondent:
        """Return the scope of the customer who holds the survey link of a journey."""
        return Respondent(ids.token_hash(self.tokens[place]))

    def seen(self, table: type[Any], name: str) -> set[tuple[Any, ...]]:
        """Return the keys of the rows that an organisation reads: said here a second time."""
        kind = predicates.kind_of(table)
        if kind is Directory:
            return {pk for (found, _), pk in self.rows.items() if found is table}
        if kind is CircleSeat:
            return {
                (self._journey_of(circle), self.circles[circle], self.parties[_lane(seat)])
                for circle in SEES[name]
                for seat in CIRCLES[circle]
            }
        places: Collection[str] = ()
        if kind is OrganisationPrivate:
            places = (name,)
        elif kind in (CircleScoped, Circle):
            places = SEES[name]
        elif kind is Participation:
            places = SEES_PARTICIPATIONS[name]
        elif kind in (JourneyScoped, Journey) and name in self.participations.keys() - APART:
            where = "elsewhere" if name == "outsider" else "journey"
            places = (where, *(f"{where} {party}" for party in self.parties))
        return {self.rows[table, place] for place in places if (table, place) in self.rows}

    def all(self, table: type[Any]) -> set[tuple[Any, ...]]:
        """Return the keys of all rows of a table that anybody knows of."""
        return {pk for (found, _), pk in self.rows.items() if found is table}

    def _journey_of(self, circle: str) -> uuid.UUID:
        return self.elsewhere if circle == "outsider alone" else self.journey

    def note(self, place: str, rows: dict[str, Any]) -> None:
        """Remember rows under the name of their place."""
        for found in rows.values():
            self.rows.setdefault((type(found), place), key(found))
            if isinstance(found, OrganisationPrivate) and hasattr(found, "journey_id"):
                self.journeys[type(found), key(found)] = found.journey_id


def _lane(seat: str) -> str:
    return seat.removesuffix("_a").removesuffix("_b")


@made_once
def build(engine: Engine) -> World:
    """Make the world in an empty database and return what is where; twice the same."""
    world = World()
    with (
        clock.at(MOMENT),
        ids.seeded("world"),
        border.open_session(engine, System("world"), write=True) as session,
        session.begin(),
    ):
        owned = {name: _organisation(session, world, name) for name in NAMES}
        world.journey = _journey(session, world, owned, "brand", "journey")
        world.elsewhere = _journey(session, world, owned, "outsider", "elsewhere")
    return world


def _organisation(session: Session, world: World, name: str) -> dict[str, Any]:
    organisation = row(Organisation, slug=name, name=name.title())
    user = row(User, email=f"{name}@example.org", name=f"{name} admin")
    session.add_all([organisation, user])
    session.flush()
    membership = row(Membership, owner_id=organisation.id, user_id=user.id, role=Role.ADMIN)
    session.add(membership)
    session.flush()
    world.organisations[name], world.users[name] = organisation.id, user.id
    made = {"organisation": organisation, "user_account": user, "membership": membership}
    world.note(name, made)
    return made


def _journey(
    session: Session, world: World, owned: dict[str, dict[str, Any]], leader: str, place: str
) -> uuid.UUID:
    me = owned[leader]["organisation"]
    journey = row(Journey, organisation_id=me.id, customer_owner_id=me.id, slug=place, name=place)
    session.add(journey)
    session.flush()
    parties = [pair for pair in _PARTIES if leader == "brand"] or [(leader, PartyKind.ORGANISATION)]
    made = {}
    for position, (name, kind) in enumerate(parties):
        made[name] = row(
            Party,
            journey_id=journey.id,
            key=name,
            name=name,
            kind=kind,
            orchestrator=name == leader,
            position=position,
            confirmed_at=None if name == "installer" else MOMENT,
        )
        session.add(made[name])
    session.flush()
    alone = ("brand", "warehouse", "outsider", *APART)
    fills = {name: (name, "") for name in made if name in alone}
    if "courier" in made:
        fills |= {"courier_a": ("courier", "member"), "courier_b": ("courier", "member")}
    taken = {}
    for name, (party, member) in fills.items():
        taken[name] = row(
            Participation,
            journey_id=journey.id,
            party_id=made[party].id,
            organisation_id=world.organisations[name],
            role=ParticipationRole.ORCHESTRATOR if name == leader else ParticipationRole.PARTNER,
            state=APART.get(name, ParticipationState.ACTIVE),
            discreet=bool(member),
        )
        session.add(taken[name])
    session.flush()
    for name, participation in taken.items():
        world.rows[(Participation, name)] = key(participation)
        world.participations[name] = participation.id
    world.parties |= {name: party.id for name, party in made.items()}
    world.rows |= {(Party, f"{place} {name}"): key(party) for name, party in made.items()}
    circles = {
        name: _circle(session, journey.id, name, seats, made, taken)
        for name, seats in CIRCLES.items()
        if seats[0] in made
    }
    world.circles |= {name: circle.id for name, circle in circles.items()}
    _fill(session, world, owned, leader, place, journey, made, taken, circles)
    return journey.id


def _circle(
    session: Session,
    journey_id: uuid.UUID,
    name: str,
    seats: Sequence[str],
    parties: dict[str, Any],
    taken: dict[str, Any],
) -> Any:
    circle = row(Circle, journey_id=journey_id, key=name)
    session.add(circle)
    session.flush()
    for seat in seats:
        session.add(
            CircleSeat(
                journey_id=journey_id,
                circle_id=circle.id,
                party_id=parties[_lane(seat)].id,
                participation_id=taken[seat].id if seat in taken else None,
            )
        )
    session.flush()
    return circle


def _fill(
    session: Session,
    world: World,
    owned: dict[str, dict[str, Any]],
    leader: str,
    place: str,
    journey: Any,
    parties: dict[str, Any],
    taken: dict[str, Any],
    circles: dict[str, Any],
) -> None:
    """Add a row of every table to the journey, to each of its circles and to each organisation."""
    first = next(iter(circles.values()))
    shared = {
        **owned[leader],
        "journey": journey,
        "party": parties[leader],
        "participation": taken[leader],
        "circle": first,
    }
    seat = session.get_one(CircleSeat, (journey.id, first.id, parties[leader].id))
    shared["circle_seat"] = seat
    grow(session, shared)
    token = ids.new_token()
    session.add(
        Link(
            token_hash=ids.token_hash(token),
            purpose=Purpose.SURVEY,
            thing_id=shared["invitation"].id,
            created_at=MOMENT,
        )
    )
    world.tokens[place] = token
    world.note(place, shared)
    scoped = (CircleScoped, OrganisationPrivate)
    common = {n: r for n, r in shared.items() if not isinstance(r, scoped)}
    for name, circle in circles.items():
        within = shared
        if circle is not first:
            within = {n: r for n, r in common.items() if n != "circle_seat"} | {"circle": circle}
            grow(session, within, only=CircleScoped)
        world.note(name, {n: r for n, r in within.items() if isinstance(r, (CircleScoped, Circle))})
    for name, things in owned.items():
        if name in taken:
            private = shared
            if name != leader:
                private = {**common, **things}
                grow(session, private, only=OrganisationPrivate)
            mine = {n: r for n, r in private.items() if n in things}
            mine |= {n: r for n, r in private.items() if isinstance(r, OrganisationPrivate)}
            world.note(name, mine)
    for table in predicates.tables():
        assert (table, place) in world.rows, f"the world has no {table.__name__}"
