"""Domain errors that web/errors.py and the command line turn into answers, once."""

from __future__ import annotations

from collections.abc import Mapping


class NotFoundError(Exception):
    """It does not exist, or not for you: both look the same (404)."""


class ConflictError(Exception):
    """The step does not exist from this state (409)."""


class StaleVersionError(ConflictError):
    """Somebody else saved in between (409); nothing typed is lost.

    `current` maps each field to what stands there now, for the page to show beside the typed text.
    """

    def __init__(self, current: Mapping[str, object] | None = None) -> None:
        super().__init__("somebody else saved in between")
        self.current = dict(current or {})


class TooManyAttemptsError(Exception):
    """Too many attempts for this account, address or link (429)."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"try again in {retry_after} s")
        self.retry_after = retry_after


class InputError(Exception):
    """What was sent cannot be taken: field → messages (422)."""

    def __init__(self, messages: Mapping[str, list[str]]) -> None:
        super().__init__("; ".join(f"{k}: {', '.join(v)}" for k, v in messages.items()))
        self.messages = dict(messages)
