"""The overview: who is where in which phase, who comes once, what we do not control or hear of.

And what became of a rule of the silo check.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What became of a rule of the silo check when a reader looked."""

    FOUND = "found"
    NOTHING = "nothing"
    OTHER_KIND = "other_kind"
    NOT_DRAWN = "not_drawn"


@dataclass(frozen=True, slots=True)
class Seen:
    """A card of the overview: where, whose, and for which customer roles it is something."""

    key: Hashable
    phase: Hashable
    party: Hashable
    roles: frozenset[Hashable] = frozenset()
    is_step: bool = False
    is_own: bool = True


@dataclass(frozen=True)
class Line:
    """One row of the grid: a party or a role, with its number of cards in each phase."""

    key: Hashable
    cards: tuple[int, ...]


def party_lines(
    phases: Sequence[Hashable], parties: Iterable[Hashable], cards: Collection[Seen]
) -> list[Line]:
    """Return the row of each party: how many cards it has in each phase."""
    return [
        Line(
            party,
            tuple(sum(c.phase == phase and c.party == party for c in cards) for phase in phases),
        )
        for party in parties
    ]


def role_lines(
    phases: Sequence[Hashable], roles: Iterable[Hashable], cards: Collection[Seen]
) -> list[Line]:
    """Return the row of each customer role: for how many cards of each phase it was named."""
    return [
        Line(
            role,
            tuple(sum(c.phase == phase and role in c.roles for c in cards) for phase in phases),
        )
        for role in roles
    ]


def without(phases: Sequence[Hashable], lines: Iterable[Line]) -> list[Hashable]:
    """Return the phases in which none of these parties or roles has anything, in order."""
    rows = list(lines)
    return [phase for n, phase in enumerate(phases) if not any(line.cards[n] for line in rows)]


def once(lines: Iterable[Line]) -> list[Line]:
    """Return the roles that take part in one phase only, in their order."""
    return [line for line in lines if sum(count > 0 for count in line.cards) == 1]


def without_signal(cards: Iterable[Seen], heard: Collection[Hashable]) -> list[Seen]:
    """Return the touchpoints that are not the brand's own and of which nothing is heard.

    `heard` are the cards with a signal: a question there or about a stretch over them, or a
    hand-over from or to them with a time limit.
    """
    return [c for c in cards if not c.is_step and not c.is_own and c.key not in heard]
