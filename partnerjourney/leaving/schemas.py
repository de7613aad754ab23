"""What a browser may send about suspending and leaving."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, pre_load

from partnerjourney.core.texts import N_, Text

_DAY: dict[str, Any] = {"required": N_("Choose a day."), "invalid": N_("This is not a date.")}


class _Form(Schema):
    @pre_load
    def _strip(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        stripped = {n: v.strip() if isinstance(v, str) else v for n, v in data.items()}
        return {name: value for name, value in stripped.items() if value != ""}


class LeavingForm(_Form):
    """The last day, until when the past is read, and why."""

    ends_on = fields.Date(required=True, error_messages=_DAY)
    reads_until = fields.Date(load_default=None, error_messages=_DAY)
    reason = Text(500, lines=True, load_default="")


class SuspendForm(_Form):
    """Why a party is suspended."""

    reason = Text(500, lines=True, load_default="")


class InterimForm(_Form):
    """Which party looks after the lane; empty is the coordinator."""

    interim = fields.UUID(
        load_default=None, error_messages={"invalid_uuid": N_("Choose a party that takes part.")}
    )
