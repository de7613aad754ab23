"""The blueprint of leaving."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("leaving", __name__, url_prefix="/o/<organisation>")
