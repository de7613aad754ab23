"""Between which cards a hand-over is drawn when it names only its parties."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stop:
    """A card on the path of the journey, and whose it is."""

    card: object
    party: object


@dataclass(frozen=True, slots=True)
class Passing:
    """A hand-over as it was drawn: its parties, and its cards where they were named."""

    key: object
    from_party: object
    to_party: object
    from_card: object = None
    to_card: object = None


def drawn_between(
    path: Sequence[Stop], passings: Iterable[Passing]
) -> dict[object, tuple[object, object]]:
    """Return, per hand-over, the cards that its arrow joins, in path order.

    Without cards it runs from the giver's last card before to the taker's first card after it; the
    second such hand-over between the same parties takes the second place where the path passes
    between them. A hand-over of a party without cards has no place and is left out.
    """
    known = {stop.card for stop in path}
    found: dict[object, tuple[object, object]] = {}
    used: dict[tuple[object, object], int] = {}
    for passing in passings:
        start = passing.from_card if passing.from_card in known else None
        end = passing.to_card if passing.to_card in known else None
        sides = (passing.from_party, passing.to_party)
        if start is None and end is None:
            number = used.get(sides, 0)
            used[sides] = number + 1
            pair = _passage(path, *sides, number)
        else:
            pair = _completed(path, sides, start, end)
        if pair is not None:
            found[passing.key] = pair
    return found


def passages(path: Sequence[Stop], giver: object, taker: object) -> list[tuple[object, object]]:
    """Return every place where the path passes from one party to the other."""
    found, last = [], None
    for stop in path:
        if stop.party == giver:
            last = stop
        elif stop.party == taker and last is not None:
            found.append((last.card, stop.card))
            last = None
    return found


def _passage(
    path: Sequence[Stop], giver: object, taker: object, number: int
) -> tuple[object, object] | None:
    places = passages(path, giver, taker)
    if places:
        return places[min(number, len(places) - 1)]
    given = [stop.card for stop in path if stop.party == giver]
    taken = [stop.card for stop in path if stop.party == taker]
    return (given[-1], taken[0]) if given and taken else None


def _completed(
    path: Sequence[Stop], sides: tuple[object, object], start: object, end: object
) -> tuple[object, object] | None:
    """Find the side that was not named: the nearest card of that party on the right side."""
    place = {stop.card: index for index, stop in enumerate(path)}
    if start is not None and end is not None:
        return start, end
    if start is not None:
        cards = [stop.card for stop in path if stop.party == sides[1]]
        after = [card for card in cards if place[card] > place[start]]
        return (start, (after or cards)[0]) if cards else None
    cards = [stop.card for stop in path if stop.party == sides[0]]
    before = [card for card in cards if place[card] < place[end]]
    return ((before or cards)[-1], end) if cards else None
