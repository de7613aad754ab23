"""The documentation names what exists: every setting, command, option, address and file."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

import click
import pytest
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import MapAdapter, RequestRedirect

from partnerjourney import create_app
from partnerjourney.cli import main
from partnerjourney.core.settings import DEFAULT_SECRET, PREFIX, Settings, load

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
    if path.name != "CHANGELOG.md"
)
NOT_SETTINGS = {"CONFIG", "TEST_DATA", "TEST_POSTGRESQL", "TEST_KILLS"}
OTHER_PATHS = ("/etc/", "/opt/", "/usr/", "/backups/", "/absolute/", "/tmp/", "/work")

by_page = pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))


def read(page: Path) -> str:
    """Return the text of a page."""
    return page.read_text(encoding="utf-8")


def code(page: Path) -> Iterator[str]:
    """Yield what stands as code: lines of fenced blocks, and words between backticks."""
    for number, part in enumerate(re.split(r"^```\w*$", read(page), flags=re.MULTILINE)):
        if number % 2:
            yield from part.splitlines()
        else:
            yield from re.findall(r"`([^`\n]+)`", part)


# --- settings -----------------------------------------------------------------------------------


def test_the_page_of_settings_lists_each_once_with_its_default() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| ([^|]+) \|", read(ROOT / "docs" / "settings.md"), re.MULTILINE
    )
    assert [name for name, _ in rows] == [field.name for field in fields(Settings)]
    for (name, said), field in zip(rows, fields(Settings), strict=True):
        if isinstance(field.default, bool):
            assert said == ("yes" if field.default else "no"), name
        elif isinstance(field.default, int) or (field.default and name != "secret_key"):
            assert said.strip("`") == str(field.default), name


@by_page
def test_every_variable_named_is_a_setting(page: Path) -> None:
    known = {field.name.upper() for field in fields(Settings)} | NOT_SETTINGS
    assert set(re.findall(rf"\b{PREFIX}([A-Z_]+[A-Z])", read(page))) <= known


def test_the_example_of_a_file_is_taken() -> None:
    path = ROOT / "config" / "production.example.toml"
    settings = load({f"{PREFIX}CONFIG": str(path)})
    assert settings.secret_key != DEFAULT_SECRET
    assert tomllib.loads(path.read_text())["proxies"] == settings.proxies


# --- commands -----------------------------------------------------------------------------------


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the path of every command."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name)


def mentioned(page: Path) -> Iterator[list[str]]:
    """Yield the words after `partnerjourney` of each command line on a page."""
    for line in code(page):
        for found in re.findall(r"(?:^|/)partnerjourney ([^#|;)]+)", line.split("  #")[0]):
            yield shlex.split(found.replace("'", ""))


def resolve(words: list[str]) -> tuple[str, ...]:
    """Return the path of the command that words name; assert that its options exist."""
    here: click.Command = main
    path: tuple[str, ...] = ()
    for word in words:
        if isinstance(here, click.Group) and not word.startswith("-") and word != "…":
            assert word in here.commands, f"partnerjourney {' '.join(words)}"
            here, path = here.commands[word], (*path, word)
    options = {option for parameter in here.params for option in parameter.opts} | {"--help"}
    for word in words:
        if word.startswith("--"):
            assert word.partition("=")[0] in options, f"partnerjourney {' '.join(words)}"
    return path


@by_page
def test_every_command_named_exists_with_its_options(page: Path) -> None:
    for words in mentioned(page):
        resolve([word.strip("[]") for word in words])


def test_every_command_is_named_somewhere() -> None:
    named = {resolve([w.strip("[]") for w in words]) for page in PAGES for words in mentioned(page)}
    assert set(commands(main)) <= named


# --- addresses and files ------------------------------------------------------------------------


@cache
def addresses() -> MapAdapter:
    """Return all addresses of the demo."""
    app = create_app(Settings(database_url="sqlite://", secret_key="x" * 32, demo=True))
    return app.url_map.bind("localhost")


@by_page
def test_every_address_named_exists(page: Path) -> None:
    adapter = addresses()
    for text in code(page):
        if not re.fullmatch(r"/[\w<>…/.:-]*", text) or text.startswith(OTHER_PATHS):
            continue
        address = re.sub(r"<[^>]+>|…", "x", text)
        tries = (address, f"{address}x", f"{address}/", f"{address}x/")
        assert any(_exists(adapter, one) for one in tries), text


def _exists(adapter: MapAdapter, address: str) -> bool:
    try:
        adapter.match(address)
    except NotFound:
        return False
    except (MethodNotAllowed, RequestRedirect):
        return True
    return True


@by_page
def test_every_link_leads_to_a_file(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", read(page)):
        if "://" not in target and not target.startswith("mailto:"):
            assert (page.parent / target).exists(), target
