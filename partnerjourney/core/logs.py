"""Logs without secrets: no tokens of links, no addresses of people, in tracebacks either."""

from __future__ import annotations

import logging
import re
import sys
from urllib.parse import unquote

_LINK = re.compile(r"/(s|u|a|colleague|invitation|reset|confirm)/(?=[\w%.~-]{6})[\w%.~-]+")
_RETURNED = re.compile(r"([?&](?:code|state)=)[\w%.~-]{8,}")  # what a provider sends back
_SECRET = re.compile(r"(?i)\b((?:authorization|cookie)\W+|bearer )\S.*")
_PASSWORD = re.compile(r"(\w+://[^\s:/@]*:)[^\s@/]+(?=@)")
_ADDRESS = re.compile(
    r"""(?<!//)(?:"[^"\n]{1,64}"|(?<![^\s<>()\[\]{}"',;:/@=*])[^\s<>()\[\]{}"',;:/@=*]+)"""
    r"""@[^\s<>()\[\]{}"',;:/@*]+"""
)
_DETAIL = re.compile(r"(\bDETAIL: +).+")  # PostgreSQL tells a row's values in it
_URL = re.compile(r"""(\bhttps?://[^\s/?#'"<>]+)[/?#][^\s'"<>]*""")
_TOKEN = re.compile(r"[\w-]{40,}")  # longer than a UUID


def redact(text: str) -> str:
    """Return a text without links' tokens, bearers, cookies, passwords and mail addresses."""
    if "%" in text:
        plain = unquote(text)
        text = plain if _LINK.search(plain) and not _LINK.search(text) else text
    text = _RETURNED.sub(r"\1***", _LINK.sub(r"/\1/***", text))
    text = _PASSWORD.sub(r"\1***", _SECRET.sub(r"\1***", text))
    return _ADDRESS.sub("***", _DETAIL.sub(r"\1***", text))


def told(error: BaseException) -> str:
    """Return what may be stored of an error: its class and the first line of what it says.

    Without addresses, tokens and where links lead; a database tells its values in later lines.
    """
    text = str(error).strip().partition("\n")[0]
    text = _TOKEN.sub("***", _URL.sub(r"\1/***", redact(text)))
    return f"{type(error).__name__}: {text}".removesuffix(": ")


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
