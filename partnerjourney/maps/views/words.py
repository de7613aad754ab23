"""The words and icons of the map: channels, kinds of party, time limits, fields of the terms."""

from __future__ import annotations

from flask_babel import gettext, ngettext

from partnerjourney.core.parties import Party, PartyKind
from partnerjourney.handovers.rules import DurationError, parse_time_limit
from partnerjourney.touchpoints.rules import Channel

ICONS = {
    Channel.APP: "smartphone",
    Channel.CHAT: "message-square",
    Channel.COUNTER: "store",
    Channel.EMAIL: "mail",
    Channel.LETTER: "file-text",
    Channel.PHONE: "phone",
    Channel.PRODUCT: "package",
    Channel.PUSH: "smartphone",
    Channel.SMS: "message-square",
    Channel.SOCIAL: "users",
    Channel.VISIT: "door-open",
    Channel.WEBSITE: "globe",
}


def channel(value: str | None) -> tuple[str, str]:
    """Return the word and the icon of a channel; another word stands as it was typed."""
    if not value:
        return "", ""
    try:
        known = Channel(value)
    except ValueError:
        return value, "circle-dashed"
    words = {
        Channel.APP: gettext("App"),
        Channel.CHAT: gettext("Chat"),
        Channel.COUNTER: gettext("Counter"),
        Channel.EMAIL: gettext("Email"),
        Channel.LETTER: gettext("Letter"),
        Channel.PHONE: gettext("Phone"),
        Channel.PRODUCT: gettext("Product"),
        Channel.PUSH: gettext("Push message"),
        Channel.SMS: gettext("Text message"),
        Channel.SOCIAL: gettext("Social media"),
        Channel.VISIT: gettext("Visit"),
        Channel.WEBSITE: gettext("Website"),
        Channel.OTHER: gettext("Other"),
    }
    return words[known], ICONS.get(known, "circle-dashed")


def time_limit(text: str | None) -> str:
    """Say a time limit in words: PT48H → within 48 hours, P2D → within 2 working days."""
    if not text:
        return ""
    try:
        limit = parse_time_limit(text)
    except DurationError:
        return text
    hours, minutes = divmod(limit.minutes, 60)
    parts = []
    if limit.working_days:
        parts.append(ngettext("%(num)s working day", "%(num)s working days", limit.working_days))
    if hours:
        parts.append(ngettext("%(num)s hour", "%(num)s hours", hours))
    if minutes:
        parts.append(ngettext("%(num)s minute", "%(num)s minutes", minutes))
    joined = parts[0]
    for part in parts[1:]:
        joined = gettext("%(first)s and %(second)s", first=joined, second=part)
    return str(gettext("within %(time)s", time=joined))


def term(name: str) -> str:
    """Name a field of a hand-over; KeyError for one that does not exist."""
    return {
        "name": gettext("Name"),
        "trigger": gettext("Trigger"),
        "time_limit": gettext("Time limit"),
        "checklist": gettext("Checklist at the hand-over"),
        "refuse_reasons": gettext("Reasons to refuse"),
        "contact_name": gettext("Contact if it goes wrong"),
        "contact_reach": gettext("Can be reached"),
        "told": gettext("What the customer hears"),
    }[name]


def lane_role(party: Party, *, members: int) -> str:
    """Say what a lane is, below its name; `members` 0 where the reader may not know how many."""
    if party.kind is PartyKind.GROUP:
        group = (
            ngettext("Group of %(num)s", "Group of %(num)s", members)
            if members
            else gettext("Group")
        )
        return f"{party.subtitle} · {group[:1].lower()}{group[1:]}" if party.subtitle else group
    return party.subtitle or (gettext("Coordinates") if party.orchestrator else "")
