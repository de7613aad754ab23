"""Codes of an app and recovery codes, how long steps last, and who must take one from when."""

from __future__ import annotations

from datetime import timedelta

STEP_LASTS = timedelta(minutes=10)
"""Between the first step of signing in and the second."""

SETUP_LASTS = timedelta(minutes=30)
"""For setting up an app."""

MOST_TRIES = 5
"""So many wrong codes after one password; then the password is asked again."""

CHALLENGE_LASTS = timedelta(minutes=5)
"""For a browser to answer with a passkey."""

MOST_PASSKEYS = 20

GRACE_DAYS = (7, 14, 30)
"""How long members get before an organisation insists."""
