"""Where an item is used and how each place stands; what a change of it would touch."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from partnerjourney.core.scopes import Actor
from partnerjourney.library.models import LibraryItem, LibraryUse
from partnerjourney.library.queries.items import Used, uses_of
from partnerjourney.library.queries.places import Key, Spotted, all_spots
from partnerjourney.library.rules import Standing, Values, Way, Why, base, standing


@dataclass(frozen=True)
class Line:
    """One place of an item: how it stands, and what the change would do there.

    `spot` is None where the organisation is apart, or the card or hand-over is off the map.
    """

    use: LibraryUse
    journey: str
    brand: str
    spot: Spotted | None
    standing: Standing
    way: Way
    why: Why | None
    now: Values
    base: str

    @property
    def differs(self) -> bool:
        """Whether somebody changed it since: it is chosen by hand, place by place."""
        return self.standing is Standing.DIFFERS


def key_of(use: LibraryUse) -> Key:
    """Return which place a row is about."""
    return use.journey_id, use.thing_id, use.spot


def used_at(
    session: Session, actor: Actor, item: LibraryItem, *, at: datetime
) -> tuple[list[Line], dict[Key, Spotted]]:
    """Return the places of an item as they stand, and all places that it could fill."""
    spots = all_spots(session, actor, at=at)
    return _lines(uses_of(session, item), spots, item.fields, item.fields), spots


def preview(
    session: Session,
    actor: Actor,
    item: LibraryItem,
    fields: Mapping[str, str],
    *,
    at: datetime,
    uses: Collection[Used] | None = None,
) -> list[Line]:
    """Return what saying `fields` would do at each place, by brand; `uses` where they were read."""
    spots = all_spots(session, actor, at=at)
    places = uses_of(session, item) if uses is None else uses
    return _lines(places, spots, item.fields, fields)


def _lines(
    uses: Collection[Used], spots: Mapping[Key, Spotted], item: Values, wanted: Values
) -> list[Line]:
    return [_line(one, spots.get(key_of(one.use)), item, wanted) for one in uses]


def _line(one: Used, spot: Spotted | None, item: Values, wanted: Values) -> Line:
    if spot is None:
        why = Why.GONE if one.journey else Why.APART
        return Line(one.use, one.journey, one.brand, None, Standing.APART, Way.CANNOT, why, {}, "")
    now = {name: spot.now[name] for name in wanted}
    same = now == dict(wanted)
    return Line(
        one.use,
        spot.journey,
        spot.brand,
        spot,
        standing(spot.now, one.use.taken, item),
        Way.SAME if same else spot.way,
        None if same else spot.why,
        now,
        base(now),
    )
