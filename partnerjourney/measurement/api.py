"""REST: the scores of a journey, the same as at the command line."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from partnerjourney.core.scopes import TokenPurpose
from partnerjourney.journeys import services as journeys
from partnerjourney.measurement import queries, schemas
from partnerjourney.web import rest
from partnerjourney.web.session import session

api = rest.Api("scores", "Scores")


@api.operation(
    "GET",
    "/journeys/<uuid:journey_id>/scores",
    purpose=TokenPurpose.READ,
    asks=schemas.ScoresQuery,
    gives=schemas.ScoreDocument,
    listed=True,
)
def scores(journey_id: UUID, query: dict[str, Any]) -> Any:
    """List the score of every measuring point that the organisation shares, in path order.

    Days are those of the answers, in the journey's time zone, inclusive. Without a wave all answers
    of the period count. The list comes in one page.
    """
    place = journeys.find(session(), rest.actor(), journey_id)
    found = queries.scores(
        session(),
        place,
        date_from=query["first"],
        date_to=query["last"],
        wave=query["wave"],
        by=query["by"],
    )
    return [queries.score_document(score) for score in found], None
