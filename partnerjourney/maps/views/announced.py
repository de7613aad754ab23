"""What parties announce, on the map: over it while it holds, in the lane, in the panels."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from partnerjourney.announcements import words
from partnerjourney.announcements.queries import Told
from partnerjourney.announcements.rules import When, running, when
from partnerjourney.core import clock
from partnerjourney.journeys.services import Place
from partnerjourney.maps.queries import JourneyMap


@dataclass(frozen=True, slots=True)
class Shown:
    """An announcement as the map and its panels show it."""

    by: str
    kind: str
    text: str
    days: str
    now: bool


@dataclass(frozen=True)
class Announced:
    """What holds now, and all that is not over by party."""

    now: tuple[Shown, ...]
    by_party: dict[uuid.UUID, tuple[Shown, ...]]

    def of(self, parties: Collection[uuid.UUID]) -> tuple[Shown, ...]:
        """Return what these parties announce."""
        return tuple(one for party in parties for one in self.by_party.get(party, ()))


def today_in(place: Place) -> date:
    """Return the day in a journey's own zone."""
    return clock.now().astimezone(ZoneInfo(place.journey.time_zone)).date()


def announced(found: JourneyMap, today: date) -> Announced:
    """Return what the reader is told on the map."""
    by_party: dict[uuid.UUID, tuple[Shown, ...]] = {}
    for one in found.announced:
        by_party[one.party_id] = (*by_party.get(one.party_id, ()), _shown(one, today))
    now = tuple(_shown(one, today) for one in running(found.announced, today))
    return Announced(now, by_party)


def _shown(one: Told, today: date) -> Shown:
    now = when(one, today) is When.RUNNING
    return Shown(one.by, words.kind(one.kind), one.text, words.days(one), now)


def in_lane(found: JourneyMap, party_id: uuid.UUID, today: date) -> list[str]:
    """Return what stands in the head of a lane: what holds now, else what comes first."""
    own = [one for one in found.announced if one.party_id == party_id]
    now = running(own, today)
    return [f"{words.kind(one.kind)}: {words.days(one)}" for one in now or own[:1]]
