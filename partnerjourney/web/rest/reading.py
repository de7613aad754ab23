"""What a system sends: JSON read strictly, through a schema, with every fault at its field."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from flask import request
from marshmallow import Schema, ValidationError

from partnerjourney.web.problems import ProblemError, fields

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
LARGEST = 1 << 20
"""Bytes of a body."""
DEEPEST = 16
"""So many lists and objects may stand within one another."""


def media_type(taken: Sequence[str]) -> str:
    """Return the media type of the body; ProblemError 415 for one that is not taken."""
    given = request.mimetype
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if given not in taken or charset not in ("utf-8", "utf8", "us-ascii"):
        raise ProblemError(415, f"Send {' or '.join(taken)}, in UTF-8.", headers=_accepted(taken))
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise ProblemError(415, "Send the body uncompressed.")
    return given


def _accepted(taken: Sequence[str]) -> dict[str, str]:
    name = {"POST": "Accept-Post", "PATCH": "Accept-Patch"}.get(request.method)
    return {name: ", ".join(taken)} if name else {}


def body() -> Any:
    """Return the body as Python's own; ProblemError for what is no sound JSON, or too large."""
    request.max_content_length = LARGEST
    return parse(request.get_data())


def parse(raw: bytes) -> Any:
    """Read JSON strictly: no NaN, no key twice, no number without end, not too deep."""
    try:
        found = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_refused,
            parse_float=_number,
        )
    except UnicodeDecodeError:
        raise ProblemError(400, "The body is not UTF-8.") from None
    except RecursionError:
        _too_deep()
    except ValueError as error:
        raise ProblemError(400, f"The body is not JSON that we take: {error}"[:200]) from None
    _measure(found)
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _refused(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _number(text: str) -> float:
    found = float(text)
    if found in (float("inf"), float("-inf")):
        raise ValueError("a number is too large")
    return found


def _too_deep() -> NoReturn:
    raise ProblemError(400, f"More than {DEEPEST} lists or objects stand within one another.")


def _measure(found: Any) -> None:
    level = [found]
    for _ in range(DEEPEST + 1):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return
    _too_deep()


def load(schema: Schema, given: Any, *, before: str = "") -> dict[str, Any]:
    """Read an object through a schema; ProblemError 422 with every field that is wrong."""
    if not isinstance(given, Mapping):
        fault = {"field": before, "message": "This is not an object."}
        raise ProblemError(422, "The body is not an object.", errors=[fault])
    try:
        return dict(schema.load(given))
    except ValidationError as error:
        raise ProblemError(
            422, "Some fields are wrong.", errors=fields(error.messages_dict, before)
        ) from None


def query(schema: Schema) -> dict[str, Any]:
    """Read the parameters of the address through a schema; one that stands twice is a fault."""
    twice = {name for name in request.args if len(request.args.getlist(name)) > 1}
    if twice:
        faults = [{"field": name, "message": "This stands twice."} for name in sorted(twice)]
        raise ProblemError(422, "Some parameters are wrong.", errors=faults)
    try:
        return dict(schema.load(request.args.to_dict()))
    except ValidationError as error:
        raise ProblemError(
            422, "Some parameters are wrong.", errors=fields(error.messages_dict)
        ) from None
