"""What the parties of the story talk over: one question at a hand-over, one for the journey."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.comments import queries, services
from partnerjourney.comments.queries import About
from partnerjourney.comments.rules import Audience
from partnerjourney.comments.services.writing import Words
from partnerjourney.core import border, clock
from partnerjourney.core.parties import Membership, Role, User
from partnerjourney.core.scopes import Member, System
from partnerjourney.demo.chapters import Teller
from partnerjourney.handovers import services as handovers
from partnerjourney.journeys.services import Place


@contextmanager
def _speaking(
    teller: Teller, slug: str, journey_id: uuid.UUID, at: datetime
) -> Iterator[tuple[Session, Member, Place]]:
    """Open a session for the first person of an organisation, in its own name."""
    actor = teller.member(slug)
    with border.open_session(teller.engine, System("the demo's story")) as session:
        person = session.scalars(
            select(User.id)
            .join(Membership, Membership.user_id == User.id)
            .where(Membership.owner_id == actor.organisation_id, Membership.role == Role.ADMIN)
            .order_by(Membership.id)
        ).first()
    speaker = replace(actor, user_id=person)
    with (
        clock.at(at),
        border.open_session(teller.engine, speaker, write=True) as session,
        session.begin(),
    ):
        yield session, speaker, teller.place(session, speaker, journey_id)


def at_the_van(teller: Teller, journey_id: uuid.UUID) -> None:
    """The warehouse asks one courier about its labels; that waits for an answer."""
    at = clock.now() - timedelta(hours=20)
    with _speaking(teller, "magazijn-flevo", journey_id, at) as (session, actor, place):
        rows = handovers.handovers(session, journey_id)
        about = About(handover_id=next(row.id for row in rows if row.key == "lading"))
        offered = queries.choices(session, actor, place, about).found
        edge = next(one for one in offered if "Koerier Snel" in one.readers)
        asks = [party_id for party_id, name in edge.parties.items() if name == "Koerier Snel"]
        services.begin(
            session,
            actor,
            place,
            about,
            Audience.EDGE,
            Words(
                "Sinds maandag scant jullie lezer onze nieuwe etiketten niet altijd. Helpt het als"
                " we de barcode ook op de zijkant plakken? Dan passen wij de pakbon aan.",
                asks,
            ),
            circle_id=edge.circle_id,
            at=at,
        )


def before_december(teller: Teller, brand: str, journey_id: uuid.UUID) -> None:
    """The brand tells every party of busy weeks, and the installer answers."""
    at = clock.now() - timedelta(days=3)
    with _speaking(teller, brand, journey_id, at) as (session, actor, place):
        text = (
            "Vanaf volgende week verwachten we de helft meer bestellingen dan normaal. Wie ziet"
            " een dag waarop het niet past?"
        )
        thread = services.begin(
            session, actor, place, About(), Audience.JOURNEY, Words(text), at=at
        ).id
    later = at + timedelta(hours=5)
    with _speaking(teller, "thuisklaar", journey_id, later) as (session, actor, place):
        held = services.find(session, place, thread, lock=True)
        words = Words("Voor ons past het. Op vrijdag 4 december rijden we met één bus minder.")
        services.reply(session, actor, place, held, words, at=later)
