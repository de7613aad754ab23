"""What goes after a while: links that end overviews."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from partnerjourney.core import retention
from partnerjourney.core.links import Link, Purpose

OPENS = timedelta(days=90)
"""So long the link at the foot of an overview ends it; younger mails have younger links."""


@retention.rule("links that end overviews", setting="keep_links_days")
def _overview_links(engine: Engine, _settings: Any, before: datetime) -> Iterator[int]:
    old = (Link.purpose == Purpose.OVERVIEW) & (Link.created_at < before - OPENS)
    yield from retention.delete_rows(engine, Link, old)
