"""The blueprint of the conversations of one journey."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint(
    "comments", __name__, url_prefix="/o/<organisation>/journeys/<uuid:journey_id>/comments"
)
