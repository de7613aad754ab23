"""Parties that are asked by mail, in the words of home: who is waited for, and who cannot be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from partnerjourney.confirming.queries import Pending, ToHandle
from partnerjourney.confirming.rules import AskingState, too_often
from partnerjourney.core import workdays
from partnerjourney.core.parties import monogram
from partnerjourney.home.views.waiting import Waiting, other, said_by_mail
from partnerjourney.web import moments


def of_others(rows: Sequence[Pending], now: datetime) -> list[tuple[date, dict[str, Any]]]:
    """Return the contacts that have yet to answer, with a reminder where one may be mailed."""
    found = []
    for row in rows:
        if row.state is not AskingState.OPEN or not row.left:
            continue
        ids: dict[str, Any] = {"journey_id": row.journey_id, "party_id": row.party_id}
        text = ngettext(
            "Asked by mail: %(name)s, %(num)s question left",
            "Asked by mail: %(name)s, %(num)s questions left",
            row.left,
            name=row.name,
        )
        may = too_often(row.mails, row.mailed_at, row.answered, now) is None
        remind = url_for("confirming.more", **ids) if may else ""
        due = row.until.astimezone(ZoneInfo(row.zone)).date()
        href = url_for("confirming.show", **ids)
        found.append((due, other(row.party, text, due, href, remind)))
    return found


def waiting(
    said: Sequence[ToHandle], rows: Sequence[Pending], brands: Mapping[UUID, str], today: date
) -> list[Waiting]:
    """Return the answers to handle, and the parties for which somebody else has to be asked."""
    found = [said_by_mail(row, brands[row.journey_id], today) for row in said]
    for row in rows:
        if row.state is AskingState.OPEN:
            continue
        due = workdays.answer_by(row.at, row.zone)
        title = (
            _("%(email)s takes no mail", email=row.email)
            if row.state is AskingState.BOUNCED
            else _("%(name)s wants no mail about %(party)s", name=row.name, party=row.party)
        )
        item = {
            "title": title,
            "href": url_for("confirming.show", journey_id=row.journey_id, party_id=row.party_id),
            "text": _("Ask somebody else of %(party)s, or call.", party=row.party),
            "source": f"{brands[row.journey_id]} · {row.journey}",
            "monogram": monogram(row.party),
            "date": moments.day_parts(due, today),
        }
        found.append(Waiting(due, item))
    return found
