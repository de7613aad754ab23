"""Reading JSON that strangers send: duplicate keys, NaN and deep nesting are refused."""

from __future__ import annotations

import json
from typing import Any

DEEPEST = 12


class DocumentSyntaxError(ValueError):
    """Not JSON that we take; the message says what and where."""


def parse(data: bytes) -> Any:
    """Return the value of a UTF-8 JSON document; raises DocumentSyntaxError."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentSyntaxError(f"not UTF-8 (byte {error.start + 1})") from None
    if not text.strip():
        raise DocumentSyntaxError("the file is empty")
    if _depth(text) > DEEPEST:
        raise DocumentSyntaxError("nested too deeply")
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise DocumentSyntaxError(f"not JSON: {error.msg} ({place})") from None


def _depth(text: str) -> int:
    """The deepest nesting, found without recursion; brackets inside strings do not count."""
    deepest = depth = 0
    inside = escaped = False
    for sign in text:
        if inside:
            inside = escaped or sign != '"'
            escaped = sign == "\\" and not escaped
        elif sign == '"':
            inside = True
        elif sign in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in "]}":
            depth -= 1
    return deepest


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise DocumentSyntaxError(f"the key {name!r} occurs twice in one object")
        found[name] = value
    return found


def _refuse(name: str) -> Any:
    raise DocumentSyntaxError(f"{name} is not a number")
