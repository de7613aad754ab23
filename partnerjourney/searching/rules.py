"""Whether a text holds what is looked for: every word, whatever the case and the accents."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

SHORTEST, LONGEST = 2, 100
MOST = 50
"""So many finds are shown; who looks for more types another word."""


def plain(text: str) -> str:
    """Return a text as it is compared: without case and accents."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in bare if not unicodedata.combining(sign))


def words(query: str) -> list[str]:
    """Return the words that are looked for; none where too little was typed."""
    typed = " ".join(query.split())[:LONGEST]
    return plain(typed).split() if len(typed) >= SHORTEST else []


def holds(wanted: list[str], texts: Iterable[str | None]) -> bool:
    """Say whether every word stands somewhere in the texts."""
    text = plain(" ".join(one for one in texts if one))
    return bool(wanted) and all(word in text for word in wanted)
