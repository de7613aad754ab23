"""One statement for all that a survey link opens, as rows of plain values."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import accumulate
from typing import Any, NamedTuple

from sqlalchemy import select

from partnerjourney.core.parties import (
    CircleSeat,
    Journey,
    Organisation,
    Participation,
    Party,
    monogram,
)
from partnerjourney.events.models import CaseState
from partnerjourney.surveys.models import Answer, Invitation, Point, PointCover, Question, Wave
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
_invitation: Any = Invitation.__table__
_question: Any = Question.__table__
_wave: Any = Wave.__table__
_point: Any = Point.__table__
_journey: Any = Journey.__table__
_owner: Any = Organisation.__table__
_answer: Any = Answer.__table__
_state: Any = CaseState.__table__
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


def parts(row: Any) -> tuple[Any, ...]:
    """Return the invitation, question, wave, point, journey and owner of a row."""
    return tuple(kind._make(row[place]) for kind, place in _PLACES)


def readers(rows: Sequence[Any]) -> tuple[Reader, ...]:
    """Name a lane, but a member of a group by its own name."""
    return tuple(
        Reader(
            row.organisation_name if row.member else row.party, row.organisation, row.participation
        )
        for row in rows
    )


@cache
def opened(*, lock: bool) -> Any:
    """Select the whole of an invitation in one statement, with a row for each seat of its circle.

    The joins stand in the order in which the rows are found. The state of the answer is that of
    its case at the last hand-over of the stretch.
    """
    cover = PointCover.__table__.alias()
    last = (
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
    query = (
        _seated()
        .outerjoin(
            _answer,
            (_answer.c.journey_id == _invitation.c.journey_id)
            & (_answer.c.invitation_id == _invitation.c.id),
        )
        .outerjoin(
            _state,
            (_state.c.journey_id == _invitation.c.journey_id)
            & (_state.c.case_id == _invitation.c.case_id)
            & (_state.c.handover_id == last),
        )
        .order_by(_party.c.orchestrator.desc(), _party.c.position, _party.c.id)
    )
    return query.with_for_update(of=_invitation) if lock else query


def _seated() -> Any:
    sitting = _owner.alias()
    return (
        select(
            *_COLUMNS,
            _answer.c.id.label("answer"),
            _state.c.state.label("case_state"),
            _party.c.name.label("party"),
            _party.c.orchestrator.label("leads"),
            _participation.c.id.label("participation"),
            _participation.c.discreet.label("member"),
            sitting.c.id.label("organisation"),
            sitting.c.name.label("organisation_name"),
        )
        .select_from(_invitation)
        .join(
            _wave,
            (_wave.c.journey_id == _invitation.c.journey_id)
            & (_wave.c.id == _invitation.c.wave_id),
        )
        .join(
            _question,
            (_question.c.journey_id == _wave.c.journey_id)
            & (_question.c.id == _wave.c.question_id),
        )
        .join(
            _point, (_point.c.journey_id == _wave.c.journey_id) & (_point.c.id == _wave.c.point_id)
        )
        .join(_journey, _journey.c.id == _invitation.c.journey_id)
        .join(_owner, _owner.c.id == _invitation.c.customer_owner_id)
        .join(
            _seat,
            (_seat.c.journey_id == _invitation.c.journey_id)
            & (_seat.c.circle_id == _invitation.c.circle_id),
        )
        .join(
            _party, (_party.c.journey_id == _seat.c.journey_id) & (_party.c.id == _seat.c.party_id)
        )
        .outerjoin(
            _participation,
            (_participation.c.journey_id == _seat.c.journey_id)
            & (_participation.c.id == _seat.c.participation_id),
        )
        .outerjoin(sitting, sitting.c.id == _participation.c.organisation_id)
    )
