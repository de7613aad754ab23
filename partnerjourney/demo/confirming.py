"""A party of the story that has no account: somebody of it answers the brand from the mail."""

from __future__ import annotations

import uuid
from datetime import timedelta

from partnerjourney.answering.services import GUEST
from partnerjourney.confirming import services
from partnerjourney.confirming.rules import Answer, lines
from partnerjourney.confirming.services.answering import open_rows
from partnerjourney.core import border, clock
from partnerjourney.demo.chapters import Teller


def ask(
    teller: Teller,
    brand: str,
    journey_id: uuid.UUID,
    party_key: str,
    *,
    name: str,
    email: str,
    question: str,
) -> None:
    """Ask somebody, who says that all is right, with a question about when a hand-over is."""
    at = (clock.now() - timedelta(days=2)).replace(hour=9, minute=5, second=0, microsecond=0)
    with teller.acting(brand, at) as (session, actor):
        place = teller.place(session, actor, journey_id)
        party = next(p for p in place.parties.values() if p.key == party_key)
        asking = services.ask(
            session, actor, place, party, email=email, name=name, language="nl", at=at
        )
    with (
        clock.at(at + timedelta(hours=3)),
        border.open_session(teller.engine, GUEST, write=True) as session,
        session.begin(),
    ):
        for row in open_rows(session, asking):
            asked = services.find_asked(session, row.id)
            names = [one.name for one in lines(asked.thing.said)]
            services.answer(
                session,
                asked,
                stands=asked.stands,
                answers={
                    one: (Answer.QUESTION, question)
                    if one == "when" and row.handover_id
                    else (Answer.RIGHT, "")
                    for one in names
                },
                at=clock.now(),
            )
