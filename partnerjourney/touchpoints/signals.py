"""News of cards for the features above; receivers get (session, card=…, at=…)."""

from __future__ import annotations

from blinker import Signal

changed = Signal("a card says something else, or is off the map")
