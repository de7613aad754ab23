"""The mails that the demo's worker wrote to a folder, as the demo shows them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

_NAME = re.compile(r"[0-9TZ]+-[0-9a-f-]+\.eml")
_HEAD = re.compile(r"<head>", re.IGNORECASE)


@dataclass(frozen=True)
class Letter:
    """One mail: its file's name, its headers and its two texts."""

    name: str
    sender: str
    to: str
    subject: str
    at: datetime
    text: str
    html: str


def letters(folder: Path) -> list[Letter]:
    """Return all mails, newest first."""
    names = sorted((path.name for path in folder.glob("*.eml")), reverse=True)
    return [found for name in names if (found := letter(folder, name)) is not None]


def letter(folder: Path, name: str) -> Letter | None:
    """Return one mail by its file's name, or None where there is none."""
    path = folder / name
    if not _NAME.fullmatch(name) or not path.is_file():
        return None
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    return Letter(
        name=name,
        sender=str(message["From"]),
        to=str(message["To"]),
        subject=str(message["Subject"]),
        at=parsedate_to_datetime(str(message["Date"])),
        text=_part(message, "plain"),
        html=_HEAD.sub('<head><base target="_top">', _part(message, "html"), count=1),
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""
