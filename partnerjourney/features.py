"""Every feature that hears signals: imported at the start, so that none is deaf in any process."""

from __future__ import annotations

from importlib import import_module

LISTENERS = (
    "handovers.services",
    "events.services",
    "surveys.services",
    "measurement.services",
)


def connect() -> None:
    """Import the features that receive signals of the features below them."""
    for module in LISTENERS:
        import_module(f"partnerjourney.{module}")
