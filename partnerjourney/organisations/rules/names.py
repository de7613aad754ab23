"""What organisations and people may be called, and what a mail address looks like."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

EMAIL = re.compile(
    r"[^\s@<>,;\"()\[\]\\:]{1,64}@[^\s@<>,;\"()\[\]\\:]+\.[^\s@<>,;\"()\[\]\\:.]{2,}"
)
"""What a mail address looks like: strict enough to catch a slip, no judge of what delivers."""

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_JOINERS = "\u200c\u200d"  # spelling in some scripts needs them


def clean_name(text: str) -> str | None:
    """Return a name with plain single spaces, or None for one with hidden or turning signs."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if any(unicodedata.category(c) in _HIDDEN and c not in _JOINERS for c in name):
        return None
    return name


def clean_email(text: str) -> str | None:
    """Return a mail address in the form in which it is stored, or None for what is none."""
    email = unicodedata.normalize("NFC", text).strip().lower()
    if len(email) > 254 or not EMAIL.fullmatch(email) or clean_name(email) != email:
        return None
    return email


def new_slug(name: str, taken: Container[str]) -> str:
    """Return an address part for a name that is not taken: 'Koerier Snel' → 'koerier-snel'."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50].strip("-") or "x"
    slug, number = stem, 1
    while slug in taken:
        number += 1
        slug = f"{stem}-{number}"
    return slug
