"""What we depend on: locked with hashes, without addresses, not below the floors of security."""

from __future__ import annotations

import ast
import re
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.txt", "requirements-dev.txt")


def locked(name: str) -> dict[str, str]:
    """Return the version of each package in a lock."""
    text = (ROOT / "config" / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE))


def floors() -> list[Requirement]:
    """Return the floors of security."""
    text = (ROOT / "config" / "security-floors.txt").read_text(encoding="utf-8")
    return [Requirement(line) for line in text.splitlines() if line and not line.startswith("#")]


def wanted() -> list[Requirement]:
    """Return what pyproject.toml asks for at run time."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [
        Requirement(line)
        for group in (project["dependencies"], *project["optional-dependencies"].values())
        for line in group
    ]


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_stand_on_the_floors(lock: str) -> None:
    versions = locked(lock)
    for requirement in floors() + wanted():
        assert versions[canonicalize_name(requirement.name)] in requirement.specifier, requirement


def test_pyproject_itself_stands_on_the_floors() -> None:
    asked = {canonicalize_name(requirement.name): requirement for requirement in wanted()}
    for floor in floors():
        assert set(floor.specifier) <= set(asked[floor.name].specifier), floor


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / "config" / lock).read_text(encoding="utf-8")
    assert "://" not in text
    blocks = re.split(r"\n(?=\S)", text)
    assert [block for block in blocks if not block.startswith("#")]
    for block in blocks:
        assert block.startswith("#") or re.match(
            r"[\w.-]+==[^\s;]+( ; [^\\]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+\s*$", block
        ), block


def test_what_we_ask_for_is_imported() -> None:
    """A package that nothing uses is a hole without a use; tzdata is data."""
    imported = set()
    for path in (ROOT / "partnerjourney").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").partition(".")[0])
    given: dict[str, set[str]] = {}
    for module, packages in packages_distributions().items():
        for package in packages:
            given.setdefault(canonicalize_name(package), set()).add(module)
    asked = {canonicalize_name(requirement.name) for requirement in wanted()} - {"tzdata"}
    drivers = {"psycopg"}  # named in a database's address
    assert [name for name in asked - drivers if not given[name] & imported] == []


def test_both_locks_agree() -> None:
    assert locked(LOCKS[0]).items() <= locked(LOCKS[1]).items()
