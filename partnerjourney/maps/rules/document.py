"""A journey as JSON: what a document must be, every fault with its place, before anything is kept.

The smallest accepted document and the meaning of its keys stand in docs/journey-file.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from partnerjourney.maps.rules.references import Fault, references
from partnerjourney.maps.rules.weighings import weighings

LANGUAGES = ("nl", "en")
FORMS = ("u", "je")
PARTY_KINDS = ("organisation", "group", "customer", "unrepresented")
CARD_KINDS = ("touchpoint", "step")
JOURNEY_KINDS = ("end_to_end", "micro", "lifeline", "employee")
METRICS = ("nps", "csat", "ces")
CONTROLS = ("own", "partner", "customer")
ROLE_KINDS = ("decision_maker", "influencer", "user", "buyer", "gatekeeper")
OPTIONAL = ("roles", "cards", "handovers", "points", "checklist", "reasons")
ADVICE_KINDS = ("do", "dont")
RULES = tuple(f"S{number}" for number in range(1, 10))
JOURNEY_FIELDS = (
    "language",
    "time_zone",
    "form_of_address",
    "contact_name",
    "contact_email",
    "contact_phone",
)
TERM_FIELDS = ("name", "trigger", "time_limit", "checklist", "refuse_reasons")
CONTACT_FIELDS = ("contact_name", "contact_reach", "contact_hours")
MOST = 2000  # things of one kind: far above any real journey, far below what would hurt


Check = Callable[[Any], str | None]


def text(longest: int, *, empty: bool = True) -> Check:
    """Return a check for a line of text without control or direction characters."""

    def check(value: Any) -> str | None:
        if not isinstance(value, str):
            return "must be text"
        if not value.strip() and not empty:
            return "must not be empty"
        if len(value) > longest:
            return f"is longer than {longest} characters"
        return "contains control characters" if unseen(value) else None

    return check


def unseen(value: str) -> bool:
    """Say whether a text holds characters that hide or reorder others."""
    return any(
        (ord(c) < 32 and c not in "\n\t")
        or 0x7F <= ord(c) < 0xA0
        or ord(c) in range(0x202A, 0x202F)
        or ord(c) in range(0x2066, 0x206A)
        or ord(c) in (0x200E, 0x200F, 0x061C, 0xFEFF)
        or 0xD800 <= ord(c) < 0xE000
        for c in value
    )


def one_of(values: Sequence[str]) -> Check:
    """Return a check for one of a few words."""

    def check(value: Any) -> str | None:
        fits = isinstance(value, str) and value in values
        return None if fits else f"must be one of {', '.join(values)}"

    return check


def texts(longest: int) -> Check:
    """Return a check for a list of at most 20 lines of text."""
    line = text(longest, empty=False)

    def check(value: Any) -> str | None:
        if not isinstance(value, list) or len(value) > 20:
            return "must be a list of at most 20 lines"
        return next((found for item in value if (found := line(item))), None)

    return check


def whole(least: int, most: int) -> Check:
    """Return a check for a whole number from `least` to `most`."""

    def check(value: Any) -> str | None:
        fits = isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
        return None if fits else f"must be a whole number from {least} to {most}"

    return check


def flag(value: Any) -> str | None:
    """Check for true or false."""
    return None if isinstance(value, bool) else "must be true or false"


@dataclass(frozen=True)
class Shape:
    """The keys that one kind of object has: those it must have, and all with their checks."""

    required: tuple[str, ...]
    keys: Mapping[str, Check]


def shapes(slug: Check, key: Check, time_limit: Check, zone: Check) -> dict[str, Shape]:
    """Return the shapes of a document; what needs other modules' rules is given."""
    line, name, maybe = text(120), text(80, empty=False), _nullable
    return {
        "journey": Shape(
            ("slug", "name"),
            {
                "slug": slug,
                "name": text(120, empty=False),
                "language": one_of(LANGUAGES),
                "time_zone": zone,
                "kind": one_of(JOURNEY_KINDS),
                "parent": slug,
                "parent_from": key,
                "parent_to": key,
                "cadence_days": whole(1, 3650),
                "form_of_address": one_of(FORMS),
                "contact_name": maybe(line),
                "contact_email": maybe(text(254)),
                "contact_phone": maybe(text(40)),
            },
        ),
        "parties": Shape(
            ("key", "name", "kind"),
            {
                "key": key,
                "name": text(120, empty=False),
                "kind": one_of(PARTY_KINDS),
                "orchestrator": flag,
                "subtitle": line,
            },
        ),
        "phases": Shape(("key", "name"), {"key": key, "name": name, "use": flag}),
        "roles": Shape(
            ("key", "kind"),
            {"key": key, "kind": one_of(ROLE_KINDS), "name": text(80), "department": text(80)},
        ),
        "cards": Shape(
            ("key", "phase", "party", "kind", "name"),
            {
                "key": key,
                "phase": key,
                "party": key,
                "kind": one_of(CARD_KINDS),
                "name": name,
                "initiator": maybe(key),
                "receiver": maybe(key),
                "channel": maybe(text(40)),
                "intended_experience": text(300),
                "moment_of_truth": flag,
                "perceived": maybe(key),
                "perceived_told": text(300),
                "control": maybe(one_of(CONTROLS)),
                "roles": weighings(key, flag, whole(-2, 2)),
            },
        ),
        **_path_shapes(key, time_limit),
    }


