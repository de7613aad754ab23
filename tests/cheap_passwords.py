"""Passwords that cost a test nothing: the same Argon2id with the least of memory and time.

Servers that a test starts hash as in life. What it costs there, tests/core/test_passwords.py says.
"""

from __future__ import annotations

from argon2 import PasswordHasher

from partnerjourney.core import passwords

REAL = passwords._HASHER
DUMMY = passwords._DUMMY
"""What an unknown person's password is checked against."""


def use() -> None:
    """Hash cheaply in this process."""
    passwords._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    passwords._DUMMY = passwords._HASHER.hash("nobody has this one")
