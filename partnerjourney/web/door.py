"""The door: what asks for a second step, hung into the application by the feature that knows how.

web/ knows when somebody must prove more: at sign-in, before what binds, and for an organisation
that insists. How that is proven stands in credentials/.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import Response, current_app

from partnerjourney.core.logins import Step
from partnerjourney.core.parties import Organisation

PROOF = "again_"
"""The names of the fields with which a form proves who sends it begin so; no schema sees them."""


@dataclass(frozen=True)
class Door:
    """Each returns the page that asks, or None where nothing (more) is asked.

    `pause`: a first step held, in the request's session; `ask_again`: a proof that is not older
    than half an hour; `missing`: the organisation insists on a second step from this moment on.
    """

    pause: Callable[[uuid.UUID, Step, str], Response | None]
    ask_again: Callable[[], Response | None]
    missing: Callable[[Organisation, datetime], Response]


def door() -> Door:
    """Return the application's door."""
    return cast(Door, current_app.extensions["door"])
