"""Versions of journeys on home: those to answer, and those that others have yet to answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext as _

from partnerjourney.core import workdays
from partnerjourney.home.views.waiting import Waiting, other
from partnerjourney.versions import words
from partnerjourney.versions.queries import LedVersion, WaitingVersion
from partnerjourney.web import moments
from partnerjourney.web.session import member


def _due(row: WaitingVersion) -> date:
    return row.due_at.astimezone(ZoneInfo(row.journey.time_zone)).date()


def to_answer(row: WaitingVersion, today: date) -> Waiting:
    """Return a version of a journey that the organisation answers."""
    due = _due(row)
    return Waiting(
        due,
        {
            "title": _("Do you agree with version %(number)s?", number=row.number),
            "href": url_for("versions.show", journey_id=row.journey.id, version_id=row.version_id),
            "text": row.note or _("What changed touches you, so you are asked."),
            "source": f"{row.journey.brand} · {row.journey.name}",
            "monogram": row.journey.brand_monogram,
            "date": moments.day_parts(due, today),
        },
    )


def led(row: LedVersion, today: date) -> Waiting:
    """Return a version whose next step is the coordinator's: establish, use, or begin again."""
    due = workdays.answer_by(row.at, row.journey.time_zone)
    return Waiting(
        due,
        {
            "title": words.next_step(row),
            "href": url_for("versions.show", journey_id=row.journey.id, version_id=row.version_id),
            "text": _("You coordinate this journey, so the next step is yours."),
            "source": f"{row.journey.brand} · {row.journey.name}",
            "monogram": row.journey.brand_monogram,
            "date": moments.day_parts(due, today),
        },
    )


def of_others(rows: Sequence[WaitingVersion]) -> list[tuple[date, dict[str, Any]]]:
    """Return the versions that others have yet to answer, with a reminder for who coordinates."""
    found = []
    for row in rows:
        if row.organisation_id == member().organisation_id:
            continue
        ids: dict[str, Any] = {"journey_id": row.journey.id, "version_id": row.version_id}
        may = row.journey.leads and member().role.value != "viewer"
        text = _("Version %(number)s of %(journey)s", number=row.number, journey=row.journey.name)
        remind = url_for("versions.remind", **ids) if may else ""
        href = url_for("versions.show", **ids)
        found.append((_due(row), other(row.organisation, text, _due(row), href, remind)))
    return found
