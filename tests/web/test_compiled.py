"""What templates compile to is kept, follows their text, and is done without where it must."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from partnerjourney.web.compiled import CompiledTemplates


def said(folder: Path, text: str) -> str:
    """Render a template in a process's place: with nothing but what is kept in a folder."""
    environment = Environment(
        loader=DictLoader({"page.html": text}),
        bytecode_cache=CompiledTemplates(folder),
        autoescape=True,
    )
    return environment.get_template("page.html").render(name="<Flevo>")


def test_it_is_kept_and_follows_the_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    folder = tmp_path / "kept"
    assert said(folder, "Dag {{ name }}") == "Dag &lt;Flevo&gt;"
    [file] = folder.iterdir()
    kept = (file.stat().st_ino, file.stat().st_mtime_ns)
    assert said(folder, "Dag {{ name }}") == "Dag &lt;Flevo&gt;"
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == kept, "it was not compiled again"
    assert said(folder, "Hallo {{ name }}") == "Hallo &lt;Flevo&gt;"
    assert list(folder.iterdir()) == [file]
    file.write_bytes(file.read_bytes()[:90])
    assert said(folder, "Hallo {{ name }}") == "Hallo &lt;Flevo&gt;"


def test_where_nothing_may_be_kept_nothing_is_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "file").write_text("a folder cannot be made in here")
    assert said(tmp_path / "file" / "kept", "Dag {{ name }}") == "Dag &lt;Flevo&gt;"
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert said(tmp_path / "kept", "Dag {{ name }}") == "Dag &lt;Flevo&gt;"
    assert not (tmp_path / "kept").exists()
