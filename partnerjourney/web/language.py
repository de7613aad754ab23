"""Languages: Dutch and English. The English text is the message; Dutch stands in .po files.

Each feature has its own file; they are read and merged at the start, so nothing is compiled.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, has_app_context, request
from flask_babel import Babel, Domain, get_locale, refresh

LANGUAGES = ("nl", "en")
_KNOWN = tuple(map(Locale, LANGUAGES))
FOLDER = Path(__file__).parent.parent / "translations"


@cache
def catalogue(language: str) -> Catalog:
    """Return all messages of a language; raises ValueError where two files differ on one."""
    merged = Catalog(locale=language, charset="utf-8")
    for path in sorted((FOLDER / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if not message.id:
                    continue
                there = merged.get(message.id, message.context)
                if there is not None and there.string != message.string:
                    raise ValueError(f"{path.name}: {message.id!r} has two translations")
                merged.add(message.id, message.string, flags=message.flags, context=message.context)
    return merged


@cache
def translations(language: str) -> NullTranslations:
    """Return the translations of a language, compiled in memory."""
    if language == "en":
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, catalogue(language))
    compiled.seek(0)
    return Translations(compiled)


class MergedDomain(Domain):  # type: ignore[misc]
    """The messages of all features together."""

    def get_translations(self) -> NullTranslations:
        """Return the messages in the language of this request."""
        return spoken()


def spoken() -> NullTranslations:
    """Return the messages in the language of this request; asked some hundred times a page."""
    here = g._get_current_object() if has_app_context() else None  # noqa: SLF001
    held = vars(here).get("_flask_babel") if here else None
    known = getattr(held, "babel_locale", None)  # what flask-babel found before
    return translations(known.language if known in _KNOWN else locale())


def locale() -> str:
    """Return the language of this request: 'nl' or 'en'."""
    found = get_locale()
    return found.language if found is not None and found.language in LANGUAGES else "nl"


def choose() -> str:
    """Pick the language: a forced one, the reader's own, the cookie's, the browser's, Dutch."""
    if forced := g.get("language"):
        return str(forced)
    me = g.get("me")
    if me is not None:
        return str(me.language)
    asked = request.args.get("lang") or request.cookies.get("lang")
    if asked in LANGUAGES:
        return asked
    return request.accept_languages.best_match(LANGUAGES) or "nl"


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak this language within the block: mails and reports have a reader of their own."""
    before = g.get("language")
    g.language = language
    refresh()
    try:
        yield
    finally:
        g.language = before
        refresh()


def init_app(app: Flask) -> None:
    """Give the app its languages."""
    babel = Babel()
    babel.init_app(app, default_locale="nl", locale_selector=choose)
    app.extensions["babel"].instance.domain_instance = MergedDomain()
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: spoken().ugettext(text),
        lambda one, many, number: spoken().ungettext(one, many, number),
        newstyle=True,
        pgettext=lambda context, text: spoken().upgettext(context, text),
        npgettext=lambda context, one, many, number: spoken().unpgettext(
            context, one, many, number
        ),
    )
    app.context_processor(lambda: {"locale": locale()})
