"""Verbs on events: record them, import a file of them, find or make cases."""

from __future__ import annotations

from partnerjourney.events.services.cases import Cases, lock_cases
from partnerjourney.events.services.chunks import CHUNK, Run
from partnerjourney.events.services.files import import_events
from partnerjourney.events.services.receiving import receive
from partnerjourney.events.services.record import Result, Status, record
from partnerjourney.events.services.routes import MappingFault

__all__ = [
    "CHUNK",
    "Cases",
    "MappingFault",
    "Result",
    "Run",
    "Status",
    "import_events",
    "lock_cases",
    "receive",
    "record",
]
