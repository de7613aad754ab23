"""The page about permissions says what the policy says."""

from __future__ import annotations

from partnerjourney.core.places import CHECKOUT
from partnerjourney.core.policy import POLICY, Permission
from partnerjourney.core.policy_page import document


def test_every_permission_has_a_row() -> None:
    assert set(POLICY) == set(Permission)
    assert list(Permission) == sorted(Permission)


def test_the_page_is_made_from_the_policy() -> None:
    assert CHECKOUT is not None
    page = (CHECKOUT / "docs" / "permissions.md").read_text("utf-8")
    assert page == document(), "run `make docs`"
