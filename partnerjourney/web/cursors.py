"""Where a list goes on, written into an address: the moment and the id that the reader saw last."""

from __future__ import annotations

import base64
import uuid
from datetime import datetime

from partnerjourney.core.errors import NotFoundError

Cursor = tuple[datetime, uuid.UUID]


def write(cursor: Cursor) -> str:
    """Return a cursor as an address holds it."""
    at, last_id = cursor
    return base64.urlsafe_b64encode(f"{at.isoformat()} {last_id}".encode()).rstrip(b"=").decode()


def read(text: str) -> Cursor | None:
    """Return the cursor of an address, None for an empty one; NotFoundError for nonsense."""
    if not text:
        return None
    try:
        said = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        at, _space, last_id = said.partition(" ")
        moment, found = datetime.fromisoformat(at), uuid.UUID(last_id)
    except ValueError:
        raise NotFoundError from None
    if moment.tzinfo is None:
        raise NotFoundError
    return moment, found
