"""The blueprint of the library of one organisation."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("library", __name__, url_prefix="/o/<organisation>/library")
TAB = "library.index"
