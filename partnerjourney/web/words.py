"""The words on screen for values that the code knows by a key, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Flask
from flask_babel import gettext, lazy_gettext, ngettext

_CHANNELS: Mapping[str, tuple[Any, str]] = {
    "app": (lazy_gettext("App"), "smartphone"),
    "chat": (lazy_gettext("Chat"), "message-circle"),
    "counter": (lazy_gettext("Counter"), "store"),
    "email": (lazy_gettext("Email"), "mail"),
    "letter": (lazy_gettext("Letter"), "file-text"),
    "phone": (lazy_gettext("Phone"), "phone"),
    "product": (lazy_gettext("Product"), "package"),
    "push": (lazy_gettext("Push message"), "bell"),
    "sms": (lazy_gettext("Text message"), "message-square"),
    "social": (lazy_gettext("Social media"), "users"),
    "visit": (lazy_gettext("Visit"), "door-open"),
    "website": (lazy_gettext("Website"), "globe"),
    "other": (lazy_gettext("Other"), "circle-dot"),
}
"""Known channel → (word, icon)."""

_PARTY_KINDS: Mapping[str, Any] = {
    "organisation": lazy_gettext("Organisation"),
    "group": lazy_gettext("Group of parties"),
    "customer": lazy_gettext("The customer"),
    "unrepresented": lazy_gettext("Not represented here"),
}


def channel_word(channel: str | None) -> str:
    """Return the word for a channel; an unknown one is its own word."""
    if not channel:
        return ""
    return str(_CHANNELS[channel][0]) if channel in _CHANNELS else channel


def channel_words(channels: Iterable[str | None]) -> dict[str | None, str]:
    """Return the word for each of these channels, looked up once."""
    return {channel: channel_word(channel) for channel in set(channels)}


def channel_icon(channel: str | None) -> str:
    """Return the name of a channel's icon."""
    return _CHANNELS[channel][1] if channel and channel in _CHANNELS else "circle-dot"


def channel_choices(current: str | None = None) -> list[tuple[str, str]]:
    """Return the channels to choose from, the present one among them."""
    found = sorted(((key, str(word)) for key, (word, _) in _CHANNELS.items()), key=lambda c: c[1])
    if current and current not in _CHANNELS:
        found.append((current, current))
    return found


def party_kind(kind: str) -> str:
    """Return the words for the kind of a party."""
    return str(_PARTY_KINDS[kind])


def within(working_days: int, minutes: int) -> str:
    """Say how long something may take: within 2 working days, within 48 hours."""
    hours, rest = divmod(minutes, 60)
    parts = []
    if working_days:
        parts.append(ngettext("%(num)s working day", "%(num)s working days", working_days))
    if hours:
        parts.append(ngettext("%(num)s hour", "%(num)s hours", hours))
    if rest:
        parts.append(ngettext("%(num)s minute", "%(num)s minutes", rest))
    joined = parts[0]
    for part in parts[1:]:
        joined = gettext("%(first)s and %(second)s", first=joined, second=part)
    return str(gettext("within %(time)s", time=joined))


def init_app(app: Flask) -> None:
    """Let templates use the words."""
    app.jinja_env.globals.update(
        channel_word=channel_word,
        channel_icon=channel_icon,
        channel_choices=channel_choices,
        party_kind=party_kind,
    )
