"""Two who act at once: one holds what it changed and has not committed, the other waits for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

WAITS = 0.6  # seconds: enough for the other to come to the lock; less finds less, and never fails


def during(act: Callable[[], AbstractContextManager[None]], post: Callable[[], Any]) -> Any:
    """Post while an act holds what it changed and has not committed yet; returns the answer."""
    answers: list[Any] = []
    thread = threading.Thread(target=lambda: answers.append(post()))
    with act():
        thread.start()
        time.sleep(WAITS)
    thread.join()
    return answers[0]
