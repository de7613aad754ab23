"""All tables under one name, for migrations and sweeps; imports every feature's models."""

from __future__ import annotations

from importlib import import_module

from partnerjourney.core.db import Base

MODELS = (
    "core.parties",
    "core.apart",
    "core.audit",
    "core.heads",
    "core.jobs",
    "core.ledger",
    "core.links",
    "core.logins",
    "core.tokens",
    "organisations.models",
    "answering.models",
    "credentials.models",
    "notices.models",
    "journeys.models",
    "touchpoints.models",
    "handovers.models",
    "announcements.models",
    "confirming.models",
    "proposals.models",
    "versions.models",
    "library.models",
    "events.models",
    "surveys.models",
    "complaints.models",
    "comments.models",
    "measurement.models",
    "reviews.models",
)


def load() -> type[Base]:
    """Import every module with tables and return the base that knows them all."""
    for module in MODELS:
        import_module(f"partnerjourney.{module}")
    return Base
