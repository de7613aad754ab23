"""Verbs on events: record them, import a file of them, find or make cases.

`ages` is imported for its receiver: pages ask when each organisation last sent something.
"""

from __future__ import annotations

from partnerjourney.events.services import ages
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
    "ages",
    "import_events",
    "lock_cases",
    "receive",
    "record",
]
