"""What a survey link opens: one invitation, what it asks and about whom, and one answer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select

from partnerjourney.core.having import Lookups, open_by_link
from partnerjourney.core.links import Link, Purpose
from partnerjourney.core.parties import CircleSeat, Journey, Participation, Party
from partnerjourney.core.predicates import grant_respondent
from partnerjourney.events.models import CaseState
from partnerjourney.surveys.models.asking import Answer, Invitation, PermittedComment
from partnerjourney.surveys.models.points import Point, PointCover, Question, Wave


def of_link(column: Any, see: Lookups, name: str) -> Any:
    """Say that a column holds what the respondent's own invitation holds under this name."""
    if see.opened is not None:
        return column == see.opened(name)
    own = Invitation.__table__.alias()
    return column.in_(select(own.c[name]).where(own.c.id == see.invitation))


def _seats(see: Lookups, column: str) -> Any:
    seat = CircleSeat.__table__.alias()
    return select(seat.c[column]).where(of_link(seat.c.circle_id, see, "circle_id"))


def _question(column: Any, see: Lookups) -> Any:
    if see.opened is not None:
        return column == see.opened("question_id")
    wave = Wave.__table__.alias()
    return column.in_(select(wave.c.question_id).where(of_link(wave.c.id, see, "wave_id")))


def _covered(see: Lookups) -> Any:
    cover = PointCover.__table__.alias()
    return select(cover.c.handover_id).where(of_link(cover.c.point_id, see, "point_id"))


def _answers(see: Lookups) -> Any:
    answer = Answer.__table__.alias()
    return select(answer.c.id).where(  # the journey leads the key by which it is found
        of_link(answer.c.journey_id, see, "journey_id"), answer.c.invitation_id == see.invitation
    )


# The narrowing of a statement looks the link up, under row-level security.
grant_respondent(Link, lambda cls, see: cls.thing_id == see.invitation)
grant_respondent(Invitation, lambda cls, see: cls.id == see.invitation, write=True)
grant_respondent(Wave, lambda cls, see: of_link(cls.id, see, "wave_id"))
grant_respondent(Question, lambda cls, see: _question(cls.id, see))
grant_respondent(Point, lambda cls, see: of_link(cls.id, see, "point_id"))
grant_respondent(PointCover, lambda cls, see: of_link(cls.point_id, see, "point_id"))
grant_respondent(Journey, lambda cls, see: of_link(cls.id, see, "journey_id"))
grant_respondent(CircleSeat, lambda cls, see: of_link(cls.circle_id, see, "circle_id"))
grant_respondent(Party, lambda cls, see: cls.id.in_(_seats(see, "party_id")))
grant_respondent(Participation, lambda cls, see: cls.id.in_(_seats(see, "participation_id")))
grant_respondent(
    CaseState,
    lambda cls, see: of_link(cls.case_id, see, "case_id") & cls.handover_id.in_(_covered(see)),
)
grant_respondent(Answer, lambda cls, see: cls.invitation_id == see.invitation, add=True)
grant_respondent(PermittedComment, lambda cls, see: cls.answer_id.in_(_answers(see)), add=True)
open_by_link(
    select(
        Invitation.id,
        Invitation.journey_id,
        Invitation.circle_id,
        Invitation.point_id,
        Invitation.wave_id,
        Invitation.case_id,
        Wave.question_id,
    )
    .join(Link, Link.thing_id == Invitation.id)
    .join(Wave, (Wave.journey_id == Invitation.journey_id) & (Wave.id == Invitation.wave_id))
    .where(Link.token_hash == bindparam("token"), Link.purpose == Purpose.SURVEY)
)
