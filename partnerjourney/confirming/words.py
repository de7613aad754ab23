"""Questions to a party, and its answers, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from partnerjourney.confirming.rules import Answer, Said, lines
from partnerjourney.handovers.words import time_limit
from partnerjourney.web.texts import gettext as _
from partnerjourney.web.words import channel_word


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a question: its name, its label, what stands there; and what was answered."""

    name: str
    label: str
    texts: Sequence[str]
    answer: str = ""
    words: str = ""


def _labels(said: Said) -> Mapping[str, str]:
    if "from" not in said:
        return {
            "what": _("What happens"),
            "when": _("In which phase"),
            "how": _("By which channel"),
            "feels": _("How it should feel to the customer"),
        }
    return {
        "who": _("Who hands over to whom"),
        "when": _("When"),
        "complete": _("When it is complete"),
        "told": _("What the customer hears"),
        "call": _("Whom we call if it goes wrong"),
    }


def told(said: Said, answers: Mapping[str, Any]) -> list[Told]:
    """Return the lines of a thing in words, with what was answered to each."""
    labels = _labels(said)
    found = []
    for line in lines(said):
        answer = answers.get(line.name) or ["", ""]
        texts = [text for name in line.fields for text in _texts(name, said.get(name))]
        found.append(Told(line.name, labels[line.name], texts, *answer))
    return found


def _texts(name: str, value: Any) -> list[str]:
    if not value:
        return []
    if name == "kind":
        behind = _("A step behind the scenes: the customer does not notice it.")
        return [behind if value == "step" else _("The customer notices this.")]
    if name == "channel":
        return [channel_word(value)]
    if name == "time_limit":
        return [time_limit(value)]
    if name == "told":
        return [f"‘{value}’"]
    if name == "refuse_reasons":
        return [_("May be refused: %(reasons)s", reasons=", ".join(map(str, value)))]
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def title(said: Said) -> str:
    """Name a thing: a card by its name, a hand-over by its name or its two sides."""
    return str(said.get("name") or f"{said.get('from')} → {said.get('to')}")


def chip(outcome: Answer | None) -> tuple[str, str, str]:
    """Return kind, text and icon of where a question stands."""
    if outcome is None:
        return "info", _("asked"), "mail"
    return {
        Answer.RIGHT: ("good", _("confirmed by mail"), "check"),
        Answer.WRONG: ("warn", _("not right"), "x"),
        Answer.QUESTION: ("warn", _("question"), "circle-question-mark"),
    }[outcome]


def by_mail(outcome: Answer, name: str, at: datetime, zone: str, day: Any) -> str:
    """Say what a contact said and when; `day` writes a day."""
    when = day(at.astimezone(ZoneInfo(zone)).date())
    if outcome is Answer.RIGHT:
        return _("confirmed by mail by %(name)s on %(day)s", name=name, day=when)
    if outcome is Answer.WRONG:
        return _("not right, says %(name)s by mail on %(day)s", name=name, day=when)
    return _("a question of %(name)s by mail on %(day)s", name=name, day=when)
