"""The silo check: nine rules that find a journey which one party drew for itself.

A rule sees what its reader sees, no more: what is unknown (None) finds nothing. There is no score,
and nothing is ranked; findings stand in the order of the rules, then of the path.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from partnerjourney.touchpoints.rules.depth import done_by, undecided

SILENT = timedelta(days=30)
"""After so long without a sign of a party it counts as one that does not take part."""

FEWEST = 2
"""A journey of fewer parties than this covers one party's part only."""

_USE = re.compile(
    r"\b(gebruik\w*|dagelijks\w*|use|uses|using|usage|in use|daily|everyday)\b", re.IGNORECASE
)


class Rule(StrEnum):
    """What is looked at, by the id that everybody calls it by."""

    ONE_PARTY = "S1"
    NOT_THE_CUSTOMERS = "S2"
    ONE_SIDED = "S3"
    ABSENT = "S4"
    NO_PARENT = "S5"
    OWN_ONLY = "S6"
    NO_USE = "S7"
    MISTAKEN = "S8"
    ONE_DISCIPLINE = "S9"


class How(StrEnum):
    """In which way a rule found something, where there is more than one."""

    START = "start"
    END = "end"
    PROVISIONAL = "provisional"
    WAITING = "waiting"
    NOBODY = "nobody"
    SILENT = "silent"
    ONE = "one"
    UNSAID = "unsaid"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule found, about a card, hand-over or party; None is the whole journey."""

    rule: Rule
    about: Hashable | None = None
    how: How | None = None
    since: datetime | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PartyFact:
    """A lane. `joined`: somebody fills it; `last`: when something was last seen of it, else made.

    None is what the reader cannot know.
    """

    key: Hashable
    kind: str = "organisation"
    brand: bool = False
    confirmed: bool = True
    joined: bool | None = True
    last: datetime | None = None

    @property
    def represented(self) -> bool:
        """Whether somebody can speak for it."""
        return self.kind in ("organisation", "group")


@dataclass(frozen=True, slots=True)
class CardFact:
    """A card, in path order."""

    key: Hashable
    party: Hashable
    is_step: bool = False
    initiator: Hashable | None = None
    receiver: Hashable | None = None
    perceived: Hashable | None = None
    told: str = ""


@dataclass(frozen=True, slots=True)
class HandoverFact:
    """A hand-over by number; `waiting`: one side changed it and the other has not said yes."""

    key: Hashable
    giver: Hashable
    taker: Hashable
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class PointFact:
    """A measuring point that the reader shares, with the parties that its stretch passes."""

    card: Hashable
    passes: frozenset[Hashable] = frozenset()


@dataclass(frozen=True)
class Chain:
    """A journey as one reader sees it; `phases` are names, with the mark of use."""

    kind: str = "end_to_end"
    has_parent: bool = False
    phases: Sequence[tuple[str, bool]] = ()
    cards: Sequence[CardFact] = ()
    parties: Mapping[Any, PartyFact] = field(default_factory=dict)
    handovers: Sequence[HandoverFact] = ()
    points: Sequence[PointFact] = ()
    disciplines: frozenset[str] = frozenset()

    @property
    def customer(self) -> Hashable | None:
        """The customer's own lane."""
        return next((p.key for p in self.parties.values() if p.kind == "customer"), None)

    @property
    def brand(self) -> Hashable | None:
        """The party that coordinates."""
        return next((p.key for p in self.parties.values() if p.brand), None)

    def done_by(self, card: CardFact) -> Hashable | None:
        """Return the company behind a card."""
        return done_by(card.party, card.initiator, card.receiver, self.customer)


APPLIES: Mapping[Rule, frozenset[str]] = {
    Rule.ONE_PARTY: frozenset({"end_to_end", "micro", "lifeline"}),
    Rule.NOT_THE_CUSTOMERS: frozenset({"end_to_end"}),
    Rule.ONE_SIDED: frozenset({"end_to_end", "micro", "lifeline", "employee"}),
    Rule.ABSENT: frozenset({"end_to_end", "micro", "lifeline", "employee"}),
    Rule.NO_PARENT: frozenset({"micro"}),
    Rule.OWN_ONLY: frozenset({"end_to_end", "micro", "lifeline"}),
    Rule.NO_USE: frozenset({"end_to_end"}),
    Rule.MISTAKEN: frozenset({"end_to_end", "micro", "lifeline", "employee"}),
    Rule.ONE_DISCIPLINE: frozenset({"end_to_end", "micro", "lifeline", "employee"}),
}
"""Rule → the kinds of journey at which it looks."""


