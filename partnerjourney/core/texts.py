"""What people type: cleaned, measured, and judged in words that can be translated.

A `Said` is an English sentence with its parameters kept apart, so that a page can say it in the
reader's language. `N_` marks a sentence for translation where it is written down.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from marshmallow import ValidationError, fields

_DIRECTIONS = frozenset("\u061c\u200e\u200f\ufeff\u202a\u202b\u202c\u202d\u202e")


class Said(str):
    """A sentence in English that knows its template and parameters."""

    __slots__ = ("parameters", "template")

    template: str
    parameters: dict[str, Any]

    def __new__(cls, template: str, **parameters: Any) -> Said:
        """Say `template` (with %(name)s) with these parameters."""
        said = super().__new__(cls, template % parameters if parameters else template)
        said.template = template
        said.parameters = parameters
        return said


def N_(text: str) -> str:  # noqa: N802 - the usual name of this marker
    """Mark a sentence for translation; returns it unchanged."""
    return text


_FILL_IN, _NO_DATE, _CHOOSE = (
    N_("Fill this in."), N_("This is not a date."), N_("Choose one of the list."),
)  # fmt: skip
_NO_NUMBER, _NO_TEXT = N_("This is not a number."), N_("This is not text.")
_NOT_SO_LONG, _NOT_SO_MUCH = (
    N_("This is too long or too short."),
    N_("This number is too high or too low."),
)
_OWN_WORDS = {
    "Missing data": _FILL_IN,
    "Field may not": _FILL_IN,
    "Not a valid date": _NO_DATE,
    "Not a valid time": _NO_DATE,
    "Not a valid integer": _NO_NUMBER,
    "Not a valid number": _NO_NUMBER,
    "Number too": _NO_NUMBER,
    "Special numeric": _NO_NUMBER,
    "Not a valid string": _NO_TEXT,
    "Not a valid utf-8": _NO_TEXT,
    "Not a valid UUID": _CHOOSE,
    "Not a valid boolean": _CHOOSE,
    "Not a valid list": _CHOOSE,
    "Must be one of": _CHOOSE,
    "Longer than": _NOT_SO_LONG,
    "Shorter than": _NOT_SO_LONG,
    "Length must": _NOT_SO_LONG,
    "Must be greater": _NOT_SO_MUCH,
    "Must be less": _NOT_SO_MUCH,
    "Must be equal": _CHOOSE,
    "Unknown field": N_("This is not asked here."),
    "Invalid": _CHOOSE,
}


def in_our_words(text: str) -> str:
    """Return our sentence for what marshmallow says where a schema has no words of its own."""
    return next((said for begin, said in _OWN_WORDS.items() if text.startswith(begin)), text)


def unseen(text: str) -> bool:
    """Say whether a text holds characters that hide or reorder others."""
    return any(
        (ord(c) < 32 and c not in "\n\t")
        or 0x7F <= ord(c) < 0xA0
        or c in _DIRECTIONS
        or 0x2066 <= ord(c) <= 0x2069
        or 0xD800 <= ord(c) <= 0xDFFF
        for c in text
    )


class Text(fields.String):
    """Text of at most `most` characters: trimmed, composed (NFC), nothing hidden in it.

    One line unless `lines` is true. Empty is refused where the field is required.
    """

    default_error_messages = {  # noqa: RUF012 - marshmallow's own interface
        "required": N_("Fill this in."),
        "null": N_("Fill this in."),
        "invalid": N_("This is not text."),
        "unseen": N_("This contains characters that cannot be seen. Type it anew."),
        "one_line": N_("Keep this on one line."),
    }

    def __init__(self, most: int, *, lines: bool = False, **given: Any) -> None:
        super().__init__(**given)
        self.most = most
        self.lines = lines

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        text = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
        if unseen(text):
            raise self.make_error("unseen")
        if not self.lines and "\n" in text:
            raise self.make_error("one_line")
        if len(text) > self.most:
            template = N_("Use at most %(most)s characters; this has %(n)s.")
            raise ValidationError([Said(template, most=self.most, n=len(text))])
        if self.required and not text:
            raise self.make_error("required")
        return text


class Lines(Text):
    """Several lines in one box, one thing each, as a list; empty lines fall away."""

    def __init__(self, most: int, *, each: int = 200, **given: Any) -> None:
        super().__init__(most * (each + 1), lines=True, **given)
        self.count = most
        self.each = each

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        found = [line.strip() for line in text.split("\n") if line.strip()]
        if len(found) > self.count:
            template = N_("Use at most %(most)s lines.")
            raise ValidationError([Said(template, most=self.count)])
        if any(len(line) > self.each for line in found):
            template = N_("Use at most %(most)s characters on a line.")
            raise ValidationError([Said(template, most=self.each)])
        return found
