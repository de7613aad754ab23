"""What events say, and what they make of a case: promises, lateness, state; no database.

Read `states.py` first; `promises.py` has the calendar, `mapping.py` how a file names its columns,
`rows.py` how one row of it becomes events.
"""

from __future__ import annotations

from partnerjourney.events.rules.kinds import EventKind, State

__all__ = ["EventKind", "State"]
