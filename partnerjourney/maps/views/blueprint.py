"""The blueprint that every page of the map hangs on."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("maps", __name__, url_prefix="/o/<organisation>/journeys/<uuid:journey_id>")
