"""A journey into a file of any format, as the acting organisation sees it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy.orm import Session

from partnerjourney.journeys.services import Place
from partnerjourney.maps import services as maps
from partnerjourney.starting.rules.writing import Lack, cjml, lacking, mermaid

FORMATS = {
    "json": ("application/json", "json"),
    "cjml": ("application/xml", "cjml.xml"),
    "mermaid": ("text/plain", "mmd"),
}
"""Format → (media type, how the name of the file ends)."""


@dataclass(frozen=True)
class File:
    """A journey as a file: its text, how it is named, and what it does not say."""

    text: str
    name: str
    media_type: str
    lacks: tuple[Lack, ...]


def write(session: Session, place: Place, form: str) -> File:
    """Return the journey in a format of `FORMATS`."""
    document = maps.export_journey(session, place)
    if form == "json":
        text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    else:
        text = cjml(document) if form == "cjml" else mermaid(document)
    media_type, ending = FORMATS[form]
    name = f"{place.journey.slug}.{ending}"
    return File(text, name, media_type, tuple(lacking(document, form)))
