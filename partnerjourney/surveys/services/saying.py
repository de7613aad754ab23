"""The sentences of a survey page or mail, filled in for one invitation."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from partnerjourney.core.parties import Journey, Organisation
from partnerjourney.surveys.models.asked import AskedJourney
from partnerjourney.surveys.rules import wording
from partnerjourney.surveys.services.opening import Ask

OWN = ("the", "day", "about", "reference")
"""What is filled in for one customer; all else is the same for those who are asked alike."""


class Sentences:
    """Sentences by name, with what is known filled in.

    What is filled in is never read as a pattern itself, so braces in a name stay braces.
    """

    def __init__(self, said: dict[str, str], known: dict[str, str]) -> None:
        self._said, self._known = said, known

    def __call__(self, name: str, *first: object, **more: object) -> str:
        """Return one sentence; `more` fills in what only the template knows."""
        return self._said[name].format(*first, **{**self._known, **more})

    def known(self, name: str) -> str:
        """Return one of the filled-in pieces alone: about, reference, contact, parties."""
        return self._known[name]

    def raw(self, name: str) -> str:
        """Return a sentence with its braces, for a script to fill in."""
        return self._said[name]


def of_ask(
    ask: Ask, *, short: bool = True, own: Mapping[str, str] = MappingProxyType({})
) -> Sentences:
    """Return the sentences of a question in its own language; `short` abbreviates weekdays.

    `own` stands in the place of what is one customer's own (`OWN`).
    """
    language, form = ask.question.language, ask.question.form_of_address
    known = {
        "brand": ask.owner.name,
        "owner": ask.owner.name,
        "parties": wording.listed([reader.name for reader in ask.readers], language),
        "what": wording.noun(ask.point.subject, language).word,
        "contact": _contact(ask.journey),
    }
    own = own or _own(ask, language, form, short=short)
    return Sentences(wording.texts(language, form), known | {name: own[name] for name in OWN})


def _own(ask: Ask, language: str, form: str, *, short: bool) -> dict[str, str]:
    day, subject = ask.invitation.about_day, ask.point.subject
    noun = wording.noun(subject, language)
    the = f"{noun.article} {noun.word}"
    if day is not None:
        link = "van" if language == "nl" else "of"
        the += f" {link} {wording.day_in_words(day, language, short=short)}"
    about = wording.about(subject, day, language=language, form_of_address=form, short=short)
    return {
        "the": the,
        "day": "" if day is None else wording.day_in_words(day, language, short=short),
        "about": about,
        "reference": wording.reference_in_words(
            ask.invitation.reference, ask.wave.reference_name, language
        ),
    }


def of_owner(journey: Journey, owner: Organisation) -> Sentences:
    """Return the sentences that need no question, in the words of a journey."""
    said = wording.texts(journey.language, journey.form_of_address)
    return Sentences(said, {"brand": owner.name, "owner": owner.name})


def _contact(journey: Journey | AskedJourney) -> str:
    """Return how a customer reaches the journey's contact: 'Marjan Smit · 0800 123 · m@x.nl'."""
    phone = (journey.contact_phone or "").replace(" ", "\u00a0")  # on one line
    parts = (journey.contact_name, phone, journey.contact_email)
    return " · ".join(part for part in parts if part)
