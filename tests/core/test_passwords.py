"""What guessing a password costs: the tests' own hashes are cheap, the product's are not."""

from __future__ import annotations

import pytest
from argon2 import Type

from partnerjourney.core import passwords
from tests.cheap_passwords import DUMMY, REAL


def test_it_takes_64_mebibytes_and_as_much_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_HASHER", REAL)
    monkeypatch.setattr(passwords, "_DUMMY", DUMMY)
    assert (REAL.time_cost, REAL.memory_cost, REAL.parallelism) == (3, 64 * 1024, 4)
    assert REAL.type is Type.ID
    assert not REAL.check_needs_rehash(DUMMY), "an unknown person takes as long as a known one"
    stored = passwords.hash_password("drie bruine koffers")
    assert not passwords.outdated(stored)
    assert passwords.verify(stored, "drie bruine koffers")
    assert not passwords.verify(stored, "drie bruine koffers.")
    assert not passwords.verify(None, "drie bruine koffers")
