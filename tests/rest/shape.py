"""A small judge of JSON Schema, of the words that our document uses; any other word is an error."""

from __future__ import annotations

import re
import uuid
from datetime import date, datetime
from typing import Any

_TYPES: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
}
_SAYS_NOTHING = {"description", "title", "default", "readOnly"}
_FORMATS = {"uuid": uuid.UUID, "date": date.fromisoformat, "date-time": datetime.fromisoformat}


def faults(value: Any, schema: dict[str, Any], document: dict[str, Any], at: str = "") -> list[str]:
    """Return what is wrong with a value, each with its place."""
    found: list[str] = []
    for word, said in schema.items():
        if word not in _SAYS_NOTHING:
            found += _WORDS[word](value, said, schema, document, at)
    return found


def _is(value: Any, kind: str) -> bool:
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, _TYPES[kind])


def _type(value: Any, said: Any, _s: Any, _d: Any, at: str) -> list[str]:
    kinds = said if isinstance(said, list) else [said]
    return [] if any(_is(value, kind) for kind in kinds) else [f"{at}: {value!r} is no {said}"]


def _ref(value: Any, said: str, _s: Any, document: dict[str, Any], at: str) -> list[str]:
    here: Any = document
    for part in said.removeprefix("#/").split("/"):
        here = here[part]
    return faults(value, here, document, at)


def _properties(value: Any, said: Any, schema: Any, document: Any, at: str) -> list[str]:
    if not isinstance(value, dict):
        return []
    found = []
    for name, inner in value.items():
        if name in said:
            found += faults(inner, said[name], document, f"{at}.{name}")
        elif schema.get("additionalProperties") is False:
            found.append(f"{at}: {name} is not documented")
    return found


def _additional(value: Any, said: Any, schema: Any, document: Any, at: str) -> list[str]:
    if not isinstance(said, dict) or not isinstance(value, dict):
        return []
    own = schema.get("properties", {})
    return [
        fault
        for name, inner in value.items()
        if name not in own
        for fault in faults(inner, said, document, f"{at}.{name}")
    ]


def _required(value: Any, said: Any, _s: Any, _d: Any, at: str) -> list[str]:
    if not isinstance(value, dict):
        return []
    return [f"{at}: {name} is missing" for name in said if name not in value]


def _items(value: Any, said: Any, _s: Any, document: Any, at: str) -> list[str]:
    if not isinstance(value, list):
        return []
    return [f for n, one in enumerate(value) for f in faults(one, said, document, f"{at}[{n}]")]


def _one_of(value: Any, said: Any, _s: Any, document: Any, at: str) -> list[str]:
    fitting = [one for one in said if not faults(value, one, document)]
    return [] if len(fitting) == 1 else [f"{at}: fits {len(fitting)} of {len(said)}"]


def _enum(value: Any, said: Any, _s: Any, _d: Any, at: str) -> list[str]:
    return [] if value in said else [f"{at}: {value!r} is none of {said}"]


def _format(value: Any, said: str, _s: Any, _d: Any, at: str) -> list[str]:
    if not isinstance(value, str) or said not in _FORMATS:
        return []
    try:
        _FORMATS[said](value)
    except ValueError:
        return [f"{at}: {value!r} is no {said}"]
    return []


def _bound(fits: Any) -> Any:
    def judge(value: Any, said: Any, _s: Any, _d: Any, at: str) -> list[str]:
        try:
            return [] if fits(value, said) else [f"{at}: {value!r} against {said}"]
        except TypeError:
            return []

    return judge


_WORDS: dict[str, Any] = {
    "type": _type,
    "$ref": _ref,
    "properties": _properties,
    "additionalProperties": _additional,
    "required": _required,
    "items": _items,
    "oneOf": _one_of,
    "anyOf": _one_of,
    "enum": _enum,
    "format": _format,
    "maxLength": _bound(lambda value, said: len(value) <= said),
    "minLength": _bound(lambda value, said: len(value) >= said),
    "maxItems": _bound(lambda value, said: len(value) <= said),
    "minItems": _bound(lambda value, said: len(value) >= said),
    "maximum": _bound(lambda value, said: value <= said),
    "minimum": _bound(lambda value, said: value >= said),
    "pattern": _bound(lambda value, said: re.search(said, value) is not None),
}
