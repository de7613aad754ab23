"""News of proposals for reminders and features above; receivers get (session, proposal=, at=)."""

from __future__ import annotations

from blinker import Signal

made = Signal("a change was put to the other side")
decided = Signal("a proposal is open no more")
emergency = Signal("somebody changed a hand-over without asking, for some hours")
calmed = Signal("an emergency change ended, and the old text stands again")
