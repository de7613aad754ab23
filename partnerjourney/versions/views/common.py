"""What the pages of versions share: the blueprint, and a version as a page tells it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, url_for

from partnerjourney.core.parties import Party, PartyKind, monogram
from partnerjourney.core.policy import Permission, allows
from partnerjourney.handovers.words import Line
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.versions import words
from partnerjourney.versions.models import Version
from partnerjourney.versions.queries import Answered
from partnerjourney.versions.rules import Answer, Change, State, Thing
from partnerjourney.web import moments
from partnerjourney.web.session import member, session
from partnerjourney.web.texts import gettext as _

bp = Blueprint(
    "versions", __name__, url_prefix="/o/<organisation>/journeys/<uuid:journey_id>/versions"
)


def find_place(journey_id: uuid.UUID, *, lock: bool = False) -> Place:
    """Return the journey of the address, as the acting organisation stands in it."""
    return journeys.find(session(), member(), journey_id, lock=lock)


def coordinates(place: Place) -> bool:
    """Say whether the reader puts versions forward here."""
    return allows(member(), Permission.VERSION_PUT, place)


def near_day(at: datetime, zone: str) -> str:
    """Write the day of a moment by the journey's clock: vr 27 november."""
    return moments.near_day(at.astimezone(ZoneInfo(zone)).date())


@dataclass(frozen=True)
class Lane:
    """One of the asked: a party, or the member of a group where the reader may know of it."""

    name: str
    monogram: str
    chip: tuple[str, str, str]
    told: str
    reason: str = ""
    members: tuple[Lane, ...] = ()


@dataclass(frozen=True)
class Told:
    """A version in words."""

    id: uuid.UUID
    number: int
    title: str
    chip: tuple[str, str, str]
    note: str
    by: str
    made: str
    made_exact: str
    since: str
    due: str
    asked: tuple[Lane, ...]
    unconfirmed: str
    sha256: str
    state: State
    href: str


_CHIPS = {
    Answer.WAITING: ("warn", "hourglass"),
    Answer.AGREED: ("good", "check"),
    Answer.REFUSED: ("bad", "x"),
    Answer.VOID: ("neutral", "minus"),
}


def told(place: Place, version: Version, answers: Sequence[Answered], by: str) -> Told:
    """Return a version as its page and the list tell it; `answers` are those the reader shares."""
    zone = place.journey.time_zone
    kind, icon = words.CHIPS[version.state]
    since = version.ended_at or version.used_at or version.decided_at or version.put_at
    return Told(
        version.id,
        version.number,
        _("Version %(number)s", number=version.number),
        (kind, words.state(version.state), icon),
        version.note,
        by,
        near_day(version.made_at, zone),
        moments.exact(version.made_at, zone),
        near_day(since, zone) if since else "",
        moments.near(version.due_at, zone) if version.due_at else "",
        tuple(
            _lane(place, version, place.parties[p], answers) for p in _known(place, version.asked)
        ),
        ", ".join(place.parties[p].name for p in _known(place, version.unconfirmed)),
        version.sha256,
        version.state,
        url_for("versions.show", journey_id=place.id, version_id=version.id),
    )


def _known(place: Place, parties: Iterable[str]) -> list[uuid.UUID]:
    return [one for party in parties if (one := uuid.UUID(party)) in place.parties]


def _lane(place: Place, version: Version, party: Party, answers: Sequence[Answered]) -> Lane:
    own = [row for row in answers if row.answer.party_id == party.id]
    if party.kind is PartyKind.GROUP:
        return _group(place, version, party, own)
    yes = version.agreed.get(str(party.id))
    if yes is not None:
        state, said = Answer.AGREED, words.means(yes["means"])
    elif version.refused_by == party.id:
        state, said = Answer.REFUSED, ""
    elif version.state is State.ALIGNMENT:
        state, said = Answer.WAITING, ""
    else:
        state, said = Answer.VOID, ""
    reason = own[0].answer.reason if own else ""
    person = own[0].answer.name if own and state in (Answer.AGREED, Answer.REFUSED) else ""
    return Lane(
        party.name,
        party.monogram,
        _chip(state),
        " · ".join(part for part in (person, said) if part),
        reason,
    )


def _chip(state: Answer) -> tuple[str, str, str]:
    names = {
        Answer.WAITING: _("has yet to answer"),
        Answer.AGREED: _("agreed"),
        Answer.REFUSED: _("not agreed"),
        Answer.VOID: _("no answer needed any more"),
    }
    kind, icon = _CHIPS[state]
    return (kind, names[state], icon)


def _group(place: Place, version: Version, party: Party, own: Sequence[Answered]) -> Lane:
    """A group is one lane; its members stand in it for the coordinator and for each itself."""
    members = tuple(_member(row) for row in own)
    if version.state in (State.AGREED, State.IN_USE, State.SUPERSEDED):
        chip = _chip(Answer.AGREED)
    elif version.state is State.ALIGNMENT:
        chip = ("neutral", _("each member answers for itself"), "users")
    else:
        chip = _chip(Answer.VOID)
    if party.id in place.standing.group_ids and members:
        return members[0]
    return Lane(party.name, party.monogram, chip, "", "", members)


def _member(row: Answered) -> Lane:
    answer = row.answer
    said = words.means(answer.means) if answer.means else ""
    person = answer.name if answer.means else ""
    return Lane(
        row.organisation,
        monogram(row.organisation),
        _chip(answer.state),
        " · ".join(part for part in (person, said) if part),
        answer.reason,
    )


@dataclass(frozen=True)
class ToldChange:
    """One difference in words."""

    title: str
    kind: str
    where: str
    chips: tuple[tuple[str, str, str], ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class ChangesOf:
    """The differences of one kind of thing."""

    kind: str
    changes: tuple[ToldChange, ...]


def told_change(
    teller: words.Teller, change: Change, fields: tuple[str, ...] | None = None
) -> ToldChange:
    """Return a difference as the lists tell it, or only some of its fields."""
    chips = [(words.MARKS[m][0], words.mark(m), words.MARKS[m][1]) for m in change.marks]
    return ToldChange(
        teller.title(change),
        words.thing(change.thing),
        teller.where(change),
        tuple(chips),
        teller.lines(change, fields),
    )


def grouped(
    teller: words.Teller, changes: Iterable[Change], *, whole: bool = False
) -> list[ChangesOf]:
    """Return the differences by kind of thing, in the order of the map.

    With `whole` what was added says all that stands on it.
    """
    found: dict[Thing, list[ToldChange]] = {}
    for change in changes:
        one = told_change(teller, change)
        if whole and change.before is None:
            one = replace(one, lines=teller.said(change))
        found.setdefault(change.thing, []).append(one)
    return [ChangesOf(words.thing(kind), tuple(rows)) for kind, rows in found.items()]
