"""Who answers, who is told, and what somebody chose."""

from __future__ import annotations

from partnerjourney.notices.queries.answerers import (
    Colleague,
    OwnJourney,
    Person,
    answerers_rows,
    colleagues,
    deputy_of,
    escalation_of,
    first_of,
    journeys,
)
from partnerjourney.notices.queries.readers import Reader, readers, setting_of, settings_of

__all__ = [
    "Colleague",
    "OwnJourney",
    "Person",
    "Reader",
    "answerers_rows",
    "colleagues",
    "deputy_of",
    "escalation_of",
    "first_of",
    "journeys",
    "readers",
    "setting_of",
    "settings_of",
]
