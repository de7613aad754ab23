"""Pages of a list: a cursor names the last thing that was read, never a number of things.

It is the key by which the list is ordered, as the reader saw it itself, so there is nothing in it
to find out or to forge. Who changes it gets another place of the same list.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from partnerjourney.web.problems import ProblemError

Row = TypeVar("Row")


def paged(
    rows: Sequence[Row],
    key: Callable[[Row], Sequence[str | int]],
    *,
    limit: int,
    cursor: str | None,
    descending: bool = False,
) -> tuple[list[Row], str | None]:
    """Return one page of rows in the order of their keys, and the next cursor."""
    rows, start = sorted(rows, key=lambda row: tuple(key(row)), reverse=descending), 0
    if cursor is not None:
        after = _read(cursor)
        try:
            passed = [_passed(list(key(row)), after, descending=descending) for row in rows]
        except TypeError:
            raise _unknown() from None
        start = passed.index(False) if False in passed else len(rows)
    found = list(rows[start : start + limit])
    more = start + limit < len(rows)
    return found, _write(list(key(found[-1]))) if more and found else None


def _passed(own: list[Any], after: list[Any], *, descending: bool) -> bool:
    if len(own) != len(after):
        raise TypeError
    return own >= after if descending else own <= after


def _write(key: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).rstrip(b"=").decode()


def _read(cursor: str) -> list[Any]:
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        found = json.loads(raw)
    except (binascii.Error, ValueError, RecursionError):
        raise _unknown() from None
    if not isinstance(found, list) or not all(type(part) in (str, int) for part in found):
        raise _unknown()
    return found


def _unknown() -> ProblemError:
    fault = {"field": "cursor", "message": "This is no cursor of this list."}
    return ProblemError(422, "Some parameters are wrong.", errors=[fault])
