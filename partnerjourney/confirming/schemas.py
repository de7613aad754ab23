"""What a browser may send about asking a party by mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from marshmallow import Schema, fields, validate

from partnerjourney.confirming.rules import Answer, Line
from partnerjourney.core.errors import InputError
from partnerjourney.core.texts import N_, Text, unseen
from partnerjourney.organisations.schemas import ONE_OF_THESE, Email

WORDS = 300
"""Characters that a contact may write beside one line."""


class AskForm(Schema):
    """Whom to ask."""

    email = Email(required=True)
    name = Text(120, required=True)
    language = fields.String(
        load_default="nl", validate=validate.OneOf(("nl", "en"), error=ONE_OF_THESE)
    )


class ReplyForm(Schema):
    """A word to the contact beside the question that is asked again."""

    reply = Text(300, lines=True, load_default="")


_CHOOSE = N_("Choose one of the three.")
_SAY = {
    Answer.WRONG: N_("Say what is not right, then it can be corrected."),
    Answer.QUESTION: N_("Write your question."),
}


def read_answers(typed: Mapping[str, str], wanted: Sequence[Line]) -> dict[str, tuple[Answer, str]]:
    """Return line → answer and words; the button for all of them is right says so of every line.

    Raises InputError with every line that has no answer, or no words where they are needed.
    """
    if typed.get("all") == Answer.RIGHT.value:
        return {line.name: (Answer.RIGHT, "") for line in wanted}
    found: dict[str, tuple[Answer, str]] = {}
    errors: dict[str, list[str]] = {}
    for line in wanted:
        said = typed.get(line.name, "")
        if said not in {one.value for one in Answer}:
            errors[line.name] = [_CHOOSE]
            continue
        chosen = Answer(said)
        words = " ".join(typed.get(f"{line.name}-{chosen.value}", "").split())[:WORDS]
        if chosen is not Answer.RIGHT and (not words or unseen(words)):
            errors[f"{line.name}-{chosen.value}"] = [_SAY[chosen]]
        found[line.name] = (chosen, "" if chosen is Answer.RIGHT else words)
    if errors:
        raise InputError(errors)
    return found
