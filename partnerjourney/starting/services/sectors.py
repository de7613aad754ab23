"""Journeys to begin from: whole ones, in both languages, whose names are placeholders."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.parties import Organisation
from partnerjourney.core.scopes import Member
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.maps import services as maps
from partnerjourney.starting.services.coming_in import free_slug

SECTORS = ("telecom", "equipment", "insurance", "software")
LANGUAGES = ("nl", "en")
_FOLDER = Path(__file__).parents[1] / "sectors"


@cache
def _read(sector: str, language: str) -> dict[str, Any]:
    path = _FOLDER / f"{sector}.{language}.json"
    document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return document


def sector(name: str, language: str) -> dict[str, Any]:
    """Return the document of a sector's journey; raises NotFoundError for one that is not there."""
    if name not in SECTORS or language not in LANGUAGES:
        raise NotFoundError
    return deepcopy(_read(name, language))


def begin(
    session: Session,
    actor: Member,
    organisation: Organisation,
    document: Mapping[str, Any],
    *,
    name: str,
    form_of_address: str,
    at: datetime,
) -> Place:
    """Make a journey of a sector's document; the coordinator's lane gets the organisation's name.

    Raises NotAllowedError.
    """
    journeys.may_create(actor, organisation)
    journey = {**document["journey"], "name": name, "form_of_address": form_of_address}
    journey["slug"] = free_slug(session, organisation, name)
    parties = [
        {**party, "name": organisation.name} if party.get("orchestrator") else party
        for party in document["parties"]
    ]
    made = {**document, "journey": journey, "parties": parties}
    return maps.import_journey(session, actor, organisation, made, at=at)
