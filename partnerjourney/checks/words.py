"""The rules of the silo check, trades and kinds of journey in words, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask_babel import lazy_gettext

from partnerjourney.touchpoints.rules.silo import Rule


@dataclass(frozen=True, slots=True)
class RuleWords:
    """A rule: what it found, why that matters, what one looks at."""

    title: Any
    why: Any
    looks: Any


RULES: Mapping[Rule, RuleWords] = {
    Rule.ONE_PARTY: RuleWords(
        lazy_gettext("One party only"),
        lazy_gettext(
            "The customer meets more companies than one. A journey of your own part alone"
            " improves your part, and the customer still falls between two."
        ),
        lazy_gettext("whether more than one party has something on the map"),
    ),
    Rule.NOT_THE_CUSTOMERS: RuleWords(
        lazy_gettext("Start or end is not the customer’s"),
        lazy_gettext(
            "A journey begins with what the customer needs and ends when it is of use,"
            " not where somebody’s own process starts or stops."
        ),
        lazy_gettext("whether the beginning and the end are the customer’s"),
    ),
    Rule.ONE_SIDED: RuleWords(
        lazy_gettext("A hand-over described by one side"),
        lazy_gettext(
            "What one side wrote down is a wish, not an agreement. Things go wrong exactly"
            " where two parties each think something else."
        ),
        lazy_gettext("whether both sides said yes to what stands at a hand-over"),
    ),
    Rule.ABSENT: RuleWords(
        lazy_gettext("A party that does not take part"),
        lazy_gettext(
            "A lane that nobody keeps up to date shows what somebody else once thought."
            " A call is usually enough."
        ),
        lazy_gettext("whether something was seen of each party in the last thirty days"),
    ),
    Rule.NO_PARENT: RuleWords(
        lazy_gettext("A micro journey on its own"),
        lazy_gettext(
            "A micro journey is a part. Without the whole beside it nobody sees what comes"
            " before and after for the customer."
        ),
        lazy_gettext("whether a micro journey is part of a whole one"),
    ),
    Rule.OWN_ONLY: RuleWords(
        lazy_gettext("Asked only at the brand’s own touchpoints"),
        lazy_gettext(
            "Where nothing is asked, nothing is heard. What the customer thinks of the partners’"
            " part reaches you only as a complaint."
        ),
        lazy_gettext("whether the customer is asked about more than the brand’s own part"),
    ),
    Rule.NO_USE: RuleWords(
        lazy_gettext("No phase of use"),
        lazy_gettext(
            "The customer buys something to use it. A journey that stops at delivery leaves out"
            " the longest part, in which the customer decides to stay."
        ),
        lazy_gettext("whether there is a phase in which the customer uses what it bought"),
    ),
    Rule.MISTAKEN: RuleWords(
        lazy_gettext("The customer takes one party for another"),
        lazy_gettext(
            "That can be fine, if it was chosen. Decide together what the customer is told, else"
            " each party says something else at the door."
        ),
        lazy_gettext("whether it was decided what the customer is told where it mistakes a party"),
    ),
    Rule.ONE_DISCIPLINE: RuleWords(
        lazy_gettext("One discipline only"),
        lazy_gettext(
            "Marketing, service and operations see different customers. A journey that one"
            " discipline draws misses what the others hear every day."
        ),
        lazy_gettext("whether more than one discipline looks along"),
    ),
}

_TRADES: Mapping[str, Any] = {
    "marketing": lazy_gettext("Marketing"),
    "sales": lazy_gettext("Sales"),
    "service": lazy_gettext("Customer service"),
    "operations": lazy_gettext("Operations"),
    "logistics": lazy_gettext("Logistics"),
    "product": lazy_gettext("Product"),
    "it": lazy_gettext("IT"),
    "finance": lazy_gettext("Finance"),
    "legal": lazy_gettext("Legal"),
    "people": lazy_gettext("People"),
}

_KINDS: Mapping[str, tuple[Any, Any]] = {
    "end_to_end": (
        lazy_gettext("The whole journey"),
        lazy_gettext("from the customer’s need to after use"),
    ),
    "micro": (lazy_gettext("Micro journey"), lazy_gettext("a part of a whole one, from close by")),
    "lifeline": (
        lazy_gettext("Daily use"),
        lazy_gettext("no steps but a rhythm: how often the customer notices you"),
    ),
    "employee": (
        lazy_gettext("Employee journey"),
        lazy_gettext("what those who help the customer go through themselves"),
    ),
}


def trade(key: str) -> str:
    """Return the word for a discipline."""
    return str(_TRADES[key])


def trades() -> list[tuple[str, str]]:
    """Return the disciplines to choose from."""
    return [(key, str(word)) for key, word in _TRADES.items()]


def journey_kind(kind: str) -> str:
    """Return the word for a kind of journey."""
    return str(_KINDS[kind][0])


def journey_kinds() -> list[tuple[str, str, str]]:
    """Return the kinds of journey to choose from, with what each is."""
    return [(kind, str(word), str(means)) for kind, (word, means) in _KINDS.items()]


def init_app(app: Flask) -> None:
    """Let templates use the words."""
    app.jinja_env.globals.update(
        trade=trade, trades=trades, journey_kind=journey_kind, journey_kinds=journey_kinds
    )
