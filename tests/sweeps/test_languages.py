"""Dutch and English are both complete: every sentence in code and templates has its Dutch."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from marshmallow import ValidationError, fields, validate

from partnerjourney.core.places import PACKAGE, TEMPLATES
from partnerjourney.core.texts import in_our_words
from partnerjourney.web import language

KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "N_": None,
    "Said": None,
    "ngettext": (1, 2),
}
FILES = sorted((language.FOLDER / "nl").glob("*.po"))
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


@cache
def sentences() -> list[tuple[str, Any]]:
    """Return where each sentence stands, and the sentence; a pair for singular and plural."""
    return list(_sentences())


def _sentences() -> Iterator[tuple[str, Any]]:
    places = (
        (PACKAGE, [("**.py", "python")]),
        (TEMPLATES, [("**.html", "jinja2"), ("**.txt", "jinja2")]),
    )
    for folder, kinds in places:
        found = extract_from_dir(
            str(folder),
            method_map=kinds,
            keywords=KEYWORDS,
            options_map={"**": {"trimmed": "true"}},
        )
        for file, line, message, *_ in found:
            yield f"{folder.name}/{file}:{line}", message


def test_every_sentence_has_its_dutch() -> None:
    catalogue = language.catalogue("nl")
    missing = []
    for place, sentence in sentences():
        found = catalogue.get(sentence)
        texts = found.string if found is not None else ""
        texts = texts if isinstance(texts, tuple) else (texts,)
        if not all(texts):
            missing.append(f"{place}: {sentence!r}")
    assert not missing, "\n".join(missing)


def test_no_translation_is_left_of_a_sentence_that_is_gone() -> None:
    there = {s if isinstance(s, str) else tuple(s) for _, s in sentences()}
    left = [m.id for m in language.catalogue("nl") if m.id and m.id not in there]
    assert not left, left


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_translations_keep_the_names_of_what_is_filled_in(path: Path) -> None:
    with path.open("rb") as file:
        for message in read_po(file, locale="nl"):
            if not message.id:
                continue
            english = message.id if isinstance(message.id, tuple) else (message.id,)
            dutch = message.string if isinstance(message.string, tuple) else (message.string,)
            wanted = set(PLACEHOLDER.findall(english[-1]))
            for text in dutch:
                assert set(PLACEHOLDER.findall(text)) <= wanted, message.id
                assert not message.fuzzy, message.id


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_our_own_interface_says_je(path: Path) -> None:
    """'u' only where the text is the customer's own: the survey pages."""
    if path.stem == "surveys":
        return
    formal = re.compile(r"(?<![‘'\w])(?:u|uw|U|Uw)(?![’'\w…])")
    with path.open("rb") as file:
        for message in read_po(file, locale="nl"):
            texts = message.string if isinstance(message.string, tuple) else (message.string,)
            for text in texts:
                quoted = re.sub(r"‘[^’]*’", "", text or "")
                assert not formal.search(quoted), (message.id, text)


def test_what_marshmallow_says_by_itself_is_said_in_our_words() -> None:
    """A field of a form without words of its own answers in the reader's language all the same."""
    catalogue = language.catalogue("nl")
    kinds = (
        fields.Date, fields.DateTime, fields.Integer, fields.Float, fields.UUID, fields.String,
        fields.Boolean, fields.List, fields.Enum, fields.Nested,
    )  # fmt: skip
    made = {"obj_type": "datetime", "choices": "a, b", "awareness": "naive"}
    for kind in kinds:
        told = {key: text for one in kind.__mro__[::-1]
                for key, text in getattr(one, "default_error_messages", {}).items()}  # fmt: skip
        for key, text in told.items():
            if key not in ("format", "invalid_awareness"):  # said of what we write, not read
                assert catalogue.get(in_our_words(text.format(**made))) is not None, (kind, text)
    judged: tuple[Any, ...] = (
        validate.Length(max=2), validate.Length(min=9), validate.Length(equal=2),
        validate.Range(max=2), validate.Range(min=9), validate.Range(3, 4), validate.OneOf(["a"]),
    )  # fmt: skip
    for judge in judged:
        with pytest.raises(ValidationError) as refused:
            judge("abc" if isinstance(judge, validate.Length | validate.OneOf) else 5)
        assert catalogue.get(in_our_words(str(refused.value.args[0]))) is not None, judge
