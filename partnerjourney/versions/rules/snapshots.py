"""A snapshot: everything that every party of a journey sees, as one document with one hash.

    {"schema": 1, "journey": {…}, "parties": […], "roles": […], "phases": […], "cards": […],
     "handovers": […]}

Things stand in the order of the map and are named by their lasting ids, as text. The terms of a
hand-over stand in circles and are not in it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

SCHEMA = 1
REPRESENTED = ("organisation", "group")
"""Kinds of parties for which somebody can answer."""

Snapshot = Mapping[str, Any]

_DOMAIN = b"partnerjourney: version of a journey, schema 1\n"


def canonical(snapshot: Snapshot) -> str:
    """Return a snapshot as text: keys sorted, no spaces, so that equal ones are the same text."""
    return json.dumps(
        snapshot, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )


def digest(snapshot: Snapshot) -> str:
    """Return the SHA-256 of a snapshot, in hexadecimal; it names exactly this text."""
    return hashlib.sha256(_DOMAIN + canonical(snapshot).encode()).hexdigest()
