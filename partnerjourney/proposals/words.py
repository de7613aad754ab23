"""Proposals in words: what would change, where one stands, how somebody agreed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from partnerjourney.handovers import words as handover_words
from partnerjourney.handovers.words import Line
from partnerjourney.proposals.rules import CARD_FIELDS, Change, Means, State, Subject
from partnerjourney.web.words import channel_word


def lines(subject: Subject, changes: Mapping[str, Change]) -> tuple[Line, ...]:
    """Say each field of a proposal: what stood there when it was made, what is proposed."""
    before = {name: one.before for name, one in changes.items()}
    after = {name: one.after for name, one in changes.items()}
    if subject is Subject.HANDOVER:
        return handover_words.changed(before, after)
    return tuple(
        Line(_card_field(name), _card_value(name, before[name]), _card_value(name, after[name]))
        for name in CARD_FIELDS
        if name in changes
    )


def _card_field(name: str) -> str:
    names = {
        "name": gettext("Name"),
        "channel": gettext("Channel"),
        "intended_experience": gettext("What it should feel like"),
        "moment_of_truth": gettext("Moment of truth"),
    }
    return str(names[name])


def _card_value(name: str, value: Any) -> tuple[str, ...]:
    if name == "moment_of_truth":
        return (str(gettext("yes") if value else gettext("no")),)
    if name == "channel":
        return (str(channel_word(value)),) if value else ()
    return (str(value),) if value else ()


def state(value: State, *, by_silence: bool = False, objected: bool = False) -> str:
    """Say where a proposal stands."""
    if objected:
        return str(gettext("taken back after silence"))
    if value is State.ACCEPTED and by_silence:
        return str(gettext("agreed by silence"))
    names = {
        State.OPEN: gettext("waits for an answer"),
        State.ACCEPTED: gettext("agreed"),
        State.REJECTED: gettext("not agreed"),
        State.WITHDRAWN: gettext("withdrawn"),
        State.STALE: gettext("out of date"),
        State.LAPSED: gettext("no answer: an open point"),
    }
    return str(names[value])


def means(value: str) -> str:
    """Say how a party agreed."""
    names = {
        Means.SIGNED_IN: gettext("signed in"),
        Means.MAIL: gettext("from the mail"),
        Means.SILENCE: gettext("by silence"),
        Means.MANDATE: gettext("by mandate"),
    }
    return str(names[Means(value)])
