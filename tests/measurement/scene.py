"""A journey to measure: brand, warehouse, two couriers in one group, an installer, an outsider."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from partnerjourney.core import border, circles, ids
from partnerjourney.core.links import Purpose, new_link
from partnerjourney.core.parties import (
    Journey,
    Organisation,
    Participation,
    ParticipationRole,
    Party,
    PartyKind,
)
from partnerjourney.core.scopes import Member, System
from partnerjourney.events.models import FactCell
from partnerjourney.events.rules import State
from partnerjourney.handovers.models import Handover, HandoverContent
from partnerjourney.journeys.models import Phase, PhaseContent
from partnerjourney.journeys.services import Place, find
from partnerjourney.measurement import services  # noqa: F401 - connects what counts
from partnerjourney.surveys.models import (
    Answer,
    Invitation,
    Point,
    PointCircle,
    PointCover,
    Question,
    Wave,
)
from partnerjourney.surveys.rules import InvitationState, Metric, WaveKind, WaveState
from partnerjourney.surveys.signals import CellDelta, cells_changed, wave_closed
from partnerjourney.touchpoints.models import Card, CardContent
from partnerjourney.touchpoints.rules import CardKind
from tests.copies import made_once

AT = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
DAY = AT.date()

# key → from, to; in path order. `couriers` is the group, `klant` the customer.
HANDOVERS = {
    "order": ("brand", "warehouse"),
    "pickup": ("warehouse", "couriers"),
    "delivery": ("couriers", "customer"),
    "visit": ("couriers", "installer"),
    "installed": ("installer", "customer"),
    "help": ("customer", "desk"),
}
# key → metric, subject, hand-overs covered.
POINTS = {
    "delivery": (Metric.NPS, "levering", ("pickup", "delivery")),
    "installation": (Metric.NPS, "installatie", ("visit", "installed")),
    "help": (Metric.CSAT, "hulp", ("help",)),
}
PARTIES = {
    "brand": PartyKind.ORGANISATION,
    "customer": PartyKind.CUSTOMER,
    "warehouse": PartyKind.ORGANISATION,
    "couriers": PartyKind.GROUP,
    "installer": PartyKind.ORGANISATION,
    "desk": PartyKind.ORGANISATION,
}
FILLED_BY = {
    "brand": "brand",
    "warehouse": "warehouse",
    "snel": "couriers",
    "rap": "couriers",
    "installer": "installer",
    "desk": "desk",
}


@dataclass
class Scene:
    """What was made, by its keys; `open_as` gives a member's session."""

    engine: Engine
    names: dict[str, str] = field(default_factory=dict)
    journey_id: uuid.UUID = field(default_factory=ids.new_v7)
    organisations: dict[str, uuid.UUID] = field(default_factory=dict)
    participations: dict[str, uuid.UUID] = field(default_factory=dict)
    parties: dict[str, Party] = field(default_factory=dict)
    handovers: dict[str, uuid.UUID] = field(default_factory=dict)
    points: dict[str, uuid.UUID] = field(default_factory=dict)
    circles: dict[tuple[str, str], uuid.UUID] = field(default_factory=dict)
    questions: dict[str, uuid.UUID] = field(default_factory=dict)
    waves: dict[tuple[str, str], uuid.UUID] = field(default_factory=dict)

    def system(self) -> Session:
        """Open a session of the product itself."""
        return border.open_session(self.engine, System("test"), write=True)

    def open_as(self, name: str, *, write: bool = False) -> Session:
        """Open a session of one organisation."""
        scope = Member(None, self.organisations[name])
        return border.open_session(self.engine, scope, write=write)

    def place(self, session: Session, name: str) -> Place:
        """Return the journey as an organisation stands in it."""
        return find(session, Member(None, self.organisations[name]), self.journey_id)

    # --- asking ---------------------------------------------------------------------------------

    def wave(
        self,
        session: Session,
        point: str,
        key: str,
        kind: WaveKind = WaveKind.REGULAR,
        *,
        opened_at: datetime = AT,
        close_on: date | None = None,
    ) -> uuid.UUID:
        """Open a wave."""
        wave = Wave(
            journey_id=self.journey_id,
            point_id=self.points[point],
            question_id=self.questions[point],
            key=key,
            kind=kind,
            opened_at=opened_at,
            close_on=close_on,
        )
        session.add(wave)
        session.flush()
        self.waves[point, key] = wave.id
        return wave.id

    def close(self, session: Session, point: str, key: str, *, at: datetime) -> None:
        """Close a wave as surveys does: the row, then the signal."""
        wave = session.get_one(Wave, (self.journey_id, self.waves[point, key]))
        wave.state = WaveState.FROZEN if wave.kind is WaveKind.BASELINE else WaveState.CLOSED
        wave.closed_at = at
        session.flush()
        wave_closed.send(session, wave=wave)

    def answers(
        self,
        session: Session,
        point: str,
        key: str,
        counts: dict[int, int],
        *,
        member: str = "",
        state: State = State.NONE,
        day: date = DAY,
        role: str = "",
    ) -> None:
        """Store answers (score → how many) as surveys does: rows and what they change."""
        at = self.moment(day)
        deltas = []
        for score, number in counts.items():
            for _ in range(number):
                answer = self._answer(point, key, member=member, state=state, role=role, at=at)
                answer.score = score
                session.add(answer)
            deltas.append(self.delta(point, key, f"s{score}", number, member, state, day, role))
        session.flush()
        cells_changed.send(session, deltas=deltas)

    @staticmethod
    def moment(day: date) -> datetime:
        """Return noon of a day."""
        return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)

    def _answer(
        self, point: str, key: str, *, member: str, state: State, role: str, at: datetime
    ) -> Answer:
        return Answer(
            journey_id=self.journey_id,
            circle_id=self.circles[point, member],
            point_id=self.points[point],
            wave_id=self.waves[point, key],
            question_id=self.questions[point],
            role=role,
            state=state,
            day=at.date(),
            answered_at=at,
        )

    def delta(
        self,
        point: str,
        key: str,
        name: str,
        by: int = 1,
        member: str = "",
        state: State = State.UNKNOWN,
        day: date = DAY,
        role: str = "",
    ) -> CellDelta:
        """Make one change of a cell."""
        return CellDelta(
            self.journey_id,
            self.circles[point, member],
            self.points[point],
            self.waves[point, key],
            self.questions[point],
            role,
            state,
            day,
            name,
            by,
        )

    def invite(
        self,
        session: Session,
        point: str,
        key: str,
        *,
        member: str = "",
        state: InvitationState = InvitationState.SENT,
        suppressed: str | None = None,
        sent: bool = True,
        day: date = DAY,
    ) -> tuple[Invitation, str]:
        """Plan and (unless told otherwise) send one question; returns it and its token."""
        invitation = Invitation(
            journey_id=self.journey_id,
            circle_id=self.circles[point, member],
            point_id=self.points[point],
            wave_id=self.waves[point, key],
            customer_owner_id=self.organisations["brand"],
            address_mac=ids.new_v4().hex,
            state=state,
            suppressed=suppressed,
            planned_at=AT,
            sent_at=AT if sent else None,
            sent_day=day if sent else None,
        )
        session.add(invitation)
        session.flush()
        token = new_link(session, Purpose.SURVEY, invitation.id, at=AT)
        if sent:
            names = ["invited"] + ["delivered"] * (state is not InvitationState.BOUNCED)
            cells_changed.send(
                session, deltas=[self.delta(point, key, n, 1, member, day=day) for n in names]
            )
        return invitation, token

    def cases(
        self,
        session: Session,
        handover: str,
        circle: uuid.UUID,
        states: dict[State, int],
        day: date = DAY,
    ) -> None:
        """Count cases that ended in states at a hand-over on a day."""
        for state, number in states.items():
            session.add(
                FactCell(
                    journey_id=self.journey_id,
                    circle_id=circle,
                    handover_id=self.handovers[handover],
                    state=state,
                    day=day,
                    cases=number,
                )
            )
        session.flush()


