"""Customer roles, control and impact in words, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask_babel import gettext, lazy_gettext

from partnerjourney.touchpoints.rules import IMPACTS

_KINDS: Mapping[str, tuple[Any, Any]] = {
    "decision_maker": (lazy_gettext("Decision maker"), lazy_gettext("decides whether to buy")),
    "influencer": (lazy_gettext("Influencer"), lazy_gettext("advises, and is listened to")),
    "user": (lazy_gettext("User"), lazy_gettext("works with it every day")),
    "buyer": (lazy_gettext("Buyer"), lazy_gettext("orders, pays, checks the invoice")),
    "gatekeeper": (lazy_gettext("Gatekeeper"), lazy_gettext("lets you in, or does not")),
}
"""Kind of a customer role → (word, what it does)."""

_CONTROLS: Mapping[str, tuple[Any, Any]] = {
    "own": (lazy_gettext("In our own hands"), lazy_gettext("the brand decides")),
    "partner": (lazy_gettext("A partner’s"), lazy_gettext("another company decides")),
    "customer": (lazy_gettext("The customer’s own"), lazy_gettext("nobody of us decides")),
}
"""Who controls a touchpoint → (word, what it means)."""

_IMPACTS: Mapping[int, Any] = {
    2: lazy_gettext("helps a lot"),
    1: lazy_gettext("helps"),
    0: lazy_gettext("makes no difference"),
    -1: lazy_gettext("gets in the way"),
    -2: lazy_gettext("gets in the way a lot"),
}

_FIELDS: Mapping[str, Any] = {
    "name": lazy_gettext("Name"),
    "phase": lazy_gettext("Phase"),
    "party": lazy_gettext("Party"),
    "channel": lazy_gettext("Channel"),
    "initiator": lazy_gettext("Starts it"),
    "receiver": lazy_gettext("Receives it"),
    "intended_experience": lazy_gettext("What it should feel like"),
    "moment_of_truth": lazy_gettext("Moment of truth"),
    "perceived": lazy_gettext("Who the customer thinks this is"),
    "perceived_told": lazy_gettext("What the customer is told about it"),
    "control": lazy_gettext("Who controls it"),
}


def field_word(name: str) -> str:
    """Return the word for a field of a card, as histories and comparisons say it; '' for others."""
    return str(_FIELDS.get(name.removesuffix("_id"), ""))


def role_kind(kind: str) -> str:
    """Return the word for the kind of a customer role."""
    return str(_KINDS[kind][0])


def role_kinds() -> list[tuple[str, str, str]]:
    """Return the kinds of customer roles to choose from, with what each does."""
    return [(kind, str(word), str(does)) for kind, (word, does) in _KINDS.items()]


def role_name(role: Any) -> str:
    """Name a customer role: by its name or its kind, with its department."""
    name = role.name or role_kind(role.kind)
    return f"{name} · {role.department}" if role.department else str(name)


def control_word(control: str) -> str:
    """Say who controls a touchpoint."""
    return str(_CONTROLS[control][0])


def control_choices() -> list[tuple[str, str, str]]:
    """Return who can control a touchpoint, with what that means."""
    return [(key, str(word), str(means)) for key, (word, means) in _CONTROLS.items()]


def impact_word(impact: int) -> str:
    """Say an impact in words."""
    return str(_IMPACTS[max(min(_IMPACTS), min(max(_IMPACTS), impact))])


def impact_figure(impact: int) -> str:
    """Write an impact with its sign: +2, 0, −1."""
    return f"+{impact}" if impact > 0 else str(impact).replace("-", "−")


def impact_choices() -> list[tuple[str, str]]:
    """Return the impacts to choose from, and none."""
    told = [(str(n), f"{impact_figure(n)} · {impact_word(n)}") for n in IMPACTS]
    return [("", gettext("impact not said")), *told]


def init_app(app: Flask) -> None:
    """Let templates use the words."""
    app.jinja_env.globals.update(
        role_kind=role_kind,
        role_kinds=role_kinds,
        role_name=role_name,
        control_word=control_word,
        control_choices=control_choices,
        impact_word=impact_word,
        impact_figure=impact_figure,
        impact_choices=impact_choices,
    )
