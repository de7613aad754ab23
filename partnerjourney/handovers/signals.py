"""News of hand-overs for the features above; receivers get (session, handover=…, at=…)."""

from __future__ import annotations

from blinker import Signal

retired = Signal("a hand-over went off the map")
terms_made = Signal("a new member of a group got its own terms, under System; has terms=… too")
