"""The blueprint of the complaints of one journey."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint(
    "complaints", __name__, url_prefix="/o/<organisation>/journeys/<uuid:journey_id>/complaints"
)
