"""What events tell the features above them; receivers work in the sender's transaction."""

from __future__ import annotations

from blinker import Signal

case_states_changed = Signal(
    "send(system_session, journey_id=…, handover_id=…, changes=[(case_id, old_state, new_state)]);"
    " both states are the same where only the moment of completion changed"
)
