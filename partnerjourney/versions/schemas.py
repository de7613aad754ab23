"""What a browser or a partner's system may send about versions, and what it gets."""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema, fields, validate

from partnerjourney.core.documents import Document
from partnerjourney.core.texts import Text
from partnerjourney.versions.rules import Mark, State, Thing, Way, Why


class _Form(Schema):
    class Meta:
        """Buttons have names too."""

        unknown = EXCLUDE


class NewVersionForm(_Form):
    """What changed, and whether parties are asked at once."""

    note = Text(500, lines=True, load_default="")
    reason = Text(500, lines=True, load_default="")
    keep = fields.Boolean(load_default=False)


class ReasonForm(_Form):
    """A reason, where one is needed."""

    reason = Text(500, lines=True, load_default="")


class NoteForm(_Form):
    """What changed, in words."""

    note = Text(500, lines=True, load_default="")


class AgreeForm(_Form):
    """Which text is agreed to: the one that was shown."""

    sha256 = fields.String(load_default="", validate=validate.Length(max=64))


class RestoreForm(_Form):
    """Upon which working copy the preview was made, and what the other parties read."""

    upon = fields.String(load_default="", validate=validate.Length(max=64))
    reason = Text(300, lines=True, load_default="")


# --- REST ----------------------------------------------------------------------------------------


class VersionAsked(Document):
    """One of the asked parties, and whether it said yes; null for a group, which answers apart."""

    party = fields.UUID(required=True)
    agreed = fields.Boolean(required=True, allow_none=True)


class VersionDocument(Document):
    """A version: where it stands, the hash of its text, and who was asked."""

    id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    state = fields.Enum(State, by_value=True, required=True)
    sha256 = fields.String(required=True)
    note = fields.String(required=True)
    asked = fields.List(fields.Nested(VersionAsked), required=True)
    unconfirmed = fields.List(fields.UUID(), required=True)
    made = fields.AwareDateTime(required=True)
    put_forward = fields.AwareDateTime(required=True, allow_none=True)
    due = fields.AwareDateTime(required=True, allow_none=True)
    decided = fields.AwareDateTime(required=True, allow_none=True)
    in_use_since = fields.AwareDateTime(required=True, allow_none=True)


class VersionText(VersionDocument):
    """A version with its text: what every party of the journey saw at that moment."""

    text = fields.Dict(required=True)


class DifferenceQuery(Document):
    """Which two: ids of versions, or `now` for the map as it is now.

    Without `from` the version in use, or else the latest; without `to` the map as it is now.
    """

    before = Text(36, data_key="from", load_default=None, validate=validate.Length(min=1))
    after = Text(36, data_key="to", load_default="now", validate=validate.Length(min=1))


class ChangedThing(Document):
    """A thing that differs: as it stood, as it stands, and which of its fields say otherwise."""

    thing = fields.Enum(Thing, by_value=True, required=True)
    id = fields.UUID(required=True, allow_none=True)
    marks = fields.List(fields.Enum(Mark, by_value=True), required=True)
    fields_ = fields.List(fields.String(), required=True, data_key="fields", attribute="fields")
    before = fields.Dict(required=True, allow_none=True)
    after = fields.Dict(required=True, allow_none=True)


class DifferenceDocument(Document):
    """What differs between two versions; null is the map as it is now."""

    before = fields.UUID(required=True, allow_none=True, data_key="from")
    after = fields.UUID(required=True, allow_none=True, data_key="to")
    changes = fields.List(fields.Nested(ChangedThing), required=True)


class RestoringStep(ChangedThing):
    """What bringing a version back does with one difference, or why it does nothing.

    It `does` what one draws oneself, and proposes the rest to its party; `fields` are those that
    the step is about.
    """

    way = fields.Enum(Way, by_value=True, required=True, data_key="does")
    why = fields.Enum(Why, by_value=True, required=True, allow_none=True)


class RestorePreviewDocument(Document):
    """What bringing a version back would do to the map as it is `upon`."""

    upon = fields.String(required=True)
    steps = fields.List(fields.Nested(RestoringStep), required=True)


class RestoreRequest(Document):
    """Upon which map a version is brought back, and what other parties read with a proposal."""

    upon = Text(64, required=True)
    reason = Text(300, lines=True, required=True)


class RestoredDocument(Document):
    """What became of it: the steps that were done, proposed, and could not be done after all."""

    done = fields.List(fields.Nested(RestoringStep), required=True)
    proposed = fields.List(fields.Nested(RestoringStep), required=True)
    missed = fields.List(fields.Nested(RestoringStep), required=True)


class NewVersion(Document):
    """What changed, in words; `reason` where the journey covers one party only."""

    note = Text(500, lines=True, load_default="")
    reason = Text(500, lines=True, load_default="")
    put_forward = fields.Boolean(load_default=True)


class VersionChange(Document):
    """A draft, renamed: what changed, in other words."""

    note = Text(500, lines=True, required=True)


class VersionReason(Document):
    """Why one party may stand alone on this journey, where the silo check asks for it."""

    reason = Text(500, lines=True, load_default="")
