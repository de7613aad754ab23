"""A complaint in the words of a page: what a list, its own page and a mail's page show of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from partnerjourney.complaints import words
from partnerjourney.complaints.queries import EdgeChoice, Line, Seat, Seen
from partnerjourney.complaints.rules import State, offered
from partnerjourney.complaints.schemas import MOMENT
from partnerjourney.complaints.words import Standing
from partnerjourney.core.workdays import WorkCalendar, is_worked
from partnerjourney.web import moments, numbers
from partnerjourney.web.texts import gettext as _


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the history."""

    who: str
    text: str
    at: str
    exact: str
    iso: str


@dataclass(frozen=True)
class Row:
    """One complaint in a list."""

    id: UUID
    journey_id: UUID
    journey: str
    title: str
    reference: str
    linked: bool
    happened: str
    chip: tuple[str, str, str]
    standing: Standing
    due: str
    due_iso: str
    for_me: bool


@dataclass(frozen=True)
class Shown(Row):
    """One complaint on its own page."""

    open: bool
    solved: bool
    details: str
    needs: str
    day: str
    due_exact: str
    path: tuple[EdgeChoice, ...]
    desk: str
    voice: str
    speaks: bool
    sharing: tuple[Seat, ...]
    unknown_member: bool
    answers: bool
    only_solve: bool
    urges: bool
    history: tuple[Told, ...]
    told: tuple[Told, ...]
    offered: tuple[tuple[str, str], ...]


def row(seen: Seen, now: datetime) -> Row:
    """Return a complaint as a line of a list."""
    return Row(**_row(seen, now))


def shown(
    seen: Seen,
    edges: Mapping[UUID, EdgeChoice],
    now: datetime,
    calendar: WorkCalendar,
) -> Shown:
    """Return a complaint as its own page shows it.

    `edges` are the hand-overs of the journey, `calendar` says when the reader's organisation works.
    """
    found, zone = seen.row, seen.journey.time_zone
    mine = seen.mine
    seat = mine.participation_id if mine else None
    taken, at_desk = (
        found.state is State.PICKED_UP and found.picker_id != seat,
        found.desk_id == seat,
    )
    return Shown(
        **_row(seen, now),
        open=found.open,
        solved=found.state is State.SOLVED,
        details=found.details,
        needs=found.needs,
        day=numbers.day(found.happened_on) if found.happened_on else "",
        due_exact=moments.exact(found.due_at, zone),
        path=tuple(edges[key] for key in seen.handovers if key in edges),
        desk=seen.desk.name if seen.desk else "",
        voice=seen.voice.name if seen.voice else "",
        speaks=seat == found.voice_id,
        sharing=seen.seats,
        unknown_member=any(seat.group and seat.participation_id is None for seat in seen.seats),
        answers=found.state in (State.REPORTED, State.PICKED_UP) and (not taken or at_desk),
        only_solve=taken,
        urges=found.state is State.REPORTED and seen.waits_for_me,
        history=_told(seen.lines, now, zone),
        told=_told(seen.told, now, zone),
        offered=moments_offered(seen, now, calendar),
    )


def names(seats: Iterable[Seat]) -> str:
    """Return the names of those who share it, as a sentence lists them."""
    return words.names(tuple(seats))


def _row(seen: Seen, now: datetime) -> dict[str, Any]:
    found, zone = seen.row, seen.journey.time_zone
    return {
        "id": found.id,
        "journey_id": found.journey_id,
        "journey": seen.journey.name,
        "title": found.title or _("erased at the customer’s request"),
        "reference": found.reference,
        "linked": found.case_id is not None or not found.reference,
        "happened": words.happened(found.happened),
        "chip": words.chip(found.state),
        "standing": words.standing(seen, now),
        "due": words.soon(seen.due, now, zone),
        "due_iso": seen.due.astimezone(ZoneInfo(zone)).isoformat(),
        "for_me": seen.waits_for_me,
    }


def moments_offered(
    seen: Seen, now: datetime, calendar: WorkCalendar
) -> tuple[tuple[str, str], ...]:
    """Return the moments that a party can promise with one tap: value and words."""
    zone = seen.journey.time_zone
    there = ZoneInfo(zone)
    return tuple(
        (f"pick_up:{at.astimezone(there).strftime(MOMENT)}", words.soon(at, now, zone))
        for at in offered(
            now, zone, due=seen.row.due_at, works=lambda day: is_worked(day, calendar)
        )
    )


def _told(lines: Sequence[Line], now: datetime, zone: str) -> tuple[Told, ...]:
    return tuple(
        Told(
            words.said(line, line.at, zone),
            line.text,
            moments.moment(line.at, now, zone),
            moments.exact(line.at, zone),
            line.at.isoformat(),
        )
        for line in lines
    )
