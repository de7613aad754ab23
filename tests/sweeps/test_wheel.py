"""The built wheel holds everything that the program reads, and finds it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("templates", "migrations", "config")
LEFT_OUT = {".sh", ".txt"}


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the wheel's content, built without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "content")
    return folder / "content"


def files(folder: Path) -> set[str]:
    """Return the files below a folder that are not left behind by running Python."""
    return {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_wheel_holds_the_whole_package(unpacked: Path) -> None:
    assert files(ROOT / "partnerjourney") <= files(unpacked / "partnerjourney")


@pytest.mark.parametrize("name", FOLDERS)
def test_wheel_holds_what_lies_beside_the_package(unpacked: Path, name: str) -> None:
    beside = files(ROOT / name)
    if name == "config":
        beside = {file for file in beside if Path(file).suffix not in LEFT_OUT}
    assert files(unpacked / "partnerjourney" / "_data" / name) == beside


def test_installed_package_finds_its_places(unpacked: Path, tmp_path: Path) -> None:
    source = (
        "from partnerjourney.core import places as p\n"
        "print(p.CHECKOUT, p.var_folder(), p.TEMPLATES, p.MIGRATIONS, p.CONFIG, sep='\\n')"
    )
    environment = os.environ | {"PYTHONPATH": str(unpacked), "XDG_DATA_HOME": str(tmp_path)}
    told = subprocess.run(
        [sys.executable, "-c", source],
        cwd=tmp_path,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    data = unpacked / "partnerjourney" / "_data"
    assert told == ["None", str(tmp_path / "partnerjourney"), *(str(data / n) for n in FOLDERS)]


def test_checkout_finds_its_places() -> None:
    from partnerjourney.core import places

    assert [ROOT / n for n in FOLDERS] == [places.TEMPLATES, places.MIGRATIONS, places.CONFIG]
    assert places.CHECKOUT == ROOT
