"""Templates compiled once and kept, as Python keeps its own modules: it takes seconds at a start.

What is kept is code, so it lies where code lies and never where data is written; who may write
there may change the program anyway.
"""

from __future__ import annotations

import sys
from pathlib import Path

import jinja2
from flask import Flask
from jinja2.bccache import Bucket, FileSystemBytecodeCache

from partnerjourney.core.places import PACKAGE

FOLDER = PACKAGE / "__pycache__" / "templates"


class CompiledTemplates(FileSystemBytecodeCache):
    """Keeps the code of templates with a digest of their text; does without where it may not."""

    def __init__(self, folder: Path) -> None:
        pattern = f"%s.jinja-{jinja2.__version__}.{sys.implementation.cache_tag}"
        super().__init__(str(folder), pattern)

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read the code of a template, if it is there."""
        try:
            super().load_bytecode(bucket)
        except OSError:
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template, if that is allowed here."""
        if sys.dont_write_bytecode:
            return
        try:
            Path(self.directory).mkdir(parents=True, exist_ok=True)
            super().dump_bytecode(bucket)
        except OSError:
            return


def init_app(app: Flask) -> None:
    """Let an application keep what it compiles."""
    app.jinja_env.bytecode_cache = CompiledTemplates(FOLDER)
