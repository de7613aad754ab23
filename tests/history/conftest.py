"""What the tests of the history share: the journey of the picture, and who acts in it."""

from __future__ import annotations

from tests.comments.conftest import talks
from tests.maps.telenoord import chain, telenoord_copies

__all__ = ["chain", "talks", "telenoord_copies"]
