"""The chapters of the story, told with the product's own verbs and an earlier clock."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from partnerjourney.core import border, circles, clock
from partnerjourney.core.parties import (
    JourneyState,
    Organisation,
    Participation,
    ParticipationRole,
    Party,
    PartyKind,
    Role,
)
from partnerjourney.core.scopes import Member, System
from partnerjourney.demo import measuring
from partnerjourney.demo.measuring import Season
from partnerjourney.events.rules.mapping import read as read_mapping
from partnerjourney.events.services import import_events
from partnerjourney.handovers import services as handovers
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.rules import Discipline
from partnerjourney.journeys.services import Place
from partnerjourney.maps import services as maps
from partnerjourney.measurement import services as measurement
from partnerjourney.organisations import services as people
from partnerjourney.proposals import services as proposals
from partnerjourney.reviews import services as reports
from partnerjourney.reviews.rules import document_of
from partnerjourney.surveys import queries as asked
from partnerjourney.surveys.rules.kinds import Metric
from partnerjourney.surveys.rules.uploads import read as read_contacts
from partnerjourney.surveys.services import asking, waves
from partnerjourney.surveys.services.imports import import_answers

HERE = Path(__file__).parent
LENGTH = timedelta(days=118)
"""How long before today the story begins."""


@dataclass(frozen=True)
class Teller:
    """Where the story is told, and when it began (midnight)."""

    engine: Engine
    begin: datetime

    def day(self, number: int, hour: int = 9) -> datetime:
        """Return a moment of the story."""
        return self.begin + timedelta(days=number, hours=hour)

    def member(self, slug: str) -> Member:
        """Return an editor of an organisation."""
        with border.open_session(self.engine, System("the demo's story")) as session:
            found = session.scalar(select(Organisation.id).where(Organisation.slug == slug))
        assert found is not None, slug
        return Member(None, found, Role.ADMIN)

    @contextmanager
    def acting(self, slug: str, at: datetime) -> Iterator[tuple[Session, Member]]:
        """Open a session for an organisation at a moment of the story, and commit."""
        actor = self.member(slug)
        with (
            clock.at(at),
            border.open_session(self.engine, actor, write=True) as session,
            session.begin(),
        ):
            yield session, actor

    def place(self, session: Session, actor: Member, journey_id: uuid.UUID) -> Place:
        """Return the journey as the actor stands in it."""
        return journeys.find(session, actor, journey_id)


def draw(teller: Teller, brand: str, file: str) -> uuid.UUID:
    """Let a brand draw a journey from a file of the story."""
    document = json.loads((HERE / file).read_text("utf-8"))
    with teller.acting(brand, teller.day(0)) as (session, actor):
        leads = session.get_one(Organisation, actor.organisation_id)
        place = maps.import_journey(session, actor, leads, document, at=teller.day(0))
        place.journey.fictitious = True
        place.journey.state = JourneyState.IN_USE
        return place.id


def look_from(teller: Teller, slug: str, journey_id: uuid.UUID, *trades: Discipline) -> None:
    """Let an organisation say from which disciplines it looks at a journey."""
    at = teller.day(2)
    with teller.acting(slug, at) as (session, actor):
        place = teller.place(session, actor, journey_id)
        journeys.say_disciplines(session, actor, place, place.mine[0], disciplines=trades, at=at)


def join(teller: Teller, journey_id: uuid.UUID, slug: str, party_key: str) -> None:
    """Let an organisation fill a party and confirm what stood there."""
    at = teller.day(1)
    actor = teller.member(slug)
    with (
        clock.at(at),
        border.open_session(teller.engine, System("the demo's story"), write=True) as session,
        session.begin(),
    ):
        party = session.scalars(
            select(Party).where(Party.journey_id == journey_id, Party.key == party_key)
        ).one()
        circles.join(
            session,
            Participation(
                journey_id=journey_id,
                party_id=party.id,
                organisation_id=actor.organisation_id,
                role=ParticipationRole.PARTNER,
                discreet=party.kind is PartyKind.GROUP,
                joined_at=at,
            ),
        )
    with teller.acting(slug, teller.day(1, 10)) as (session, actor):
        place = teller.place(session, actor, journey_id)
        for party in journeys.unconfirmed(session, actor, place):
            journeys.confirm_party(session, actor, place, party, at=teller.day(1, 10))


def invite(teller: Teller, brand: str, journey_id: uuid.UUID, party_key: str, email: str) -> None:
    """Invite somebody whose party still stands provisionally; the mail goes out today."""
    at = clock.now()
    with teller.acting(brand, at) as (session, actor):
        place = teller.place(session, actor, journey_id)
        party = next(p for p in place.parties.values() if p.key == party_key)
        people.invite_party(
            session, actor, place, party, email=email, name="", language="nl", at=at
        )


def change_limit(
    teller: Teller, slug: str, journey_id: uuid.UUID, handover_key: str, trigger: str, reason: str
) -> None:
    """Let one side propose a change to a hand-over, so that it waits for the other."""
    at = clock.now() - timedelta(days=1)
    with teller.acting(slug, at) as (session, actor):
        place = teller.place(session, actor, journey_id)
        rows = handovers.handovers(session, journey_id)
        found = next(h for h in rows if h.key == handover_key)
        edge = handovers.find(session, place, found.id)
        terms = edge.terms[0]
        proposals.change(
            session,
            actor,
            place,
            edge,
            terms,
            version=terms.version,
            at=at,
            fields={"trigger": trigger},
            reason=reason,
        )


def measure(
    teller: Teller,
    brand: str,
    journey_id: uuid.UUID,
    seasons: Sequence[Season],
    *,
    groups: tuple[str, ...] = (),
) -> None:
    """Tell what happened and what was answered, season by season, and close what is past."""
    for number, season in enumerate(seasons):
        members = groups if season.handover == "levering" else ()
        cases = measuring.rows(
            season, teller.begin, first_order=10_000 + 1_000 * number, members=members
        )
        opened = teller.day(season.first_day, 8)
        metric, wave_id = _open(teller, brand, journey_id, season, opened)
        member = 'member = "member"' if members else ""
        told = teller.day(season.first_day + season.days + 2)
        with clock.at(told):
            actor = teller.member(brand)
            import_events(
                teller.engine,
                actor,
                journey_id,
                stream=measuring.events_file(cases),
                mapping=read_mapping(
                    measuring.MAPPING.format(handover=season.handover, member=member).encode()
                ),
                at=told,
            )
            import_answers(
                teller.engine,
                actor,
                journey_id,
                stream=measuring.answers_file(cases),
                mapping=read_mapping(
                    measuring.ANSWERS.format(
                        point=season.point, metric=metric, wave=season.wave, member=member
                    ).encode()
                ),
                at=told,
            )
        if season.point not in ("hulp", "delivery"):
            _close(teller, brand, journey_id, season, wave_id, told)


def _open(
    teller: Teller, brand: str, journey_id: uuid.UUID, season: Season, at: datetime
) -> tuple[Metric, uuid.UUID]:
    with teller.acting(brand, at) as (session, actor):
        place = teller.place(session, actor, journey_id)
        points = asked.shared_points(session, journey_id)
        point = next(p for p in points if p.key == season.point)
        ends = (teller.begin + timedelta(days=season.first_day + season.days + 14)).date()
        wave = waves.open_wave(session, actor, place, point, key=season.wave, close_on=ends, at=at)
        return point.metric, wave.id


def _close(
    teller: Teller,
    brand: str,
    journey_id: uuid.UUID,
    season: Season,
    wave_id: uuid.UUID,
    at: datetime,
) -> None:
    with teller.acting(brand, at) as (session, actor):
        place = teller.place(session, actor, journey_id)
        points = asked.shared_points(session, journey_id)
        point = next(p for p in points if p.key == season.point)
        wave = waves.find_wave(session, place, point, wave_id, lock=True)
        waves.close_by_hand(session, actor, place, point, wave, at=at)


def ask(
    teller: Teller,
    brand: str,
    journey_id: uuid.UUID,
    *,
    point: str,
    wave: str,
    secret: str,
) -> None:
    """Ask customers in an open wave; the mails go out today."""
    at = clock.now()
    found = read_contacts(measuring.contacts((at - timedelta(days=1)).date()))
    with teller.acting(brand, at) as (session, actor):
        place = teller.place(session, actor, journey_id)
        where = next(p for p in asked.shared_points(session, journey_id) if p.key == point)
        season = next(w for w in asked.waves_of(session, where) if w.key == wave)
        faults = asking.upload(
            session, actor, place, where, season, found=found, secret=secret, at=at
        )
        assert not faults, faults


def explain(
    teller: Teller, slug: str, journey_id: uuid.UUID, *, point: str, wave: str, text: str, day: int
) -> None:
    """Let a party say something beside the number of a point in one season."""
    at = teller.day(day)
    with teller.acting(slug, at) as (session, actor):
        place = teller.place(session, actor, journey_id)
        found = next(p for p in asked.shared_points(session, journey_id) if p.key == point)
        season = next(w for w in asked.waves_of(session, found) if w.key == wave)
        own = place.mine[0].id
        measurement.explain(session, actor, place, found, season, own, text=text, version=0, at=at)


def take_home(teller: Teller, brand: str, journey_id: uuid.UUID) -> bytes:
    """Fix the figures of the story for a brand, draw its report, and return the PDF."""
    at, actor = clock.now(), teller.member(brand)
    with border.open_session(teller.engine, actor) as session:
        place = teller.place(session, actor, journey_id)
        facts = reports.facts_now(session, actor, place, at=at)
        language = place.journey.language
    pdf = reports.draw(document_of(facts), language=language)
    with teller.acting(brand, at) as (session, _):
        place = teller.place(session, actor, journey_id)
        reports.keep(session, actor, place, facts, pdf, language=language, at=at)
    return pdf
