"""Two snapshots as one picture: what stands after, with what was taken off where it stood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from partnerjourney.versions.rules.snapshots import Snapshot

_Things = Sequence[Mapping[str, Any]]


def merged(before: Snapshot, after: Snapshot) -> dict[str, Any]:
    """Return `after` with all that only `before` has, each behind what it stood behind."""
    return {
        **after,
        **{
            name: _merged(before[name], after[name])
            for name in ("parties", "phases", "cards", "handovers")
        },
    }


def _merged(before: _Things, after: _Things) -> list[Mapping[str, Any]]:
    there = {one["id"] for one in after}
    behind: dict[str | None, list[Mapping[str, Any]]] = {}
    last: str | None = None
    for one in before:
        if one["id"] in there:
            last = one["id"]
        else:
            behind.setdefault(last, []).append(one)
    found = list(behind.get(None, ()))
    for one in after:
        found += [one, *behind.get(one["id"], ())]
    return found
