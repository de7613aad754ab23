"""Features that hear signals or do jobs: imported at the start, so that none is deaf or idle."""

from __future__ import annotations

from importlib import import_module

LISTENERS = (
    "handovers.services",
    "proposals.services",
    "events.services",
    "surveys.services",
    "measurement.services",
)

APIS = (
    "organisations",
    "journeys",
    "drawing",
    "proposals",
    "surveys",
    "measurement",
    "events",
    "reviews",
)
"""Features with an `api.py`, in the order of the document of the API."""

JOBS = (
    "core.clearing",
    "organisations.jobs",
    "credentials.jobs",
    "notices.jobs",
    "proposals.jobs",
    "surveys.jobs",
    "reviews.jobs",
    "leaving.jobs",
    "home.words",
)
"""What a worker knows how to do."""


def employ() -> None:
    """Import the features whose jobs a worker does."""
    for module in JOBS:
        import_module(f"partnerjourney.{module}")


def connect() -> None:
    """Import the features that receive signals of the features below them."""
    for module in LISTENERS:
        import_module(f"partnerjourney.{module}")
