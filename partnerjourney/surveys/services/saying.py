"""The sentences of a survey page or mail, filled in for one invitation."""

from __future__ import annotations

from partnerjourney.core.parties import Journey, Organisation
from partnerjourney.surveys.rules import wording
from partnerjourney.surveys.services.asked import AskedJourney
from partnerjourney.surveys.services.opening import Ask


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


def of_ask(ask: Ask, *, short: bool = True) -> Sentences:
    """Return the sentences of a question in its own language; `short` abbreviates weekdays."""
    language, form = ask.question.language, ask.question.form_of_address
    day, subject = ask.invitation.about_day, ask.point.subject
    noun = wording.noun(subject, language)
    the = f"{noun.article} {noun.word}"
    if day is not None:
        link = "van" if language == "nl" else "of"
        the += f" {link} {wording.day_in_words(day, language, short=short)}"
    about = wording.about(subject, day, language=language, form_of_address=form, short=short)
    known = {
        "brand": ask.owner.name,
        "owner": ask.owner.name,
        "parties": wording.listed([reader.name for reader in ask.readers], language),
        "the": the,
        "what": noun.word,
        "day": "" if day is None else wording.day_in_words(day, language, short=short),
        "about": about,
        "reference": wording.reference_in_words(
            ask.invitation.reference, ask.wave.reference_name, language
        ),
        "contact": _contact(ask.journey),
    }
    return Sentences(wording.texts(language, form), known)


def of_owner(journey: Journey, owner: Organisation) -> Sentences:
    """Return the sentences that need no question, in the words of a journey."""
    said = wording.texts(journey.language, journey.form_of_address)
    return Sentences(said, {"brand": owner.name, "owner": owner.name})


def _contact(journey: Journey | AskedJourney) -> str:
    """Return how a customer reaches the journey's contact: 'Marjan Smit · 0800 123 · m@x.nl'."""
    parts = (journey.contact_name, journey.contact_phone, journey.contact_email)
    return " · ".join(part for part in parts if part)
