"""Texts that others typed, made harmless for a page: one line, visible signs, a limited length."""

from __future__ import annotations

from typing import Any

LONGEST = 280
PARAGRAPHS = {"text": 600}
"""Names under which a longer text may stand: what a party says beside a number."""


def shortened(text: str, longest: int) -> str:
    """Return the text, cut at a word with an ellipsis where it is longer."""
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    whole = cut if text[longest - 1] == " " else cut.rpartition(" ")[0]
    return f"{(whole if len(whole) > longest // 2 else cut).rstrip(' ,;:.')}…"


def tamed(value: Any, longest: int = LONGEST) -> Any:
    """Return a JSON value whose texts have no control, direction or broken signs and fit a page."""
    if isinstance(value, str):
        seen = "".join(sign if sign.isprintable() else " " for sign in value[: 4 * longest])
        return shortened(" ".join(seen.split()), longest)
    if isinstance(value, list):
        return [tamed(item, longest) for item in value]
    if isinstance(value, dict):
        return {name: tamed(item, PARAGRAPHS.get(name, longest)) for name, item in value.items()}
    return value
