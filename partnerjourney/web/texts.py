"""Texts in the reader's language: Flask-Babel's functions with types."""

from __future__ import annotations

import flask_babel


def gettext(text: str, **values: object) -> str:
    """Return a text in the reader's language, its placeholders filled."""
    return str(flask_babel.gettext(text, **values))


def ngettext(one: str, many: str, quantity: int, /, **values: object) -> str:
    """Return the text for this quantity in the reader's language, its placeholders filled."""
    return str(flask_babel.ngettext(one, many, quantity, **values))
