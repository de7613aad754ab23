"""A phone begins with the page itself, in the demo too."""

from __future__ import annotations

import pytest

from tests.browser.live import PHONE, Live, sound
from tests.browser.test_main_job import brand_exists, sign_in


@pytest.mark.parametrize("live", [False, True], indirect=True, ids=["own", "demo"])
def test_the_page_stands_on_the_first_screen(live: Live) -> None:
    brand_exists(live)
    page = live.person(phone=True)
    sign_in(page, "anna@telenoord.example")
    for path in ("", "journeys/", "organisation/"):
        page.goto(f"/o/telenoord/{path}")
        box = page.locator("h1").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < PHONE["height"] / 2, (path, box)
        sound(page)
