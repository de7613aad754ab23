"""A journey out of a file that others drew: looked into first, then made by `import journey`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core.parties import Journey, Organisation
from partnerjourney.core.scopes import Member
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.rules import new_key
from partnerjourney.journeys.services import Place
from partnerjourney.maps import services as maps
from partnerjourney.starting.rules import cjml, mermaid
from partnerjourney.starting.rules.drafting import Choices, draft
from partnerjourney.starting.rules.sketch import (
    Report,
    Sketch,
    Unreadable,
    UnreadableError,
)
from partnerjourney.starting.services import elements

LARGEST = 2 * 1024 * 1024
"""Bytes of a file: ten times the largest journey that comes in."""

_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.-]{1,40})["']""")


@dataclass(frozen=True)
class Looked:
    """What a file would become: the document, what is said of it, and who was taken for whom."""

    sketch: Sketch
    document: dict[str, Any]
    report: Report
    choices: Choices


def read_bytes(source: Path | IO[bytes]) -> str:
    """Return the text of a file; raises UnreadableError for one that is too large, unread."""
    if isinstance(source, Path):
        if source.stat().st_size > LARGEST:
            raise UnreadableError(Unreadable.TOO_LARGE)
        with source.open("rb") as file:
            data = file.read(LARGEST + 1)
    else:
        data = source.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise UnreadableError(Unreadable.TOO_LARGE)
    return _decoded(data)


def _decoded(data: bytes) -> str:
    encoding = "utf-8-sig"
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    elif found := _DECLARED.match(data[:400].lstrip()):
        encoding = found[1].decode("ascii")
        encoding = "utf-8-sig" if encoding.lower() in ("utf-8", "utf8") else encoding
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise UnreadableError(Unreadable.NO_TEXT) from error
    if "\0" in text:
        raise UnreadableError(Unreadable.NO_TEXT)
    return text


def look(text: str, choices: Choices, *, form: str | None = None) -> Looked:
    """Return what a text would become, without making it; `form` is cjml, mermaid or found out.

    Raises UnreadableError where nothing can come in.
    """
    if len(text) > LARGEST:
        raise UnreadableError(Unreadable.TOO_LARGE)
    if not text.strip():
        raise UnreadableError(Unreadable.EMPTY)
    report = Report()
    if (form or _form_of(text)) == "cjml":
        sketch = cjml.read(elements.parse(text.lstrip("\ufeff \t\r\n")), report)
    else:
        sketch = mermaid.read(text.lstrip("\ufeff"), report)
    if not (sketch.moments or sketch.stages or sketch.actors):
        raise UnreadableError(Unreadable.NOTHING_IN_IT)
    made = draft(sketch, choices, report)
    found = replace(choices, me=made.me or choices.me, customer=made.customer)
    return Looked(sketch, made.document, report, found)


def _form_of(text: str) -> str:
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("<"):
        return "cjml"
    if any(line.strip().casefold() == "journey" for line in text.splitlines()):
        return "mermaid"
    raise UnreadableError(Unreadable.WHICH_FORMAT)


def free_slug(session: Session, organisation: Organisation, name: str) -> str:
    """Return a slug for a name that no journey of the organisation has."""
    rows = session.scalars(select(Journey.slug).where(Journey.organisation_id == organisation.id))
    return new_key(name, set(rows))


def come_in(
    session: Session,
    actor: Member,
    organisation: Organisation,
    looked: Looked,
    *,
    slug: str = "",
    at: datetime,
) -> Place:
    """Make the journey of what was looked into; the organisation coordinates it.

    Raises maps.services.DocumentError where the slug cannot be, NotAllowedError.
    """
    journeys.may_create(actor, organisation)
    journey = looked.document["journey"]
    chosen = slug or free_slug(session, organisation, journey["name"])
    document = {**looked.document, "journey": {**journey, "slug": chosen}}
    return maps.import_journey(session, actor, organisation, document, at=at)
