"""What the tests of the map share: the journey of the picture."""

from __future__ import annotations

from tests.maps.telenoord import chain

__all__ = ["chain"]