@made_once
def make(engine: Engine, names: dict[str, str] | None = None) -> Scene:
    """Build the journey, committed."""
    scene = Scene(engine, names or {})
    with scene.system() as session:
        _people(session, scene)
        _map(session, scene)
        for point in POINTS:
            _point(session, scene, point)
        session.commit()
    return scene


def _people(session: Session, scene: Scene) -> None:
    for slug in FILLED_BY:
        organisation = Organisation(
            slug=slug, name=scene.names.get(slug, slug.title()), created_at=AT
        )
        session.add(organisation)
        session.flush()
        scene.organisations[slug] = organisation.id
    brand = scene.organisations["brand"]
    session.add(
        Journey(
            id=scene.journey_id,
            organisation_id=brand,
            slug="story",
            name=scene.names.get("journey", "Story"),
            customer_owner_id=brand,
            created_at=AT,
        )
    )
    session.flush()
    for position, (key, kind) in enumerate(PARTIES.items()):
        party = Party(
            journey_id=scene.journey_id,
            key=key,
            name=scene.names.get(key, key.title()),
            kind=kind,
            orchestrator=key == "brand",
            position=position,
            confirmed_at=AT,
        )
        session.add(party)
        session.flush()
        scene.parties[key] = party
    for slug, key in FILLED_BY.items():
        participation = Participation(
            journey_id=scene.journey_id,
            party_id=scene.parties[key].id,
            organisation_id=scene.organisations[slug],
            role=ParticipationRole.ORCHESTRATOR if key == "brand" else ParticipationRole.PARTNER,
            discreet=key == "couriers",
            joined_at=AT,
        )
        circles.join(session, participation)
        scene.participations[slug] = participation.id