def findings(chain: Chain, *, at: datetime) -> list[Finding]:
    """Return all that the rules find, in their order, then in the order of the path."""
    found: list[Finding] = []
    for rule, kinds in APPLIES.items():
        if chain.kind in kinds:
            found += _RULES[rule](chain, at)
    return found


def one_party_only(chain: Chain) -> bool:
    """Say whether a journey covers one party only (S1); a lifeline needs no cards for more."""
    if chain.kind not in APPLIES[Rule.ONE_PARTY]:
        return False
    drawn = {card.party for card in chain.cards}
    listed = [party for party in chain.parties.values() if party.represented]
    return len([p for p in listed if chain.kind == "lifeline" or p.key in drawn]) < FEWEST


def is_use(name: str) -> bool:
    """Say whether the name of a phase, in Dutch or English, tells that the customer uses it."""
    return _USE.search(name) is not None


def _one_party(chain: Chain, _at: datetime) -> Iterator[Finding]:
    if one_party_only(chain):
        yield Finding(Rule.ONE_PARTY)


def _ends(chain: Chain, _at: datetime) -> Iterator[Finding]:
    """The customer begins (in its lane, or as who starts it), and notices the end."""
    if not chain.cards:
        return
    first, last, customer = chain.cards[0], chain.cards[-1], chain.customer
    if first.is_step or customer is None or customer not in (first.party, first.initiator):
        yield Finding(Rule.NOT_THE_CUSTOMERS, first.key, How.START)
    sides = (last.party, last.initiator, last.receiver)
    if last.is_step or customer is None or customer not in sides:
        yield Finding(Rule.NOT_THE_CUSTOMERS, last.key, How.END)


def _one_sided(chain: Chain, _at: datetime) -> Iterator[Finding]:
    for handover in chain.handovers:
        sides = [chain.parties.get(side) for side in (handover.giver, handover.taker)]
        if not all(side is not None and side.represented for side in sides):
            continue  # who hands over to the customer describes that alone
        if handover.waiting:
            yield Finding(Rule.ONE_SIDED, handover.key, How.WAITING)
        elif any(side is not None and not side.brand and not side.confirmed for side in sides):
            yield Finding(Rule.ONE_SIDED, handover.key, How.PROVISIONAL)


def _absent(chain: Chain, at: datetime) -> Iterator[Finding]:
    for party in chain.parties.values():
        if party.represented and party.joined is not None and party.last is not None:
            how = How.SILENT if party.joined else How.NOBODY
            if at - party.last >= SILENT:
                yield Finding(Rule.ABSENT, party.key, how, party.last)


def _no_parent(chain: Chain, _at: datetime) -> Iterator[Finding]:
    if not chain.has_parent:
        yield Finding(Rule.NO_PARENT)


def _own_only(chain: Chain, _at: datetime) -> Iterator[Finding]:
    """Asked at the brand's own touchpoints, about stretches on which nobody else stands."""
    cards = {card.key: card for card in chain.cards}
    ours = {chain.brand, chain.customer}
    asked = [(cards[p.card], p.passes) for p in chain.points if p.card in cards]
    if asked and all(
        chain.done_by(card) == chain.brand and passes <= ours for card, passes in asked
    ):
        yield Finding(Rule.OWN_ONLY)


def _no_use(chain: Chain, _at: datetime) -> Iterator[Finding]:
    if chain.phases and not any(marked or is_use(name) for name, marked in chain.phases):
        yield Finding(Rule.NO_USE)


def _mistaken(chain: Chain, _at: datetime) -> Iterator[Finding]:
    for card in chain.cards:
        if not card.is_step and undecided(card.perceived, chain.done_by(card), card.told):
            yield Finding(Rule.MISTAKEN, card.key)


def _one_discipline(chain: Chain, _at: datetime) -> Iterator[Finding]:
    if not chain.disciplines:
        yield Finding(Rule.ONE_DISCIPLINE, how=How.UNSAID)
    elif len(chain.disciplines) == 1:
        yield Finding(Rule.ONE_DISCIPLINE, how=How.ONE, detail=next(iter(chain.disciplines)))


_RULES: Mapping[Rule, Callable[[Chain, datetime], Iterator[Finding]]] = {
    Rule.ONE_PARTY: _one_party,
    Rule.NOT_THE_CUSTOMERS: _ends,
    Rule.ONE_SIDED: _one_sided,
    Rule.ABSENT: _absent,
    Rule.NO_PARENT: _no_parent,
    Rule.OWN_ONLY: _own_only,
    Rule.NO_USE: _no_use,
    Rule.MISTAKEN: _mistaken,
    Rule.ONE_DISCIPLINE: _one_discipline,
}
