"""A browser in words, from what it says of itself."""

from __future__ import annotations

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser_words(agent: str) -> tuple[str, str]:
    """Return browser and system in words, each empty where unknown: ('Firefox', 'Windows')."""
    return _first(_BROWSERS, agent), _first(_SYSTEMS, agent)


def is_handheld(agent: str) -> bool:
    """Say whether a browser runs on a telephone."""
    return "iPhone" in agent or ("Android" in agent and "Mobile" in agent)


def _first(table: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((word for mark, word in table if mark in agent), "")
