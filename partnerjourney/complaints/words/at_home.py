"""Complaints on the home of an organisation: what waits for it, for others, and what is late."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for

from partnerjourney.complaints import words
from partnerjourney.complaints.queries import Seen
from partnerjourney.complaints.rules import State, is_over
from partnerjourney.core.parties import monogram
from partnerjourney.web import moments
from partnerjourney.web.texts import gettext as _


@dataclass(frozen=True, slots=True)
class Late:
    """A complaint whose moment has passed, said plainly to those whom it concerns."""

    title: str
    text: str
    href: str


def waiting(found: Iterable[Seen], now: datetime) -> list[tuple[date, dict[str, Any]]]:
    """Return what waits for the reader: the day before which it is due, and the item."""
    return [(_day(seen), _item(seen, now)) for seen in found if seen.waits_for_me]


def for_others(found: Iterable[Seen], now: datetime) -> list[tuple[date, dict[str, str]]]:
    """Return what the reader reported and others have to do, by day."""
    told = []
    for seen in found:
        if seen.waits_for_me or not _at_desk(seen) or not seen.waits:
            continue
        who, before = words.names(seen.waits), words.soon(seen.due, now, seen.journey.time_zone)
        due = _("before %(day)s", day=before)
        if is_over(seen.due, now):
            due = _("before %(day)s; that has passed", day=before)
        told.append(
            (
                _day(seen),
                {
                    "who": who,
                    "monogram": monogram(who),
                    "text": seen.row.title,
                    "due": due,
                    "href": _href(seen),
                },
            )
        )
    return told


def late(found: Iterable[Seen], now: datetime) -> list[Late]:
    """Return the complaints whose moment has passed, of who must act and of who reported it."""
    return [
        Late(seen.row.title, words.standing(seen, now).text, _href(seen))
        for seen in found
        if is_over(seen.due, now)
        and seen.row.state in (State.REPORTED, State.PICKED_UP)
        and (seen.waits_for_me or _at_desk(seen))
    ]


def _at_desk(seen: Seen) -> bool:
    return seen.desk is not None and seen.desk.organisation_id == seen.me


def _day(seen: Seen) -> date:
    return seen.due.astimezone(ZoneInfo(seen.journey.time_zone)).date()


def _href(seen: Seen) -> str:
    return url_for("complaints.show", journey_id=seen.journey.id, complaint_id=seen.row.id)


def _item(seen: Seen, now: datetime) -> dict[str, Any]:
    today = now.astimezone(ZoneInfo(seen.journey.time_zone)).date()
    desk = seen.desk.name if seen.desk else seen.journey.name
    standing = words.standing(seen, now)
    return {
        "title": seen.row.title,
        "href": _href(seen),
        "text": f"{standing.title}. {standing.text}",
        "source": " · ".join(
            part for part in (desk, _("complaint"), seen.row.reference, seen.journey.name) if part
        ),
        "monogram": monogram(desk),
        "date": moments.day_parts(_day(seen), today),
    }
