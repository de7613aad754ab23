"""Conversations in words: who reads them, what they are about, who said what and when."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from partnerjourney.comments.queries import Choice, Said, Seen, Thing, thing_of
from partnerjourney.comments.rules import Audience, editable
from partnerjourney.core.parties import monogram
from partnerjourney.journeys.services import Place
from partnerjourney.web import moments, numbers
from partnerjourney.web.texts import gettext as _
from partnerjourney.web.texts import ngettext

_SHORT = 160


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation in a list: chip, what it is about, how it begins, who wrote last and when."""

    id: uuid.UUID
    chip: tuple[str, str, str]
    about: str
    first: str
    by: str
    monogram: str
    answers: str
    when: str
    exact: str
    iso: str
    resolved: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A comment: who, for which organisation, when, what, and whom it asks for."""

    id: uuid.UUID
    person: str
    organisation: str
    monogram: str
    paragraphs: tuple[str, ...]
    asks: tuple[str, ...]
    when: str
    exact: str
    iso: str
    edited: str
    withdrawn: bool
    mine: bool
    editable: bool


def chip(audience: Audience) -> tuple[str, str, str]:
    """Return kind, word and icon of the chip that says who reads a conversation."""
    return {
        Audience.OWN: ("neutral", _("only us"), "lock"),
        Audience.EDGE: ("info", _("this hand-over"), "handshake"),
        Audience.JOURNEY: ("dashed", _("whole journey"), "users"),
    }[audience]


def title(choice: Choice) -> str:
    """Name the readers of a choice."""
    if choice.audience is Audience.OWN:
        return _("Only %(organisation)s", organisation=choice.readers[0])
    if choice.audience is Audience.JOURNEY:
        return _("All parties of this journey")
    return numbers.listed([*choice.readers, *choice.to_come])


def meaning(choice: Choice) -> str:
    """Say who reads it, and who will."""
    if choice.audience is Audience.OWN:
        return _("Your colleagues read it. No partner ever does.")
    told = ""
    if choice.audience is Audience.JOURNEY:
        told = _("Everybody of these parties reads it, and who joins later.")
    elif not choice.to_come:
        told = _("Nobody else of the journey reads it, or learns that it is there.")
    if choice.to_come:
        who = numbers.listed(list(choice.to_come))
        told += " " + _("Nobody acts for %(party)s yet; who does later reads it too.", party=who)
    return told.strip()


def names(choice: Choice) -> str:
    """Return the names of the readers: A, B and C."""
    return numbers.listed([*choice.readers, *choice.to_come])


def about(seen: Seen, things: Mapping[uuid.UUID, Thing], place: Place) -> str:
    """Name what a conversation is about."""
    thing = thing_of(things, seen.about)
    return named(thing) if thing else place.journey.name


def named(thing: Thing) -> str:
    """Name a card, or a hand-over with its number."""
    if thing.about.card_id is not None or thing.number is None:
        return thing.name
    return _("Hand-over %(number)s: %(name)s", number=thing.number, name=thing.name)


def talk(seen: Seen, things: Mapping[uuid.UUID, Thing], place: Place, now: datetime) -> Talk:
    """Return a conversation as lists show it."""
    zone = place.journey.time_zone
    first, answers = seen.comments[0], len(seen.comments) - 1
    return Talk(
        seen.id,
        chip(seen.audience),
        about(seen, things, place),
        short(first.text) if first.withdrawn_at is None else _("Taken back"),
        first.organisation if not first.person else f"{first.person}, {first.organisation}",
        monogram(first.organisation),
        ngettext("%(num)s answer", "%(num)s answers", answers) if answers else "",
        moments.moment(seen.last_at, now, zone),
        moments.exact(seen.last_at, zone),
        seen.last_at.isoformat(),
        seen.resolved_at is not None,
    )


def short(text: str) -> str:
    """Return the beginning of a text on one line."""
    line = " ".join(text.split())
    return line if len(line) <= _SHORT else line[: _SHORT - 1].rstrip() + "…"


def line(
    said: Said,
    place: Place,
    now: datetime,
    *,
    me: tuple[uuid.UUID, uuid.UUID | None],
    members: Mapping[uuid.UUID, str],
) -> Line:
    """Return a comment in words; `me` is the reader's organisation and person.

    `members` names, by party, the member of a group that sits in the circle. Whom of its own people
    an organisation asks is told to that organisation alone.
    """
    zone = place.journey.time_zone
    parties = [
        members.get(one) or place.parties[one].name for one in said.parties if one in place.parties
    ]
    mine = (said.organisation_id, said.user_id) == me
    return Line(
        said.id,
        said.person,
        said.organisation,
        monogram(said.organisation),
        tuple(part for part in said.text.split("\n") if part.strip()),
        (*sorted(parties), *(sorted(said.people) if said.organisation_id == me[0] else ())),
        moments.moment(said.at, now, zone),
        moments.exact(said.at, zone),
        said.at.isoformat(),
        moments.exact(said.edited_at, zone) if said.edited_at else "",
        said.withdrawn_at is not None,
        mine and said.withdrawn_at is None,
        mine and said.withdrawn_at is None and editable(said.at, now),
    )
