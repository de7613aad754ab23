"""REST under /api/v1: what every feature's `api.py` stands on. Read operations.py first."""

from __future__ import annotations

from partnerjourney.web.problems import ProblemError, fields
from partnerjourney.web.rest import batches
from partnerjourney.web.rest.faults import named
from partnerjourney.web.rest.files import file
from partnerjourney.web.rest.keys import actor, key
from partnerjourney.web.rest.operations import PDF, Api, match
from partnerjourney.web.rest.paging import paged
from partnerjourney.web.rest.reading import load, media_type

__all__ = [
    "PDF",
    "Api",
    "ProblemError",
    "actor",
    "batches",
    "fields",
    "file",
    "key",
    "load",
    "match",
    "media_type",
    "named",
    "paged",
]
