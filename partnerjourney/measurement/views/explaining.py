"""What parties say beside a number, and the form in which the reader's own says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from flask import url_for

from partnerjourney.core.policy import Permission, allows
from partnerjourney.core.scopes import Member
from partnerjourney.journeys.services import Place
from partnerjourney.measurement.models import LONGEST_EXPLANATION
from partnerjourney.measurement.queries import Explanation, Row, Seat
from partnerjourney.measurement.views.choosing import Here
from partnerjourney.surveys.rules import WaveKind
from partnerjourney.web import numbers
from partnerjourney.web.pages import Form
from partnerjourney.web.texts import gettext as _


@dataclass(frozen=True, slots=True)
class Told:
    """What one party says, in words of the page; `about` says of which other number."""

    head: str
    text: str
    day: str
    about: str


@dataclass(frozen=True, slots=True)
class Typed:
    """A form that was sent and not taken; `current` is what another saved meanwhile, if so."""

    party_id: UUID
    form: Form
    current: str | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """The form for one party: closed until it is wanted, open when something is wrong with it."""

    head: str
    action: str
    form: Form
    tail: str
    there: bool
    open: bool
    longest: int
    current: str | None = None


def told(said: Sequence[Explanation]) -> tuple[Told, ...]:
    """Return what is said of one point."""
    return tuple(Told(head(one.by), one.text, numbers.day(one.day), about(one)) for one in said)


def head(name: str) -> str:
    """The words above what a party says."""
    return _("Explanation by %(party)s", party=name)


def about(said: Explanation) -> str:
    """Of which other number something is said; empty for the one that is shown."""
    if said.about is None:
        return ""
    days = numbers.period(said.about.first, None if said.about.open else said.about.last)
    if said.about.kind is WaveKind.BASELINE:
        return _("of the baseline %(days)s", days=days)
    return _("of the measuring period %(days)s", days=days)


def names(said: Sequence[Explanation]) -> str:
    """Who says something of the number that a row shows; empty when nobody does."""
    by = [one.by for one in said if one.about is None]
    return head(numbers.listed(by)) if by else ""


def desks(
    row: Row,
    place: Place,
    here: Here,
    mine: Sequence[Seat],
    said: Sequence[Explanation],
    *,
    actor: Member,
    typed: Typed | None = None,
) -> tuple[Desk, ...]:
    """Return the forms that the reader may use; none where no single wave is shown."""
    if row.wave is None:
        return ()
    own: Mapping[UUID, Explanation] = {
        one.party_id: one for one in said if one.mine and one.wave_id == row.wave.id
    }
    found = []
    for number, seat in enumerate(mine):
        if not allows(actor, Permission.EXPLANATION_EDIT, place.owned(seat.party_id)):
            continue
        there = own.get(seat.party_id)
        values = {"text": there.text, "version": there.version} if there else {"version": 0}
        desk = Desk(
            head=_("Edit the explanation by %(party)s", party=seat.name)
            if there
            else _("Add an explanation by %(party)s", party=seat.name),
            action=url_for(
                "measurement.explain",
                journey_id=place.id,
                point_id=row.point.id,
                wave_id=row.wave.id,
                party_id=seat.party_id,
                **here.query(),
            ),
            form=Form(values=values),
            tail=f"-{number}" if number else "",
            there=there is not None,
            open=False,
            longest=LONGEST_EXPLANATION,
        )
        if typed is not None and typed.party_id == seat.party_id:
            desk = replace(desk, form=typed.form, current=typed.current, open=True)
        found.append(desk)
    return tuple(found)
