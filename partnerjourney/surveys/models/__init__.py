"""The tables of surveys: what is asked (points), who (asking), what links open (grants, asked)."""

from __future__ import annotations

from partnerjourney.surveys.models import asked as asked
from partnerjourney.surveys.models import grants as grants
from partnerjourney.surveys.models.asking import (
    Answer,
    Contact,
    Erasure,
    Invitation,
    OptOut,
    PermittedComment,
)
from partnerjourney.surveys.models.points import (
    Point,
    PointCircle,
    PointCover,
    Question,
    Wave,
)

__all__ = [
    "Answer",
    "Contact",
    "Erasure",
    "Invitation",
    "OptOut",
    "PermittedComment",
    "Point",
    "PointCircle",
    "PointCover",
    "Question",
    "Wave",
]
