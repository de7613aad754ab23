"""What journeys ask the features above."""

from __future__ import annotations

from blinker import Signal

sending_asked = Signal("when did each organisation last send something of a journey?")
"""Receivers get (session, journey_id=…) and return organisation → moment, as the scope reads it."""
