"""What the courier says once over both clients: its number and hours, a text, a move, a peak."""

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
from partnerjourney.library.rules import SPOTS, Way
from partnerjourney.library.rules import Kind as Item
from partnerjourney.library.services import Chosen, Wanted

PEAK = (
    "Van 1 tot en met 24 december bezorgen wij ook op zaterdag en tot 21.00 uur. "
    "Bied grote partijen een dag eerder aan."
)
MOVE = "Ons sorteercentrum verhuist. Pakketten naar het noorden gaan deze week over Zwolle."
NUMBER = {"contact_name": "Planning Koerier Snel", "contact_reach": "038 555 01 23"}
HOURS = {"contact_hours": "ma–za 7.00–21.00 uur"}
CALL = {"told": "We call you half an hour before we arrive, on the number in your order."}
WHY = "Customers wait at the door for a whole afternoon now."
IN_ENGLISH = "Bean"


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


def keep_library(teller: Teller, slug: str) -> None:
    """Let the courier keep its number and its hours, and say them at all of its hand-overs."""
    _keep(teller, slug, Item.CONTACT, "Planning, als een levering misgaat", NUMBER)
    _keep(teller, slug, Item.HOURS, "Openingstijden van de planning", HOURS)


def call_ahead(teller: Teller, slug: str) -> None:
    """Let it change a text: at once where only customers read it, as a proposal to the brand."""
    _keep(teller, slug, Item.TEXT, "Call ahead", CALL, day=117, within=IN_ENGLISH, why=WHY)


def _keep(
    teller: Teller,
    slug: str,
    kind: Item,
    title: str,
    says: dict[str, str],
    *,
    day: int = 60,
    within: str = "",
    why: str = "",
) -> None:
    """Keep an item, use it wherever it fits, and say it there."""
    at = teller.day(day, 11)
    with teller.acting(slug, at) as (session, actor):
        us = session.get_one(Organisation, actor.organisation_id)
        item = library.make(session, actor, us, kind=kind, title=title, fields=says, at=at)
        spots = queries.all_spots(session, actor, at=at)
        keys = [
            key
            for key, spot in spots.items()
            if key[2] is SPOTS[kind] and within in spot.brand and spot.way is not Way.CANNOT
        ]
        library.put_to_use(session, actor, us, item, keys, spots=spots, at=at)
        lines = queries.preview(session, actor, item, says, at=at)
        said = Wanted(item.version, item.title, says, why)
        chosen = [Chosen(line.use.id, line.base, line.way) for line in lines]
        library.begin(session, actor, us, item, said=said, chosen=chosen, at=at)
