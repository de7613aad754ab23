"""What a survey link opens: one invitation, what it asks and about whom, and one answer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from partnerjourney.core.links import Link
from partnerjourney.core.parties import CircleSeat, Journey, Participation, Party
from partnerjourney.core.predicates import Lookups, grant_respondent
from partnerjourney.events.models import CaseState
from partnerjourney.surveys.models.asking import Answer, Invitation, PermittedComment
from partnerjourney.surveys.models.points import Point, PointCover, Question, Wave


def _of_invitation(column: str) -> Any:
    """Select one column of the respondent's own invitation."""

    def query(see: Lookups) -> Any:
        own = Invitation.__table__.alias()
        return select(own.c[column]).where(own.c.id == see.invitation)

    return query


_wave, _point_of, _journey_of, _case, _circle = map(
    _of_invitation, ("wave_id", "point_id", "journey_id", "case_id", "circle_id")
)


def _seats(see: Lookups, column: str) -> Any:
    seat = CircleSeat.__table__.alias()
    return select(seat.c[column]).where(seat.c.circle_id.in_(_circle(see)))


def _questions(see: Lookups) -> Any:
    wave = Wave.__table__.alias()
    return select(wave.c.question_id).where(wave.c.id.in_(_wave(see)))


def _covered(see: Lookups) -> Any:
    cover = PointCover.__table__.alias()
    return select(cover.c.handover_id).where(cover.c.point_id.in_(_point_of(see)))


def _answers(see: Lookups) -> Any:
    answer = Answer.__table__.alias()
    return select(answer.c.id).where(  # the journey leads the key by which it is found
        answer.c.journey_id.in_(_journey_of(see)), answer.c.invitation_id == see.invitation
    )


# The narrowing of a statement looks the link up, under row-level security.
grant_respondent(Link, lambda cls, see: cls.thing_id == see.invitation)
grant_respondent(Invitation, lambda cls, see: cls.id == see.invitation, write=True)
grant_respondent(Wave, lambda cls, see: cls.id.in_(_wave(see)))
grant_respondent(Question, lambda cls, see: cls.id.in_(_questions(see)))
grant_respondent(Point, lambda cls, see: cls.id.in_(_point_of(see)))
grant_respondent(PointCover, lambda cls, see: cls.point_id.in_(_point_of(see)))
grant_respondent(Journey, lambda cls, see: cls.id.in_(_journey_of(see)))
grant_respondent(CircleSeat, lambda cls, see: cls.circle_id.in_(_circle(see)))
grant_respondent(Party, lambda cls, see: cls.id.in_(_seats(see, "party_id")))
grant_respondent(Participation, lambda cls, see: cls.id.in_(_seats(see, "participation_id")))
grant_respondent(
    CaseState,
    lambda cls, see: cls.case_id.in_(_case(see)) & cls.handover_id.in_(_covered(see)),
)
grant_respondent(Answer, lambda cls, see: cls.invitation_id == see.invitation, add=True)
grant_respondent(PermittedComment, lambda cls, see: cls.answer_id.in_(_answers(see)), add=True)
