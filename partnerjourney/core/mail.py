"""Mail: built from parts, sent by a real SMTP client or written to a folder."""

from __future__ import annotations

import smtplib
import ssl
from contextvars import ContextVar
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from pathlib import Path
from urllib.parse import unquote, urlsplit

from partnerjourney.core import clock, ids

held: ContextVar[bool] = ContextVar("mail held", default=False)
"""Whether mail is held back, after a restore; the worker sets it."""


@dataclass(frozen=True)
class Mail:
    """One mail to one person; `headers` are further ones such as List-Unsubscribe."""

    to: str
    subject: str
    text: str
    html: str
    sender_name: str
    reply_to: str | None = None
    language: str = "nl"
    headers: dict[str, str] = field(default_factory=dict)


class MailNotTakenError(Exception):
    """The address was refused for good: trying again is of no use."""


class MailHeldError(Exception):
    """Mail is held back until an operator lets it go: the job waits, unharmed."""


def message(mail: Mail, sender: str) -> EmailMessage:
    """Return the RFC 5322 message; header injection raises ValueError.

    Raises MailNotTakenError unless it goes to one address.
    """
    built = EmailMessage()
    built["From"] = formataddr((mail.sender_name, sender))
    built["To"] = mail.to
    built["Subject"] = mail.subject
    built["Date"] = format_datetime(clock.now())
    built["Message-ID"] = f"<{ids.new_v4()}@{sender.rpartition('@')[2]}>"
    built["Auto-Submitted"] = "auto-generated"
    if mail.reply_to:
        built["Reply-To"] = mail.reply_to
    for name, value in mail.headers.items():
        built[name] = value
    built.set_content(mail.text)
    built.add_alternative(mail.html, subtype="html")
    built["Content-Language"] = mail.language  # only now: it would move into the first part
    if len(built["To"].addresses) != 1:
        raise MailNotTakenError("not one address")
    return built


def send(mail: Mail, *, url: str, sender: str) -> None:
    """Send through `url`: smtp://, smtps://, smtp+starttls://user:password@host:port or file:.

    Raises MailNotTakenError for an address that is refused for good, OSError or SMTPException
    for what may pass, MailHeldError while mail is held back.
    """
    if held.get():
        raise MailHeldError
    built = message(mail, sender)
    if (outbox := folder(url)) is not None:
        _write(built, outbox)
        return
    where = urlsplit(url)
    context = ssl.create_default_context()
    host, port = where.hostname or "localhost", where.port or 25
    client: smtplib.SMTP
    if where.scheme == "smtps":
        client = smtplib.SMTP_SSL(host, where.port or 465, timeout=30, context=context)
    else:
        client = smtplib.SMTP(host, port, timeout=30)
    with client:
        if where.scheme == "smtp+starttls":
            client.starttls(context=context)
        if where.username:
            client.login(unquote(where.username), unquote(where.password or ""))
        try:
            client.send_message(built, from_addr=sender, to_addrs=[mail.to])
        except smtplib.SMTPRecipientsRefused as refused:
            code = next(iter(refused.recipients.values()))[0]
            if 500 <= code < 600:
                raise MailNotTakenError(f"refused with {code}") from refused
            raise


def folder(url: str) -> Path | None:
    """Return the folder into which `url` has mails written, or None where it has them sent."""
    return Path(url.removeprefix("file:")) if url.startswith("file:") else None


def _write(built: EmailMessage, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{clock.now():%Y%m%dT%H%M%S}-{ids.new_v7()}.eml"
    partial = folder / f".{name}.part"
    partial.write_bytes(built.as_bytes())
    partial.rename(folder / name)
