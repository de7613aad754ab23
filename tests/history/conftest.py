"""What the tests of the history share: the journey of the picture, and who acts in it."""

from __future__ import annotations

from tests.comments.conftest import talks
from tests.maps.telenoord import chain

__all__ = ["chain", "talks"]
