"""REST: a journey as a file, the same one that a page hands out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from partnerjourney.core.scopes import TokenPurpose
from partnerjourney.journeys import services as journeys
from partnerjourney.starting import services
from partnerjourney.starting.services import FORMATS
from partnerjourney.web import rest
from partnerjourney.web.session import session

api = rest.Api("files", "Files")

AT = "/journeys/<uuid:journey_id>/file"


def _file(journey_id: UUID, form: str) -> Response:
    place = journeys.find(session(), rest.actor(), journey_id)
    made = services.write(session(), place, form)
    return rest.file(made.text.encode(), f"{made.media_type}; charset=utf-8", made.name)


def _answers(form: str) -> dict[str, Any]:
    return {"purpose": TokenPurpose.READ, "gives": None, "answers": FORMATS[form][0]}


@api.operation("GET", f"{AT}/json", **_answers("json"))
def as_json(journey_id: UUID) -> Any:
    """Give a journey as our own file: what is drawn, and the terms that the organisation shares.

    The command line makes a journey of it again, under a name of its own. A journey of which this
    one is a part is named where the key is for that one too.
    """
    return _file(journey_id, "json")


@api.operation("GET", f"{AT}/cjml", **_answers("cjml"))
def as_cjml(journey_id: UUID) -> Any:
    """Give a journey as a planned journey of CJML 2.0.

    It has no words for terms, measuring points, and what a touchpoint is to the customer.
    """
    return _file(journey_id, "cjml")


@api.operation("GET", f"{AT}/mermaid", **_answers("mermaid"))
def as_mermaid(journey_id: UUID) -> Any:
    """Give a journey as a Mermaid `journey`.

    Mermaid asks for a number at each task: 3 stands everywhere and means nothing.
    """
    return _file(journey_id, "mermaid")
