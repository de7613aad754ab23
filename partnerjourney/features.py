"""Features that hear signals or do jobs: imported at the start, so that none is deaf or idle."""

from __future__ import annotations

from importlib import import_module

LISTENERS = (
    "handovers.services",
    "announcements.services",
    "proposals.services",
    "events.services",
    "surveys.services",
    "complaints.services",
    "measurement.services",
    "versions.services",
)

PAGES = (
    "web.help_pages:bp",
    "web.rest.document:bp",
    "organisations.views:accounts",
    "organisations.views:bp",
    "organisations.views:brands",
    "answering.views:bp",
    "credentials.views:bp",
    "credentials.views:rules",
    "notices.views:bp",
    "organisations.views:keys",
    "journeys.views:bp",
    "confirming.views:bp",
    "maps.views:bp",
    "proposals.views:bp",
    "library.views:bp",
    "drawing.views:bp",
    "versions.views:bp",
    "touchpoints.views:bp",
    "checks.views:bp",
    "searching.views:bp",
    "starting.views:bp",
    "joining.views:bp",
    "announcements.views:bp",
    "announcements.views:ours",
    "measurement.views:bp",
    "surveys.views:bp",
    "surveys.views:links",
    "surveys.views:respondents",
    "complaints.views:bp",
    "complaints.views:ours",
    "comments.views:bp",
    "history.views:bp",
    "reviews.views:bp",
    "leaving.views:bp",
    "groups.views:bp",
    "home.views:bp",
)
"""Blueprints with pages, in the order in which their addresses are tried."""

WORDS = ("touchpoints.words", "checks.words")
"""Modules that give templates words."""

APIS = (
    "organisations",
    "journeys",
    "drawing",
    "touchpoints",
    "announcements",
    "library",
    "proposals",
    "versions",
    "starting",
    "searching",
    "surveys",
    "measurement",
    "complaints",
    "events",
    "checks",
    "reviews",
    "comments",
    "history",
)
"""Features with an `api.py`, in the order of the document of the API."""

JOBS = (
    "core.clearing",
    "organisations.jobs",
    "credentials.jobs",
    "notices.jobs",
    "announcements.jobs",
    "confirming.jobs",
    "proposals.jobs",
    "library.jobs",
    "surveys.jobs",
    "complaints.jobs",
    "reviews.jobs",
    "leaving.jobs",
    "announcements.words.overviews",
    "versions.jobs",
    "versions.words",
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