def _map(session: Session, scene: Scene) -> None:
    phase = Phase(journey_id=scene.journey_id, key="only")
    phase.content = PhaseContent(journey_id=scene.journey_id, name="Only", position=0)
    session.add(phase)
    session.flush()
    for position, (key, (giver, taker)) in enumerate(HANDOVERS.items()):
        card = Card(journey_id=scene.journey_id, key=f"card-{key}", kind=CardKind.TOUCHPOINT)
        card.content = CardContent(
            journey_id=scene.journey_id,
            phase_id=phase.id,
            party_id=scene.parties[giver].id,
            position=position,
            name=key.title(),
        )
        handover = Handover(journey_id=scene.journey_id, key=key)
        session.add(card)
        session.flush()
        handover.content = HandoverContent(
            journey_id=scene.journey_id,
            position=position,
            from_party_id=scene.parties[giver].id,
            to_party_id=scene.parties[taker].id,
            to_card_id=card.id,
        )
        session.add(handover)
        session.flush()
        scene.handovers[key] = handover.id


def _point(session: Session, scene: Scene, key: str) -> None:
    metric, subject, covers = POINTS[key]
    card = session.scalars(_select_card(scene, covers[-1])).one()
    sides = {"brand", *(side for h in covers for side in HANDOVERS[h])}
    seats = [scene.parties[side] for side in sides]
    base = circles.circle_for(session, scene.journey_id, seats)
    point = Point(
        journey_id=scene.journey_id,
        key=key,
        card_id=card.id,
        metric=metric,
        subject=scene.names.get(f"subject-{key}", subject),
        base_circle_id=base,
    )
    session.add(point)
    session.flush()
    scene.points[key] = point.id
    for position, handover in enumerate(covers):
        session.add(
            PointCover(
                journey_id=scene.journey_id,
                point_id=point.id,
                handover_id=scene.handovers[handover],
                position=position,
            )
        )
    scene.circles[key, ""] = base
    if "couriers" in sides:
        for member in ("snel", "rap"):
            scene.circles[key, member] = circles.circle_for(
                session,
                scene.journey_id,
                seats,
                members={scene.parties["couriers"].id: scene.participations[member]},
            )
    for (of, member), circle in scene.circles.items():
        if of == key:
            session.add(
                PointCircle(
                    journey_id=scene.journey_id,
                    circle_id=circle,
                    point_id=point.id,
                    members=[str(scene.participations[member])] if member else [],
                )
            )
    question = Question(
        journey_id=scene.journey_id,
        point_id=point.id,
        number=1,
        language="nl",
        form_of_address="u",
        text=scene.names.get("question", "Hoe waarschijnlijk is het dat u ons zou aanbevelen?"),
        low_label="zeker niet",
        high_label="zeker wel",
        created_at=AT,
    )
    session.add(question)
    session.flush()
    scene.questions[key] = question.id


def _select_card(scene: Scene, handover: str) -> Any:
    return select(Card).where(Card.journey_id == scene.journey_id, Card.key == f"card-{handover}")
