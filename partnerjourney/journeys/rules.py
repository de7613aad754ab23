"""Keys of journeys and what stands in them: short, readable, never given twice."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from enum import StrEnum

SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
"""What names a journey in addresses and at the command line."""

KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")
"""What names a party, phase, card, hand-over or measuring point in files."""

PARENTS = ("end_to_end", "lifeline")
"""Kinds of which another journey can be a part."""

PARTS = ("micro", "employee")
"""Kinds that are part of another journey; a micro journey should be."""

CADENCES = ("lifeline",)
"""Kinds with a rhythm: after so many days at most the customer notices something of us."""


class AdviceKind(StrEnum):
    """What the parties do, and what they leave."""

    DO = "do"
    DONT = "dont"


class Discipline(StrEnum):
    """From which trade somebody looks at a journey."""

    MARKETING = "marketing"
    SALES = "sales"
    SERVICE = "service"
    OPERATIONS = "operations"
    LOGISTICS = "logistics"
    PRODUCT = "product"
    IT = "it"
    FINANCE = "finance"
    LEGAL = "legal"
    PEOPLE = "people"


def new_key(name: str, taken: Container[str]) -> str:
    """Return a key for a name that is not taken: 'Klaar voor vertrek' → 'klaar-voor-vertrek'."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50].strip("-") or "x"
    key, number = stem, 1
    while key in taken:
        number += 1
        key = f"{stem}-{number}"
    return key
