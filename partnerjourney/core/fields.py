"""Fields of forms that name something on the page: an id, a choice, the version that was seen."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from partnerjourney.core.texts import N_

CHOOSE = N_("Choose one of the list.")


class Reference(fields.UUID):
    """The id of something on the page; an empty choice means none."""

    default_error_messages = {  # noqa: RUF012 - marshmallow's own interface
        "invalid_uuid": CHOOSE,
        "required": CHOOSE,
        "null": CHOOSE,
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if value == "" and not self.required:
            return None
        return super()._deserialize(value, attr, data, **kwargs)


def choice(kind: Any, **given: Any) -> fields.Enum[Any]:
    """Return a field for one value of an enum."""
    messages: dict[str, Any] = {"unknown": CHOOSE, "required": CHOOSE, "null": CHOOSE}
    return fields.Enum(kind, by_value=True, error_messages=messages, **given)


def version() -> fields.Integer:
    """Return the field that names the version that was on the screen."""
    return fields.Integer(required=True, strict=False)