def _path_shapes(key: Check, time_limit: Check) -> dict[str, Shape]:
    short, line, long, maybe = text(60), text(120), text(500), _nullable
    return {
        "handovers": Shape(
            ("key", "from", "to"),
            {
                "key": key,
                "from": key,
                "to": key,
                "from_card": maybe(key),
                "to_card": maybe(key),
                "time_limit": maybe(time_limit),
                "label": short,
                "told": long,
                "name": text(80),
                "trigger": text(300),
                "checklist": texts(200),
                "refuse_reasons": texts(200),
                "contact_name": line,
                "contact_reach": text(200),
                "contact_hours": line,
            },
        ),
        "points": Shape(
            ("key", "card", "metric"),
            {
                "key": key,
                "card": key,
                "metric": one_of(METRICS),
                "subject": short,
                "covers": _keys(key),
            },
        ),
        "checklist": Shape(
            ("kind", "text"),
            {"kind": one_of(ADVICE_KINDS), "text": text(200, empty=False), "done": flag},
        ),
        "reasons": Shape(("rule", "text"), {"rule": one_of(RULES), "text": text(500, empty=False)}),
    }


def _nullable(check: Check) -> Check:
    return lambda value: None if value is None else check(value)


def _keys(key: Check) -> Check:
    def check(value: Any) -> str | None:
        if not isinstance(value, list) or not value:
            return "must be a list of keys of hand-overs"
        return next((found for item in value if (found := key(item))), None)

    return check


def check_document(document: Any, known: Mapping[str, Shape]) -> list[Fault]:
    """Return every fault of a document, in the order of the file; none means it can be kept."""
    if not isinstance(document, dict):
        return [Fault("", "must be an object")]
    faults = [Fault(name, "unknown key") for name in document if name not in known]
    for kind, shape in known.items():
        value = document.get(kind, [] if kind in OPTIONAL else None)
        if kind == "journey":
            faults += _check_object(kind, value, shape)
        elif not isinstance(value, list):
            faults.append(Fault(kind, "is missing" if value is None else "must be a list"))
        elif len(value) > MOST:
            faults.append(Fault(kind, f"has more than {MOST} entries"))
        else:
            for index, item in enumerate(value):
                faults += _check_object(f"{kind}[{index}]", item, shape)
            faults += _doubles(kind, value)
    return faults or references(document)


def _check_object(path: str, value: Any, shape: Shape) -> list[Fault]:
    if not isinstance(value, dict):
        return [Fault(path, "is missing" if value is None else "must be an object")]
    faults = [Fault(f"{path}.{name}", "is missing") for name in shape.required if name not in value]
    for name, given in value.items():
        check = shape.keys.get(name)
        message = "unknown key" if check is None else check(given)
        if message:
            faults.append(Fault(f"{path}.{name}", message))
    return faults


def _doubles(kind: str, items: Iterable[Any]) -> list[Fault]:
    seen: set[str] = set()
    faults = []
    for index, item in enumerate(items):
        name = "rule" if kind == "reasons" else "key"
        key = item.get(name) if isinstance(item, dict) else None
        if not isinstance(key, str):
            continue
        if key in seen:
            faults.append(Fault(f"{kind}[{index}].{name}", f"{key} occurs twice"))
        seen.add(key)
    return faults
