"""Where the files outside the package are: beside it in a checkout, inside it in a wheel."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).resolve().parent.parent
"""The folder of the package `partnerjourney`."""

CHECKOUT: Final = PACKAGE.parent if (PACKAGE.parent / "pyproject.toml").is_file() else None
"""The root of the checkout the package runs from, or None for an installed wheel."""

_BASE: Final = CHECKOUT or PACKAGE / "_data"

TEMPLATES: Final = _BASE / "templates"
MIGRATIONS: Final = _BASE / "migrations"
CONFIG: Final = _BASE / "config"


def var_folder() -> Path:
    """Return where data goes by default: the checkout's `var`, else the user's data folder."""
    if CHECKOUT:
        return CHECKOUT / "var"
    home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(home) / "partnerjourney"
