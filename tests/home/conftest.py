"""What the tests of home share: the journey of the picture."""

from __future__ import annotations

from tests.maps.telenoord import chain

__all__ = ["chain"]
