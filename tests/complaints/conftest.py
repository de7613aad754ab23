"""The story of a delivery, on the engine of the test."""

from __future__ import annotations

from tests.surveys.conftest import story

__all__ = ["story"]
