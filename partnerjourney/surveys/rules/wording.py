"""What a customer reads of us: the question and everything around it, per language and form.

The brand speaks here, in its own form of address, so these are no texts of our interface. A
change of a question's words is a new WORDING_VERSION: it breaks the series visibly.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from partnerjourney.surveys.rules.kinds import Metric
from partnerjourney.surveys.rules.texts import TEXTS

WORDING_VERSION = 1


@dataclass(frozen=True, slots=True)
class Wording:
    """One question, ready to be asked; the labels stand at the ends of its scale."""

    text: str
    low: str
    high: str


_QUESTIONS = {
    ("nl", "u", Metric.NPS): (
        (
            "Als u alleen aan {this} denkt: hoe waarschijnlijk is het dat u {brand} zou aanbevelen"
            " aan een zakelijke relatie?"
        ),
        "heel onwaarschijnlijk",
        "heel waarschijnlijk",
    ),
    ("nl", "je", Metric.NPS): (
        (
            "Als je alleen aan {this} denkt: hoe waarschijnlijk is het dat je {brand} zou"
            " aanbevelen aan een zakelijke relatie?"
        ),
        "heel onwaarschijnlijk",
        "heel waarschijnlijk",
    ),
    ("en", "", Metric.NPS): (
        (
            "Thinking only of {this}: how likely is it that you would recommend {brand}"
            " to a business contact?"
        ),
        "very unlikely",
        "very likely",
    ),
    ("nl", "u", Metric.CSAT): (
        "Hoe tevreden bent u over {this} van {brand}?",
        "heel ontevreden",
        "heel tevreden",
    ),
    ("nl", "je", Metric.CSAT): (
        "Hoe tevreden ben je over {this} van {brand}?",
        "heel ontevreden",
        "heel tevreden",
    ),
    ("en", "", Metric.CSAT): (
        "How satisfied are you with {this} by {brand}?",
        "very dissatisfied",
        "very satisfied",
    ),
    ("nl", "u", Metric.CES): (
        "Hoe gemakkelijk maakte {brand} het u bij {this}?",
        "heel moeilijk",
        "heel gemakkelijk",
    ),
    ("nl", "je", Metric.CES): (
        "Hoe gemakkelijk maakte {brand} het je bij {this}?",
        "heel moeilijk",
        "heel gemakkelijk",
    ),
    ("en", "", Metric.CES): (
        "How easy did {brand} make {this} for you?",
        "very difficult",
        "very easy",
    ),
}

# Dutch words with ‘het’: whole words and last parts, and prefixes of verbs that make such words.
_HET = (
    *("abonnement", "account", "advies", "antwoord", "begin", "bericht", "bezoek", "consult"),
    *("contact", "contract", "formulier", "gebruik", "gesprek", "herstel", "loket", "moment"),
    *("onderhoud", "pakket", "portaal", "product", "project", "rapport", "team", "ticket"),
    *("toestel", "transport", "traject", "verzoek", "vervoer", "werk"),
)
_DE_ENDINGS = ("ing", "heid", "teit", "tie", "sie", "ie", "ij", "st", "en")


@dataclass(frozen=True, slots=True)
class Noun:
    """What a question is about; Dutch needs to know whether it is a word with ‘de’ or ‘het’."""

    word: str
    article: str
    this: str


def noun(subject: str, language: str) -> Noun:
    """Read a subject: 'levering', 'het gesprek', 'delivery'.

    A leading article decides; without one Dutch goes by the word: diminutives and the words in
    the list have ‘het’, all others ‘de’. Who knows better types the article. An empty subject is
    'contact'.
    """
    first, _, rest = (subject.strip() or "contact").partition(" ")
    if language == "nl":
        if first.lower() in ("de", "het") and rest:
            article, word = first.lower(), rest.strip()
        else:
            word = subject.strip() or first
            article = "het" if _is_het(word) else "de"
        return Noun(word, article, "dit" if article == "het" else "deze")
    word = rest.strip() if first.lower() == "the" and rest else subject.strip() or first
    return Noun(word, "the", "this")


def _is_het(word: str) -> bool:
    head = word.lower().split(" ")[-1]
    if head.endswith(_HET) or (head.endswith("je") and len(head) > 4):
        return True
    return head.endswith("ment") and not head.endswith(_DE_ENDINGS)


def form_key(language: str, form_of_address: str) -> tuple[str, str]:
    """Return the key of the tables: Dutch has u and je, neutral counts as u; English has one."""
    if language != "nl":
        return "en", ""
    return "nl", "je" if form_of_address == "je" else "u"


def question(
    metric: Metric, subject: str, *, brand: str, language: str, form_of_address: str
) -> Wording:
    """Return the question of a point in a language and form of address."""
    about = noun(subject, language)
    text, low, high = _QUESTIONS[*form_key(language, form_of_address), metric]
    return Wording(text.format(this=f"{about.this} {about.word}", brand=brand), low, high)


def texts(language: str, form_of_address: str) -> dict[str, str]:
    """Return the sentences around a question by name; {} are filled in by `str.format`."""
    return TEXTS[form_key(language, form_of_address)]


_DAYS = {
    "nl": ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "en": "January February March April May June July August September October November December",
}


def day_in_words(day: date, language: str, *, short: bool) -> str:
    """Return 'wo 4 maart' (short) or 'woensdag 4 maart'; English alike."""
    known = language if language in _DAYS else "en"
    weekday = _DAYS[known][day.weekday()]
    weekday = weekday[: 2 if known == "nl" else 3] if short else weekday
    return f"{weekday} {day.day} {_MONTHS[known].split()[day.month - 1]}"


def about(
    subject: str, day: date | None, *, language: str, form_of_address: str, short: bool = True
) -> str:
    """Return what the question is about: 'Uw levering van wo 4 maart'."""
    said = texts(language, form_of_address)
    word = noun(subject, language).word
    if day is None:
        return said["about"].format(what=word)
    return said["about_day"].format(what=word, day=day_in_words(day, language, short=short))


def reference_in_words(reference: str, name: str, language: str) -> str:
    """Return 'bestelling 10234'; without a name of their own references are called kenmerk."""
    if not reference:
        return ""
    default = "kenmerk" if language == "nl" else "reference"
    return f"{name.strip() or default} {reference}"


def listed(names: list[str], language: str) -> str:
    """Return 'A, B en C'."""
    if len(names) < 2:
        return "".join(names)
    last = " en " if language == "nl" else " and "
    return ", ".join(names[:-1]) + last + names[-1]
