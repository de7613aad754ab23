"""Facts as JSON and back, the canonical text of them, and its fingerprint.

The codec follows the dataclasses' own types, so a document that does not fit them is refused.
"""

from __future__ import annotations

import hashlib
import json
import math
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from partnerjourney.reviews.rules.facts import Facts


class FactsError(ValueError):
    """This is no fact document; the text says where it goes wrong."""


def document_of(facts: Facts) -> dict[str, Any]:
    """Return the facts as plain JSON values."""
    found: dict[str, Any] = _plain(facts)
    return found


def facts_of(document: Any) -> Facts:
    """Read facts back; raises FactsError for anything that is none."""
    found: Facts = _read(Facts, document, "facts")
    return found


def canonical(facts: Facts) -> bytes:
    """Return the one text of these facts: sorted keys, no spaces, UTF-8."""
    return json.dumps(
        document_of(facts),
        sort_keys=True,
        ensure_ascii=False,
        allow_nan=False,
        separators=(",", ":"),
    ).encode()


def fingerprint(facts: Facts) -> str:
    """Return the SHA-256 of the canonical text, in hex."""
    return hashlib.sha256(canonical(facts)).hexdigest()


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return value + 0.0  # never −0, which PostgreSQL's JSON does not keep
    return value


@cache
def _types(kind: type[Any]) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(kind: Any, value: Any, path: str) -> Any:
    """Read a value as a type; the path names it in errors."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        if value is None:
            return None
        return _read(next(one for one in inner if one is not type(None)), value, path)
    if origin is tuple:
        if not isinstance(value, list):
            raise FactsError(f"{path} is not a list")
        return tuple(_read(inner[0], item, f"{path}[{i}]") for i, item in enumerate(value))
    if origin is not None:
        if not isinstance(value, dict):
            raise FactsError(f"{path} is not an object")
        return {name: _read(inner[1], item, f"{path}.{name}") for name, item in value.items()}
    if is_dataclass(kind):
        return _object(kind, value, path)
    return _scalar(kind, value, path)


def _object(kind: Any, value: Any, path: str) -> Any:
    known = _types(kind)
    names = {field.name for field in fields(kind)}
    needed = {field.name for field in fields(kind) if field.default is MISSING}  # others came later
    if not isinstance(value, dict) or not needed <= value.keys() <= names:
        raise FactsError(f"{path} is no {kind.__name__}")
    try:
        return kind(**{n: _read(known[n], value[n], f"{path}.{n}") for n in value})
    except FactsError:
        raise
    except ValueError as error:
        raise FactsError(f"{path}: {error}") from error


def _scalar(kind: Any, value: Any, path: str) -> Any:
    if issubclass(kind, Enum | date):
        try:
            return kind(value) if issubclass(kind, Enum) else kind.fromisoformat(value)
        except (TypeError, ValueError) as error:
            raise FactsError(f"{path} is no {kind.__name__}") from error
    if kind is float and type(value) in (int, float) and math.isfinite(value):
        return float(value)
    if type(value) is not kind:
        raise FactsError(f"{path} is no {kind.__name__}")
    return value
