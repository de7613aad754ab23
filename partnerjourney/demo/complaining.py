"""What customers of the story reported: the blue phone, and how it goes on."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select

from partnerjourney.complaints import services
from partnerjourney.complaints.rules import Act, Happened, Reported, offered
from partnerjourney.core import clock
from partnerjourney.demo.chapters import Teller
from partnerjourney.demo.measuring import Row, Season, rows
from partnerjourney.handovers.models import Handover

ZONE = "Europe/Amsterdam"


def late_case(teller: Teller, season: Season, *, first_order: int, members: tuple[str, ...]) -> Row:
    """Return the last case of a season that the first member brought late."""
    cases = rows(season, teller.begin, first_order=first_order, members=members)
    return [
        case
        for case in cases
        if case.member == members[0] and case.done and case.done.date() > case.promised.date()
    ][-1]


def report(
    teller: Teller,
    slug: str,
    journey_id: uuid.UUID,
    what: Reported,
    *,
    on: tuple[str, ...],
    at: datetime,
) -> uuid.UUID:
    """Let the desk of an organisation report what a customer told it."""
    with teller.acting(slug, at) as (session, actor):
        place = teller.place(session, actor, journey_id)
        keys = select(Handover.id).where(Handover.journey_id == place.id, Handover.key.in_(on))
        return services.report(
            session, actor, place, what, handovers=session.scalars(keys).all(), at=at
        ).id


def answer(
    teller: Teller,
    slug: str,
    journey_id: uuid.UUID,
    complaint_id: uuid.UUID,
    act: Act,
    *,
    at: datetime,
    text: str = "",
    before: datetime | None = None,
) -> None:
    """Let an organisation answer."""
    with teller.acting(slug, at) as (session, actor):
        place = teller.place(session, actor, journey_id)
        found = services.find(session, place, complaint_id, lock=True)
        services.answer(session, actor, place, found, act, at=at, text=text, before=before)


def blue_phone(teller: Teller, brand: str, journey_id: uuid.UUID, order: Row) -> None:
    """One case came late, with a blue phone instead of a black one; the courier picked it up."""
    now = clock.now()
    at = (now - timedelta(days=1)).replace(hour=13, minute=10, second=0, microsecond=0)
    due = offered(now, ZONE)[-1]
    complaint = report(
        teller,
        brand,
        journey_id,
        Reported(
            reference=order.order,
            happened=Happened.WRONG_ITEM,
            title="Blauwe telefoon geleverd in plaats van een zwarte",
            needs="De zwarte telefoon, vóór de monteur komt",
            due_at=due,
            details="Besteld: zwart. Gekregen: blauw, en een dag later dan beloofd.",
            happened_on=order.done.date() if order.done else None,
        ),
        on=("opdracht", "lading", "levering"),
        at=at,
    )
    with teller.acting(brand, at + timedelta(minutes=20)) as (session, actor):
        place = teller.place(session, actor, journey_id)
        found = services.find(session, place, complaint, lock=True)
        services.tell_customer(
            session,
            actor,
            place,
            found,
            text="We zoeken uit waar de zwarte is en bellen morgen vóór 12 uur terug.",
            at=at + timedelta(minutes=20),
        )
    answer(
        teller, "magazijn-flevo", journey_id, complaint, Act.NOT_HERE,
        text="De zwarte ging volgens de pakbon mee; hij ligt niet meer in ons magazijn.",
        at=at + timedelta(hours=1),
    )  # fmt: skip
    answer(
        teller, "koerier-snel", journey_id, complaint, Act.PICK_UP, before=due,
        at=at + timedelta(hours=2),
    )  # fmt: skip


def solved_before(teller: Teller, brand: str, journey_id: uuid.UUID, order: str) -> None:
    """Weeks ago two parties told one customer different things; it was solved and closed."""
    at = clock.now() - timedelta(days=34)
    complaint = report(
        teller,
        brand,
        journey_id,
        Reported(
            reference=order,
            happened=Happened.CONTRADICTORY,
            title="Sms noemt een ander tijdvak dan de app",
            needs="Zekerheid over het tijdvak van vandaag",
            due_at=at + timedelta(hours=4),
            happened_on=at.date(),
        ),
        on=("lading", "levering"),
        at=at,
    )
    answer(
        teller, "koerier-snel", journey_id, complaint, Act.SOLVE,
        text="Het tijdvak uit de sms gold; de klant is gebeld.", at=at + timedelta(hours=1),
    )  # fmt: skip
    with teller.acting(brand, at + timedelta(hours=3)) as (session, actor):
        place = teller.place(session, actor, journey_id)
        found = services.find(session, place, complaint, lock=True)
        services.close(session, actor, place, found, at=at + timedelta(hours=3))


def machine(teller: Teller, brand: str, journey_id: uuid.UUID) -> None:
    """In the English journey a machine came damaged; nobody has picked that up yet."""
    now = clock.now()
    report(
        teller,
        brand,
        journey_id,
        Reported(
            reference="BB-2291",
            happened=Happened.DAMAGED,
            title="Coffee machine arrived with a cracked tank",
            needs="A new tank, so that the office can have coffee on Monday",
            due_at=offered(now, ZONE)[-1],
            happened_on=(now - timedelta(days=1)).date(),
        ),
        on=("delivery",),
        at=now - timedelta(hours=3),
    )
