"""The blueprint of the overview and the silo check."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint

from partnerjourney.core.errors import InputError
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.web.pages import Form, translated
from partnerjourney.web.session import member, session

bp = Blueprint("checks", __name__, url_prefix="/o/<organisation>/journeys/<uuid:journey_id>")


def find_place(journey_id: UUID, *, lock: bool = False) -> Place:
    """Return the journey as the acting organisation stands in it."""
    return journeys.find(session(), member(), journey_id, lock=lock)


def with_faults(form: Form, error: InputError) -> Form:
    """Return the form with what a verb found wrong, in the reader's language."""
    form.errors = {name: [translated(m) for m in texts] for name, texts in error.messages.items()}
    return form
