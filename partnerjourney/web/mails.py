"""Mails: rendered from a pair of templates, in a worker as well as in a request.

A mail `organisations/mail/reset` is two files: `….txt` extends mail.txt and holds the blocks
`subject` and `text`; `….html` extends mail.html and holds the block `body`. Both get the same
context. A job calls `send_mail`; only an application context is needed, no request. Addresses in
mails are made from `settings.base_url`, never by url_for: a mail does not know a Host header.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from babel.dates import format_date
from flask import current_app, render_template
from jinja2_fragments.flask import render_block

from partnerjourney.core import mail
from partnerjourney.core.settings import Settings
from partnerjourney.web.language import speaking


class Rendered(NamedTuple):
    """A mail's three texts."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Brand:
    """Who speaks in a mail; colours are literal hex, for light and dark readers of mail."""

    name: str
    text: str = "#1456ad"
    text_dark: str = "#7ab6ff"
    solid: str = "#1456ad"
    ink: str = "#ffffff"
    address: str = ""


OURS = Brand("PartnerJourney")
"""The product itself, for mails about a person's own account."""


def render_mail(template: str, language: str, **context: Any) -> Rendered:
    """Return subject, text and HTML of a mail; needs an application context, no request."""
    context.setdefault("brand", OURS)
    context["locale"] = language
    with speaking(language):
        subject = render_block(f"{template}.txt", "subject", **context)
        text = render_template(f"{template}.txt", **context)
        html = render_template(f"{template}.html", **context)
    return Rendered(" ".join(subject.split()), _tidy(text), html)


def send_mail(
    template: str,
    language: str,
    *,
    to: str,
    sender_name: str,
    reply_to: str | None = None,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> None:
    """Render a mail and send it; raises what core.mail.send raises."""
    settings: Settings = current_app.extensions["settings"]
    subject, text, html = render_mail(template, language, **context)
    mail.send(
        mail.Mail(
            to=to,
            subject=subject,
            text=text,
            html=html,
            sender_name=sender_name,
            reply_to=reply_to,
            language=language,
            headers=dict(headers or {}),
        ),
        url=settings.mail_url,
        sender=settings.mail_sender,
    )


def day_in_words(day: date, language: str) -> str:
    """Write a day for a mail: woensdag 18 maart 2026."""
    return str(format_date(day, "EEEE d MMMM y", locale=language))


def _tidy(text: str) -> str:
    """Leave one empty line between paragraphs."""
    return re.sub(r"\n{3,}", "\n\n", text.strip()) + "\n"
