"""The verbs of mail about what waits: who answers, what each person wants, and sending."""

from __future__ import annotations

from partnerjourney.notices.services import clearing
from partnerjourney.notices.services.answerers import name_answerers
from partnerjourney.notices.services.ladder import Ladder
from partnerjourney.notices.services.sending import (
    due_job,
    enqueue_overviews,
    mornings,
    overview_path,
    send_due,
)
from partnerjourney.notices.services.settings import (
    Stopping,
    change_own,
    find_stopping,
    set_absence,
    stop,
)

__all__ = [
    "Ladder",
    "Stopping",
    "change_own",
    "clearing",
    "due_job",
    "enqueue_overviews",
    "find_stopping",
    "mornings",
    "name_answerers",
    "overview_path",
    "send_due",
    "set_absence",
    "stop",
]
