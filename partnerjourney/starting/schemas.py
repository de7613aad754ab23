"""What a browser may send to begin a journey."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from partnerjourney.core.texts import N_, Said, Text
from partnerjourney.organisations.schemas import Email

CHOOSE = N_("Choose one of the list.")
LONGEST_ROWS = 100_000


def _one_of(*values: str) -> validate.OneOf:
    return validate.OneOf(values, error=CHOOSE)


class Rows(fields.String):
    """Pasted rows: tabs and line breaks stay; what is wrong with a line is said at that line."""

    default_error_messages = {"required": N_("Fill this in.")}  # noqa: RUF012 - marshmallow's own

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not text.strip():
            raise self.make_error("required")
        if len(text) > LONGEST_ROWS:
            raise ValidationError(
                [
                    Said(
                        N_("Use at most %(most)s characters; this has %(n)s."),
                        most=LONGEST_ROWS,
                        n=len(text),
                    )
                ]
            )
        return text


class LookForm(Schema):
    """A file or its text; the file itself is read apart. What was chosen for another text falls."""

    class Meta:
        unknown = EXCLUDE

    text = fields.String(load_default="")


class ChoicesForm(Schema):
    """What the file does not say."""

    text = fields.String(required=True)
    name = Text(120, required=True)
    language = fields.String(load_default="nl", validate=_one_of("nl", "en"))
    form_of_address = fields.String(load_default="u", validate=_one_of("u", "je"))
    me = fields.String(load_default="", validate=validate.Length(max=200))
    customer = fields.String(load_default="", validate=validate.Length(max=200))


class SectorForm(Schema):
    """A journey made of a sector's example."""

    sector = fields.String(load_default="", validate=validate.Length(max=40))
    name = Text(120, required=True)
    language = fields.String(load_default="nl", validate=_one_of("nl", "en"))
    form_of_address = fields.String(load_default="u", validate=_one_of("u", "je"))


class CopyForm(Schema):
    """The name of a copy."""

    name = Text(120, required=True)


class FirstForm(Schema):
    """One hand-over, one partner, one question."""

    direction = fields.String(required=True, validate=_one_of("giving", "taking"))
    partner = Text(120, required=True)
    email = Email(required=True)
    notices = Text(60, required=True)
    told = Text(500, lines=True, load_default="")
    contact_name = Text(120, required=True)
    contact_email = Email(required=True)
    language = fields.String(load_default="nl", validate=_one_of("nl", "en"))
    form_of_address = fields.String(load_default="u", validate=_one_of("u", "je"))


class RowsForm(Schema):
    """Rows out of a spreadsheet."""

    text = Rows(required=True)
