"""Everything of a journey as the acting organisation sees it, in a fixed number of statements.

`read` gives the map (or what one party, the `viewpoint`, sees of it), `judged` what customers say.
"""

from __future__ import annotations

from partnerjourney.maps.queries.acts import last_actor
from partnerjourney.maps.queries.judging import judged
from partnerjourney.maps.queries.reading import read
from partnerjourney.maps.queries.seen import (
    CardRow,
    EdgeRow,
    JourneyMap,
    MemberRow,
    PhaseRow,
    PointRow,
    RoleRow,
    TermsRow,
)

__all__ = [
    "CardRow",
    "EdgeRow",
    "JourneyMap",
    "MemberRow",
    "PhaseRow",
    "PointRow",
    "RoleRow",
    "TermsRow",
    "judged",
    "last_actor",
    "read",
]
