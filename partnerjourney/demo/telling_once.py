"""What the courier says once over both clients: its number, a move, the peak of December."""

from __future__ import annotations

from datetime import date, timedelta

from partnerjourney.announcements import services as announcements
from partnerjourney.announcements.rules import Kind
from partnerjourney.announcements.services import Words
from partnerjourney.core import clock
from partnerjourney.core.parties import Organisation
from partnerjourney.demo.chapters import Teller
from partnerjourney.journeys.services import all_places
from partnerjourney.library import queries
from partnerjourney.library import services as library
from partnerjourney.library.rules import Kind as Item
from partnerjourney.library.rules import Spot
from partnerjourney.library.services import Chosen, Wanted

PEAK = (
    "Van 1 tot en met 24 december bezorgen wij ook op zaterdag en tot 21.00 uur. "
    "Bied grote partijen een dag eerder aan."
)
MOVE = "Ons sorteercentrum verhuist. Pakketten naar het noorden gaan deze week over Zwolle."
DESK = {
    "contact_name": "Planning Koerier Snel",
    "contact_reach": "038 555 01 23, ma–za 7.00–21.00 uur",
}


def announce(teller: Teller, slug: str) -> None:
    """Let the courier announce a week of moving, while deliveries were judged, and its peak."""
    moved = teller.day(78).date()
    _say(teller, slug, 74, Words(Kind.CLOSURE, MOVE, moved, moved + timedelta(days=6)))
    today = clock.now().date()
    year = today.year if today <= date(today.year, 12, 24) else today.year + 1
    peak = Words(Kind.PEAK, PEAK, date(year, 12, 1), date(year, 12, 24))
    _say(teller, slug, 116, peak)


def _say(teller: Teller, slug: str, day: int, words: Words) -> None:
    at = teller.day(day)
    with teller.acting(slug, at) as (session, actor):
        us = session.get_one(Organisation, actor.organisation_id)
        announcements.make(
            session, actor, us, words=words, places=all_places(session, actor), at=at
        )


def keep_number(teller: Teller, slug: str) -> None:
    """Let the courier keep its number in its library, and say it at all of its hand-overs."""
    at = teller.day(60, 11)
    with teller.acting(slug, at) as (session, actor):
        us = session.get_one(Organisation, actor.organisation_id)
        item = library.make(
            session,
            actor,
            us,
            kind=Item.CONTACT,
            title="Planning, als een levering misgaat",
            fields=DESK,
            at=at,
        )
        spots = queries.all_spots(session, actor, at=at)
        keys = [key for key in spots if key[2] is Spot.CONTACT]
        library.put_to_use(session, actor, us, item, keys, spots=spots, at=at)
        lines = queries.preview(session, actor, item, DESK, at=at)
        said = Wanted(item.version, item.title, DESK)
        chosen = [Chosen(line.use.id, line.base, line.way) for line in lines]
        library.begin(session, actor, us, item, said=said, chosen=chosen, at=at)
