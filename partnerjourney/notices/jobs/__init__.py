"""The worker's part of what waits: an overview in the morning, and at once what is due.

No mail holds content: it counts, says by when, and leads to pages that ask who is reading. Each job
asks again whether its reader is a member, wants this mail, and has something to answer.
"""

from __future__ import annotations

from partnerjourney.notices.jobs.due import DueMail, due
from partnerjourney.notices.jobs.ladder import climb
from partnerjourney.notices.jobs.overviews import MOST, lines, schedule

__all__ = ["MOST", "DueMail", "climb", "due", "lines", "schedule"]
