"""What a card of a document is to the customer roles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Check = Callable[[Any], str | None]


def weighings(key: Check, flag: Check, impact: Check) -> Check:
    """Return a check for what a card is to the customer roles: one object for each."""
    known = ("role", "moment_of_truth", "impact")

    def one(item: Any) -> str | None:
        if not isinstance(item, dict) or "role" not in item:
            return "must be a list of objects with a role"
        if unknown := [name for name in item if name not in known]:
            return f"has the unknown key {unknown[0]}"
        if (found := key(item["role"])) is not None:
            return f"role {found}"
        if "moment_of_truth" in item and (found := flag(item["moment_of_truth"])) is not None:
            return f"moment_of_truth {found}"
        found = impact(item["impact"]) if "impact" in item else None
        return f"impact {found}" if found else None

    def check(value: Any) -> str | None:
        if not isinstance(value, list) or len(value) > 60:
            return "must be a list of at most 60 objects"
        return next((found for item in value if (found := one(item))), None)

    return check
