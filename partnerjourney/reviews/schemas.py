"""What a browser may send about reports."""

from __future__ import annotations

from typing import Any

from marshmallow import (
    RAISE,
    Schema,
    ValidationError,
    fields,
    pre_load,
    validate,
    validates_schema,
)

from partnerjourney.core.documents import Document
from partnerjourney.core.texts import N_
from partnerjourney.reviews.models import ReportState
from partnerjourney.reviews.services import LANGUAGES


class ReportForm(Schema):
    """Which days and which language; days left empty mean each point's latest period."""

    date_from = fields.Date(
        data_key="from",
        load_default=None,
        error_messages={"invalid": N_("The first day is not a date.")},
    )
    date_to = fields.Date(
        data_key="to",
        load_default=None,
        error_messages={"invalid": N_("The last day is not a date on or after the first.")},
    )
    language = fields.String(
        required=True,
        validate=validate.OneOf(LANGUAGES, error=N_("Choose a language.")),
        error_messages={"required": N_("Choose a language.")},
    )

    @pre_load
    def _leave_out_empty(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {name: value for name, value in data.items() if value != ""}

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        first, last = data.get("date_from"), data.get("date_to")
        if first and last and last < first:
            raise ValidationError(N_("The last day is not a date on or after the first."), "to")


class ReportDocument(Document):
    """A report of the organisation; `pdf` is its address once it is done.

    `problem` says why one failed: it was too `large`, too `slow`, `not_allowed` to who asked any
    more, or simply `failed`.
    """

    id = fields.UUID(required=True)
    state = fields.Enum(ReportState, by_value=True, required=True)
    problem = fields.String(required=True, allow_none=True)
    language = fields.String(required=True)
    fixed_at = fields.AwareDateTime(required=True, format="iso")
    first = fields.Date(required=True, allow_none=True, data_key="from", attribute="days_from")
    last = fields.Date(required=True, allow_none=True, data_key="to", attribute="days_to")
    sha256 = fields.String(required=True)
    pdf = fields.String(required=True, allow_none=True)


class NewReport(ReportForm):
    """A report that a system asks for."""

    class Meta:
        unknown = RAISE
