"""A cell of a CSV file: no text begins a formula in the program that opens it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cell(value: Any) -> str | int | float:
    """Return what stands in a cell: numbers as they are, lists and counts as one text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return safe(" ".join(f"{name}:{number}" for name, number in value.items() if number))
    if isinstance(value, list | tuple):
        return safe(" | ".join(str(one) for one in value))
    return safe(str(value.value if isinstance(value, Enum) else value))


def safe(text: str) -> str:
    """Return a text with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
