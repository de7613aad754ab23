"""The blueprints, and the door that this feature hangs into the application."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("credentials", __name__)
rules = Blueprint("second_step", __name__, url_prefix="/o/<organisation>/organisation/second-step")
