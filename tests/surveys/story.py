"""A delivery that is asked about: a brand, its warehouse, a group of two couriers, an outsider."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from partnerjourney.core import border, circles, ids
from partnerjourney.core.links import Purpose, new_link
from partnerjourney.core.parties import (
    Journey,
    Membership,
    Organisation,
    Participation,
    ParticipationRole,
    Party,
    PartyKind,
    Role,
    User,
)
from partnerjourney.core.scopes import Member, Respondent, System
from partnerjourney.handovers.models import Handover, HandoverContent
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.models import Phase, PhaseContent
from partnerjourney.surveys.models import Contact, Invitation, Point, Wave
from partnerjourney.surveys.rules import InvitationState, Metric
from partnerjourney.surveys.rules.asking import address_mac
from partnerjourney.surveys.services import points, waves
from partnerjourney.touchpoints.models import Card, CardContent
from partnerjourney.touchpoints.rules import CardKind
from tests.copies import made_once
from tests.factories import row

AT = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
SECRET = "development only: not a secret"
ORGANISATIONS = ("telenoord", "flevo", "snel", "rijk", "stranger")


@dataclass
class Story:
    """What the tests name."""

    engine: Engine
    journey: uuid.UUID = field(default_factory=uuid.uuid4)
    organisations: dict[str, uuid.UUID] = field(default_factory=dict)
    participations: dict[str, uuid.UUID] = field(default_factory=dict)
    parties: dict[str, uuid.UUID] = field(default_factory=dict)
    handovers: dict[str, uuid.UUID] = field(default_factory=dict)
    cards: dict[str, uuid.UUID] = field(default_factory=dict)
    points: dict[str, uuid.UUID] = field(default_factory=dict)
    users: dict[str, uuid.UUID] = field(default_factory=dict)

    def member(self, name: str, role: Role = Role.EDITOR) -> Member:
        """Return a member of an organisation."""
        return Member(None, self.organisations[name], role)

    @contextmanager
    def acting(self, name: str, role: Role = Role.EDITOR) -> Iterator[tuple[Session, Member, Any]]:
        """Open a session for a member, with its place in the journey, and commit."""
        actor = self.member(name, role)
        with border.open_session(self.engine, actor, write=True) as session, session.begin():
            yield session, actor, journeys.find(session, actor, self.journey)

    @contextmanager
    def system(self) -> Iterator[Session]:
        """Open a session for the product itself and commit."""
        with (
            border.open_session(self.engine, System("test"), write=True) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def respondent(self, token: str) -> Iterator[Session]:
        """Open a session for the holder of a link and commit."""
        scope = Respondent(ids.token_hash(token))
        with border.open_session(self.engine, scope, write=True) as session, session.begin():
            yield session

    def open_wave(self, point: str = "delivery", key: str = "spring", **fields: Any) -> uuid.UUID:
        """Open a wave at a point."""
        fields = {"close_on": date(2026, 5, 31), **fields}
        with self.acting("telenoord") as (session, actor, place):
            found = points.find_point(session, place, self.points[point])
            return waves.open_wave(session, actor, place, found, key=key, at=AT, **fields).id

    def invite(
        self,
        wave: uuid.UUID,
        *,
        email: str = "m.dewit@example.org",
        members: tuple[str, ...] = (),
        **fields: Any,
    ) -> str:
        """Invite somebody as if the mail had been sent; return the token of the link."""
        with self.system() as session:
            asked = session.get_one(Wave, (self.journey, wave))
            point = session.get_one(Point, (self.journey, asked.point_id))
            owner = self.organisations["telenoord"]
            contact = Contact(
                owner_id=owner, email=f"{ids.new_v4().hex}@example.org", created_at=AT
            )
            session.add(contact)
            session.flush()
            sits = [self.participations[name] for name in members]
            invitation = Invitation(
                journey_id=self.journey,
                circle_id=points.circle_of(session, point, sits),
                point_id=point.id,
                wave_id=wave,
                contact_id=contact.id,
                contact_owner_id=owner,
                customer_owner_id=owner,
                address_mac=address_mac(SECRET, owner, email),
                **{
                    "about_day": date(2026, 3, 4),
                    "reference": "10234",
                    "state": InvitationState.SENT,
                    "planned_at": AT,
                    "sent_at": AT,
                    "sent_day": AT.date(),
                    **fields,
                },
            )
            session.add(invitation)
            session.flush()
            return new_link(session, Purpose.SURVEY, invitation.id, at=AT)


@made_once
def tell(engine: Engine, *, language: str = "nl", form: str = "u") -> Story:
    """Make the journey and its measuring point `delivery` in an empty database."""
    story = Story(engine)
    with story.system() as session:
        for slug, name in (
            ("telenoord", "Telenoord"),
            ("flevo", "Magazijn Flevo"),
            ("snel", "Koerier Snel"),
            ("rijk", "Rijk Bezorgt"),
            ("stranger", "Stranger"),
        ):
            organisation = row(
                Organisation,
                slug=slug,
                name=name,
                brand_colour="#55288f",
                created_at=AT,
                address="Stationsplein 1, 8011 CW Zwolle",
            )
            session.add(organisation)
            session.flush()
            story.organisations[slug] = organisation.id
            user = row(User, email=f"{slug}@example.org", name=f"{slug} editor", language="nl")
            session.add(user)
            session.flush()
            story.users[slug] = user.id
            session.add(
                row(Membership, owner_id=organisation.id, user_id=user.id, role=Role.EDITOR)
            )
        _journey(session, story, language, form)
    add_point(
        story, "delivery", "receives", Metric.NPS, "levering" if language == "nl" else "delivery"
    )
    return story


def add_point(story: Story, key: str, card: str, metric: Metric, subject: str, **more: Any) -> None:
    """Add a measuring point as the brand does."""
    with story.acting("telenoord") as (session, actor, place):
        point = points.add_point(
            session,
            actor,
            place,
            key=key,
            card_id=story.cards[card],
            metric=metric,
            subject=subject,
            at=AT,
            **more,
        )
        story.points[key] = point.id


def _journey(session: Session, story: Story, language: str, form: str) -> None:
    owner = story.organisations["telenoord"]
    journey = row(
        Journey,
        id=story.journey,
        organisation_id=owner,
        customer_owner_id=owner,
        slug="delivery",
        name="Zakelijk internet en toestel",
        language=language,
        form_of_address=form,
        contact_name="Marjan Smit",
        contact_email="marjan@telenoord.example",
    )
    session.add(journey)
    session.flush()
    kinds = {"customer": PartyKind.CUSTOMER, "couriers": PartyKind.GROUP}
    names = {"customer": "Klant", "brand": "Telenoord", "warehouse": "Magazijn Flevo"}
    for position, key in enumerate(("customer", "brand", "warehouse", "couriers")):
        party = row(
            Party,
            journey_id=journey.id,
            key=key,
            name=names.get(key, "Koeriers"),
            kind=kinds.get(key, PartyKind.ORGANISATION),
            orchestrator=key == "brand",
            position=position,
        )
        session.add(party)
        session.flush()
        story.parties[key] = party.id
    for name, party in (
        ("telenoord", "brand"),
        ("flevo", "warehouse"),
        ("snel", "couriers"),
        ("rijk", "couriers"),
    ):
        join(session, story, name, party)
    _path(session, story)


def join(session: Session, story: Story, name: str, party: str) -> None:
    """An organisation takes part; in the group it is a member that the others do not see."""
    participation = row(
        Participation,
        journey_id=story.journey,
        party_id=story.parties[party],
        organisation_id=story.organisations[name],
        role=ParticipationRole.ORCHESTRATOR if party == "brand" else ParticipationRole.PARTNER,
        discreet=party == "couriers",
        joined_at=AT,
    )
    circles.join(session, participation)
    story.participations[name] = participation.id


def _path(session: Session, story: Story) -> None:
    phase = Phase(journey_id=story.journey, key="deliver")
    phase.content = PhaseContent(journey_id=story.journey, name="Leveren", position=0)
    session.add(phase)
    session.flush()
    for position, (key, party) in enumerate(
        (
            ("orders", "brand"),
            ("picks", "warehouse"),
            ("drives", "couriers"),
            ("receives", "customer"),
        )
    ):
        _card(session, story, phase, position, key, party)
    path = (("orders", "picks"), ("picks", "drives"), ("drives", "receives"))
    lanes = {"orders": "brand", "picks": "warehouse", "drives": "couriers", "receives": "customer"}
    for position, (start, end) in enumerate(path):
        _handover(session, story, position, start, end, lanes)


def _card(
    session: Session, story: Story, phase: Phase, position: int, key: str, party: str
) -> None:
    card = Card(
        journey_id=story.journey,
        key=key,
        kind=CardKind.STEP if key == "picks" else CardKind.TOUCHPOINT,
    )
    card.content = CardContent(
        journey_id=story.journey,
        phase_id=phase.id,
        party_id=story.parties[party],
        position=position,
        name=key,
    )
    session.add(card)
    session.flush()
    story.cards[key] = card.id


def _handover(
    session: Session, story: Story, position: int, start: str, end: str, lanes: dict[str, str]
) -> None:
    handover = Handover(journey_id=story.journey, key=f"{start}-{end}")
    handover.content = HandoverContent(
        journey_id=story.journey,
        position=position,
        from_party_id=story.parties[lanes[start]],
        to_party_id=story.parties[lanes[end]],
        from_card_id=story.cards[start],
        to_card_id=story.cards[end],
    )
    session.add(handover)
    session.flush()
    story.handovers[handover.key] = handover.id


def add_call(story: Story) -> None:
    """Add a measuring point `call` on a hand-over from the brand to the customer: no group on it.

    Further cards and hand-overs at the end of the path; the stretch of `delivery` stays as it is.
    """
    with story.system() as session:
        phase = session.scalars(select(Phase).where(Phase.journey_id == story.journey)).one()
        for position, (key, party) in enumerate((("calls", "brand"), ("hears", "customer")), 4):
            _card(session, story, phase, position, key, party)
        _handover(session, story, 3, "calls", "hears", {"calls": "brand", "hears": "customer"})
    covers = [story.handovers["calls-hears"]]
    add_point(story, "call", "hears", Metric.CSAT, "gesprek", covers=covers)
