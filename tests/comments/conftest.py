"""What the tests of conversations share: the journey of the picture, and who talks in it."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.comments.talks import Talks
from tests.maps.telenoord import Telenoord, chain

__all__ = ["chain", "talks"]


@pytest.fixture
def talks(app: Flask, chain: Telenoord) -> Talks:
    """Give everybody a browser."""
    return Talks(app, chain)
