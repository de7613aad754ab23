"""The shape of the code: small modules, small functions, the same rooms in every feature."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "partnerjourney"
STOREYS = {"cli", "core", "demo", "web"}
ROOMS = {
    "__init__",
    "api",
    "commands",
    "jobs",
    "models",
    "queries",
    "rules",
    "schemas",
    "services",
    "signals",
    "views",
    "words",
    # A report is drawn on paper by a process of its own (reviews/child.py).
    "child",
    "paper",
}
MODULES = sorted(
    path for folder in ("partnerjourney", "tests") for path in (ROOT / folder).rglob("*.py")
)
LONGEST_MODULE = 300
LONGEST_TEST_MODULE = 520
LONGEST_FUNCTION = 60
LONGEST_TEST_FUNCTION = 90


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function and method of a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_modules_and_functions_are_short() -> None:
    long = []
    for path in MODULES:
        source, name = path.read_text(encoding="utf-8"), path.relative_to(ROOT)
        ours = path.is_relative_to(PACKAGE)
        if len(source.splitlines()) > (LONGEST_MODULE if ours else LONGEST_TEST_MODULE):
            long.append(str(name))
        longest = LONGEST_FUNCTION if ours else LONGEST_TEST_FUNCTION
        long += [
            f"{name}: {function.name}, line {function.lineno}"
            for function in functions(ast.parse(source))
            if function.end_lineno - function.lineno >= longest
        ]
    assert not long


def features() -> list[Path]:
    """Return the folders of the features: every package that is no storey."""
    packages = (path.parent for path in PACKAGE.glob("*/__init__.py"))
    return sorted(path for path in packages if path.name not in STOREYS)


@pytest.mark.parametrize("feature", features(), ids=lambda path: path.name)
def test_a_feature_has_no_other_rooms(feature: Path) -> None:
    inside = {path.stem for path in feature.glob("*.py")}
    inside |= {path.parent.name for path in feature.glob("*/__init__.py")}
    assert inside <= ROOMS


@pytest.mark.parametrize("feature", features(), ids=lambda path: path.name)
def test_a_feature_introduces_itself_without_code(feature: Path) -> None:
    body = ast.parse((feature / "__init__.py").read_text(encoding="utf-8")).body
    assert isinstance(body[0], ast.Expr)
    assert isinstance(body[0].value, ast.Constant)
    assert all(
        isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in body[1:]
    )


def imported(tree: ast.Module) -> Iterator[str]:
    """Yield the full name of every module that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


RULES = sorted({*PACKAGE.glob("*/rules.py"), *PACKAGE.glob("*/rules/**/*.py")})


@pytest.mark.parametrize("path", RULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_rules_import_the_standard_library_and_rules(path: Path) -> None:
    """Rules of a feature below are as pure; the contract of the storeys says which is below."""
    foreign = [
        name
        for name in imported(ast.parse(path.read_text(encoding="utf-8")))
        if name.split(".")[0] not in sys.stdlib_module_names
        and not re.match(r"partnerjourney\.\w+\.rules(\.|$)", name)
    ]
    assert not foreign


def test_no_package_lacks_its_init() -> None:
    """Without one the import contracts would not see the folder."""
    folders = {path.parent for path in PACKAGE.rglob("*.py")}
    assert not [folder for folder in folders if not (folder / "__init__.py").is_file()]
