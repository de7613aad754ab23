"""One statement for all that a survey link opens, as rows of plain values.

It is asked in one step by the link itself (`BY_LINK`), or in a respondent's session that holds what
it opens (`HELD`).
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate
from typing import Any, NamedTuple

from sqlalchemy import Engine, bindparam, select

from partnerjourney.core import direct
from partnerjourney.core.links import Link, Purpose
from partnerjourney.core.parties import (
    CircleSeat,
    Journey,
    Organisation,
    Participation,
    ParticipationState,
    Party,
    monogram,
)
from partnerjourney.surveys.models.asking import Answer, Invitation
from partnerjourney.surveys.models.points import Point, PointCover, Question, Wave
from partnerjourney.surveys.rules import InvitationState, Metric, WaveState


@dataclass(frozen=True)
class Reader:
    """A party that sees the score; only one that somebody fills can be let read a comment."""

    name: str
    organisation_id: uuid.UUID | None
    participation_id: uuid.UUID | None


class AskedInvitation(NamedTuple):
    """What a page needs of an invitation."""

    journey_id: uuid.UUID
    id: uuid.UUID
    circle_id: uuid.UUID
    point_id: uuid.UUID
    wave_id: uuid.UUID
    case_id: uuid.UUID | None
    contact_owner_id: uuid.UUID | None
    contact_id: uuid.UUID | None
    about_day: date | None
    reference: str
    named: bool
    role: str
    state: InvitationState
    answered_at: datetime | None


class AskedQuestion(NamedTuple):
    """What a page needs of a question."""

    id: uuid.UUID
    language: str
    form_of_address: str
    text: str
    low_label: str
    high_label: str


class AskedWave(NamedTuple):
    """What a page needs of a wave."""

    journey_id: uuid.UUID
    id: uuid.UUID
    state: WaveState
    close_on: date | None
    close_at_answers: int | None
    reference_name: str


class AskedPoint(NamedTuple):
    """What a page needs of a measuring point."""

    metric: Metric
    subject: str


class AskedJourney(NamedTuple):
    """What a page needs of a journey."""

    time_zone: str
    contact_name: str | None
    contact_phone: str | None
    contact_email: str | None


class AskingOwner(NamedTuple):
    """What a page or mail needs of the customer owner."""

    id: uuid.UUID
    slug: str
    name: str
    brand_colour: str
    reply_to: str | None
    address: str | None

    @property
    def monogram(self) -> str:
        """Two letters that stand for the organisation."""
        return monogram(self.name)


# Tables, not entities: what is read here is never written back.
_link: Any = Link.__table__
_invitation: Any = Invitation.__table__
_question: Any = Question.__table__
_wave: Any = Wave.__table__
_point: Any = Point.__table__
_journey: Any = Journey.__table__
_owner: Any = Organisation.__table__
_answer: Any = Answer.__table__
_party: Any = Party.__table__
_participation: Any = Participation.__table__
_seat: Any = CircleSeat.__table__

_PARTS: tuple[tuple[type[Any], Any], ...] = (
    (AskedInvitation, _invitation),
    (AskedQuestion, _question),
    (AskedWave, _wave),
    (AskedPoint, _point),
    (AskedJourney, _journey),
    (AskingOwner, _owner),
)
_COLUMNS = [table.c[name] for kind, table in _PARTS for name in kind._fields]
_ENDS = list(accumulate(len(kind._fields) for kind, _ in _PARTS))
_PLACES = [
    (kind, slice(end - len(kind._fields), end))
    for (kind, _), end in zip(_PARTS, _ENDS, strict=True)
]


class Rest(NamedTuple):
    """What stands beside the parts: whether there is an answer, and one seat of the circle."""

    answer: uuid.UUID | None
    judged: uuid.UUID | None
    party: str
    member: bool | None
    organisation: uuid.UUID | None
    organisation_name: str | None
    participation: uuid.UUID | None

    @property
    def reader(self) -> Reader:
        """Name a lane, but a member of a group by its own name."""
        name = self.organisation_name if self.member else None
        return Reader(name or self.party, self.organisation, self.participation)


def parts(row: Sequence[Any]) -> tuple[Any, ...]:
    """Return the invitation, question, wave, point, journey and owner of a row."""
    return tuple(kind._make(row[place]) for kind, place in _PLACES)


def rest(row: Sequence[Any]) -> Rest:
    """Return what stands beside the parts in a row."""
    return Rest._make(row[_ENDS[-1] :])


def by_link(engine: Engine, token_hash: str) -> tuple[tuple[Any, ...], list[Rest]] | None:
    """Return the parts and the seats of what a link opens, in one step; None for no link."""
    rows = BY_LINK.ask(engine, token_hash)
    if not rows:
        return None
    first = _ENDS[-1]
    seats = [Rest._make(BY_LINK.values(row, first)) for row in rows]
    return parts(BY_LINK.values(rows[0])), seats


def _last() -> Any:
    """Select the last hand-over of the stretch, by which the answer is judged."""
    cover = PointCover.__table__.alias()
    return (
        select(cover.c.handover_id)
        .where(
            cover.c.journey_id == _invitation.c.journey_id,
            cover.c.point_id == _invitation.c.point_id,
        )
        .order_by(cover.c.position.desc())
        .limit(1)
        .correlate(_invitation)
        .scalar_subquery()
    )


def _seated(start: Any) -> Any:
    """Select the whole of an invitation in one statement, with a row for each seat of its circle.

    The joins stand in the order in which the rows are found.
    """
    sitting = _owner.alias()
    beside = (
        _answer.c.id.label("answer"),
        _last().label("judged"),
        _party.c.name.label("party"),
        _participation.c.discreet.label("member"),
        sitting.c.id.label("organisation"),
        sitting.c.name.label("organisation_name"),
        _participation.c.id.label("participation"),
    )
    return (
        select(*_COLUMNS, *beside)
        .select_from(start)
        .join(_wave, _same_journey(_wave) & (_wave.c.id == _invitation.c.wave_id))
        .join(_question, _same_journey(_question) & (_question.c.id == _wave.c.question_id))
        .join(_point, _same_journey(_point) & (_point.c.id == _wave.c.point_id))
        .join(_journey, _journey.c.id == _invitation.c.journey_id)
        .join(_owner, _owner.c.id == _invitation.c.customer_owner_id)
        .join(_seat, _same_journey(_seat) & (_seat.c.circle_id == _invitation.c.circle_id))
        .join(_party, _same_journey(_party) & (_party.c.id == _seat.c.party_id))
        .outerjoin(
            _participation,
            _same_journey(_participation)
            & (_participation.c.id == _seat.c.participation_id)
            & (_participation.c.state == ParticipationState.ACTIVE),  # others read no comment
        )
        .outerjoin(sitting, sitting.c.id == _participation.c.organisation_id)
        .outerjoin(_answer, _same_journey(_answer) & (_answer.c.invitation_id == _invitation.c.id))
        .order_by(_party.c.orchestrator.desc(), _party.c.position, _party.c.id)
    )


def _same_journey(table: Any) -> Any:
    return table.c.journey_id == _invitation.c.journey_id


HELD: Any = _seated(_invitation).with_for_update(of=_invitation)
"""What a respondent's session reads: its one invitation, held until the transaction ends."""

BY_LINK = direct.Question(
    "pj_asked",
    _seated(_link.join(_invitation, _invitation.c.id == _link.c.thing_id)).where(
        _link.c.token_hash == bindparam("token"), _link.c.purpose == Purpose.SURVEY
    ),
)
"""The same by the hash of a survey link."""
