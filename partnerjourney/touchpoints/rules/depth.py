"""What a touchpoint is to the customer: whom it thinks it meets, who controls it, what it is worth.

Parties are named by any key; the rules only compare them.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

P = TypeVar("P", bound=Hashable)

IMPACTS = (2, 1, 0, -1, -2)
"""What a touchpoint can be worth to a customer role, best first."""


class Control(StrEnum):
    """Who controls a touchpoint, seen from the brand."""

    OWN = "own"
    PARTNER = "partner"
    CUSTOMER = "customer"


class RoleKind(StrEnum):
    """What somebody at the customer's side has to do with buying and using."""

    DECISION_MAKER = "decision_maker"
    INFLUENCER = "influencer"
    USER = "user"
    BUYER = "buyer"
    GATEKEEPER = "gatekeeper"


@dataclass(frozen=True, slots=True)
class Weighed:
    """One touchpoint for one role: whether it is its moment of truth, and its impact (−2…+2)."""

    role: Hashable
    moment_of_truth: bool = False
    impact: int | None = None


def clashes(weighed: Iterable[Weighed]) -> bool:
    """Say whether value clashes: good for one role (≥ +1) and bad for another (≤ −1)."""
    impacts = [row.impact for row in weighed if row.impact is not None]
    return any(impact >= 1 for impact in impacts) and any(impact <= -1 for impact in impacts)


def control_of(said: Control | None, *, of_customer: bool, of_brand: bool) -> Control:
    """Return who controls a touchpoint: what was said, else what its lane tells."""
    if said is not None:
        return said
    if of_customer:
        return Control.CUSTOMER
    return Control.OWN if of_brand else Control.PARTNER


def done_by(owner: P, initiator: P | None, receiver: P | None, customer: P | None) -> P | None:
    """Return the company behind a touchpoint: its owner, or in the customer's lane the other side.

    None where the customer acts and nobody said with whom.
    """
    if owner != customer:
        return owner
    sides = (initiator, receiver)
    return next((side for side in sides if side is not None and side != customer), None)


def undecided(perceived: Hashable | None, done: Hashable | None, told: str) -> bool:
    """Say whether the customer takes one party for another and nobody decided what it is told."""
    return perceived is not None and done is not None and perceived != done and not told.strip()
