"""From a report to a PDF: nothing is fetched but our own style sheet and fonts.

WeasyPrint's own fetcher would read any file or address that a text managed to name; this one
serves two folders and remembers what it refused. WeasyPrint is imported here only, when needed.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import Flask, render_template
from jinja2 import StrictUndefined

from partnerjourney.core.places import PACKAGE, TEMPLATES
from partnerjourney.reviews.paper.document import make
from partnerjourney.reviews.paper.sheets import Paper
from partnerjourney.reviews.rules import Facts
from partnerjourney.web import compiled, language

FOLDER = PACKAGE / "static"
"""Our style sheets and fonts."""

TEMPLATE = "reviews/report.pdf.html"
MOST_HTML = 8 * 1024 * 1024
"""More text than this is no report; laying it out would take minutes."""

_OURS = {".css": ("css", "text/css"), ".ttf": ("fonts", "font/ttf")}


class TooLargeError(ValueError):
    """The report has more text than can be laid out in reasonable time."""


@dataclass
class Refusals:
    """What was asked for and not fetched."""

    urls: list[str] = field(default_factory=list)


def fetcher(refused: Refusals) -> Any:
    """Return WeasyPrint's fetcher that knows our style sheets and fonts only."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OurOwn(URLFetcher):  # type: ignore[misc]
        """Reads two folders; every other address is refused and remembered."""

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            """Return one of our files; raises ValueError for everything else."""
            path = own_file(url)
            if path is None:
                refused.urls.append(url[:200])
                raise ValueError("not fetched: it is not ours")
            kind = _OURS[path.suffix][1]
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})

        def open(self, url: Any, data: Any = None, timeout: Any = None) -> Any:
            """Refuse what urllib itself would open, such as a redirect."""
            return self.fetch(getattr(url, "full_url", url))

    return OurOwn()


def own_file(url: str) -> Path | None:
    """Return the file of ours that an address names, or None."""
    try:
        parts = urlsplit(url)
        path = Path(unquote(parts.path, errors="strict")).resolve()
    except (ValueError, OSError):
        return None
    folder = _OURS.get(path.suffix, ("", ""))[0]
    ours = parts.scheme == "file" and not parts.netloc and bool(folder)
    return path if ours and path.parent == FOLDER / folder and path.is_file() else None


def application() -> Flask:
    """Return an application that renders templates in a language, and does nothing else."""
    app = Flask("partnerjourney", template_folder=str(TEMPLATES), static_folder=None)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    compiled.init_app(app)
    language.init_app(app)
    return app


def html_of(facts: Facts, sha256: str, spoken: str) -> str:
    """Return the report as HTML; needs an application context."""
    with language.speaking(spoken):
        paper: Paper = make(facts, sha256, spoken)
        return render_template(TEMPLATE, paper=paper)


def pdf_of(html: str, refused: Refusals) -> bytes:
    """Return the HTML as PDF/UA-1; raises TooLargeError."""
    if len(html) > MOST_HTML:
        raise TooLargeError("the report is too large")
    import weasyprint

    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    found: bytes = weasyprint.HTML(
        string=html, base_url=f"{FOLDER.as_uri()}/", url_fetcher=fetcher(refused)
    ).write_pdf(pdf_variant="pdf/ua-1")
    return found
