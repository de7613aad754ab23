"""Logs without secrets: the tokens of links are taken out of every line, tracebacks too."""

from __future__ import annotations

import logging
import re
import sys
from urllib.parse import unquote

_LINK = re.compile(r"/(s|u|a|colleague|invitation|reset)/(?=[\w%.~-]{6})[\w%.~-]+")
_SECRET = re.compile(r"(?i)\b((?:authorization|cookie)\W+|bearer )\S.*")
_PASSWORD = re.compile(r"(\w+://[^\s:/@]*:)[^\s@/]+(?=@)")


def redact(text: str) -> str:
    """Return a text with links' tokens, bearers, cookies and URLs' passwords taken out."""
    if "%" in text:
        plain = unquote(text)
        text = plain if _LINK.search(plain) and not _LINK.search(text) else text
    text = _LINK.sub(r"/\1/***", text)
    return _PASSWORD.sub(r"\1***", _SECRET.sub(r"\1***", text))


class Redacting(logging.Formatter):
    """A formatter whose lines hold no secrets."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, redacted."""
        return redact(super().format(record))


def set_up(*, level: int = logging.WARNING) -> None:
    """Log to standard error, redacted; what is logged already stays."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Redacting("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("alembic").setLevel(logging.WARNING)
