"""The blueprint that these pages share."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("starting", __name__, url_prefix="/o/<organisation>/journeys")
