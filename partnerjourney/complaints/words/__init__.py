"""Complaints in words: what happened, where it stands, what each party said, and before when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from partnerjourney.complaints.queries import Line, Seat, Seen
from partnerjourney.complaints.rules import Act, Happened, State, is_over
from partnerjourney.web import moments, numbers
from partnerjourney.web.texts import gettext as _


def happened(what: Happened) -> str:
    """Say what happened, as the customer tells it."""
    words = {
        Happened.LATE: _("late"),
        Happened.WRONG_ITEM: _("wrong item"),
        Happened.DAMAGED: _("damaged"),
        Happened.INCOMPLETE: _("not complete"),
        Happened.CONTRADICTORY: _("contradictory information"),
    }
    return words[what]


def all_that_happens() -> list[tuple[str, str]]:
    """Return what can have happened, to choose from: each begins a line."""
    words = ((what.value, happened(what)) for what in Happened)
    return [(value, word[:1].upper() + word[1:]) for value, word in words]


def chip(state: State) -> tuple[str, str, str]:
    """Return kind, word and icon of the chip that says where a complaint stands."""
    return {
        State.REPORTED: ("warn", _("reported"), "megaphone"),
        State.PICKED_UP: ("info", _("picked up"), "clock"),
        State.SOLVED: ("good", _("solved"), "check"),
        State.CLOSED: ("neutral", _("closed"), "lock"),
    }[state]


def soon(at: datetime, now: datetime, zone: str) -> str:
    """Write a moment that is near: today 17.00, tomorrow 12.00, else the day with the time."""
    there = ZoneInfo(zone)
    then = at.astimezone(there)
    days = (then.date() - now.astimezone(there).date()).days
    clock = f"{then:%H.%M}"
    if days == 0:
        return _("today %(time)s", time=clock)
    if days == 1:
        return _("tomorrow %(time)s", time=clock)
    if days == -1:
        return _("yesterday %(time)s", time=clock)
    return f"{moments.near_day(then.date())} {clock}"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a complaint stands, as a callout says it: how urgent, a title and a sentence."""

    kind: str
    icon: str
    title: str
    text: str
    over: bool = False


def standing(seen: Seen, now: datetime) -> Standing:
    """Say where a complaint stands, for whom it waits and before when; plainly when that passed."""
    zone, due = seen.journey.time_zone, seen.due
    before, over = soon(due, now, zone), is_over(due, now)
    who = names(seen.waits)
    match seen.row.state:
        case State.REPORTED:
            text = _("The customer needs an answer before %(moment)s.", moment=before)
            if over:
                text = _(
                    "The customer needed an answer before %(moment)s. That has passed.",
                    moment=before,
                )
            title = _("Nobody picks this up yet")
            return Standing(
                "bad" if over else "warn", "clock", title, f"{text} {_waiting(who)}", over
            )
        case State.PICKED_UP:
            by = seen.picker.name if seen.picker else ""
            title = _("%(party)s picks this up, before %(moment)s", party=by, moment=before)
            needs = soon(seen.row.due_at, now, zone)
            text = _("The customer needs it before %(moment)s.", moment=needs)
            if needs == before:
                text = _("That is when the customer needs it.")
            if over:
                text = _("That moment has passed and it is not solved yet.")
            return Standing("bad" if over else "info", "clock", title, text, over)
        case State.SOLVED:
            by = seen.answer.by.name if seen.answer and seen.answer.by else ""
            title = _("Solved, says %(party)s", party=by) if by else _("Solved")
            text = _("Waits for %(party)s: ask the customer, then close it.", party=who)
            return Standing("good", "circle-check", title, text)
        case State.CLOSED:
            closed = seen.row.closed_at or seen.row.due_at
            text = _("Closed %(moment)s.", moment=moments.moment(closed, now, zone))
            return Standing("neutral", "lock", _("Settled"), text)


def _waiting(who: str) -> str:
    return _("Waits for %(party)s.", party=who) if who else ""


def names(seats: tuple[Seat, ...]) -> str:
    """Return the names of those who share it: A, B and C."""
    return numbers.listed(list(dict.fromkeys(seat.name for seat in seats)))


def said(line: Line, now: datetime, zone: str) -> str:
    """Say what one party did, as a sentence that begins with its name."""
    by = line.by.name if line.by else ""
    if line.act is Act.PICK_UP and line.before:
        before = soon(line.before, now, zone)
        return _("%(party)s picks this up, before %(moment)s", party=by, moment=before)
    if line.act is Act.VOICE:
        about = line.about.name if line.about else ""
        return _("%(party)s speaks to the customer from now on", party=about)
    if not by:
        return {Act.LINK: _("Linked to the case"), Act.CLOSE: _("Settled")}.get(line.act, "")
    return {
        Act.REPORT: _("%(party)s reported this", party=by),
        Act.NOT_HERE: _("%(party)s: not with us, because", party=by),
        Act.SOLVE: _("%(party)s: solved", party=by),
        Act.NOT_SOLVED: _("%(party)s: not solved yet, because", party=by),
        Act.TELL: _("%(party)s told the customer", party=by),
        Act.LINK: _("%(party)s linked this to the case", party=by),
        Act.CLOSE: _("%(party)s closed this", party=by),
    }.get(line.act, by)
