"""The terms of a hand-over: what is one's own holds at once, the rest is put to the other side."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from partnerjourney.core import clock
from partnerjourney.core.errors import ConflictError, InputError, NotFoundError, StaleVersionError
from partnerjourney.drawing import schemas
from partnerjourney.drawing.views.common import bp, find_place, with_faults
from partnerjourney.handovers import services as handovers
from partnerjourney.handovers import words
from partnerjourney.handovers.models import HandoverTerms
from partnerjourney.handovers.rules import TERMS
from partnerjourney.handovers.services import Edge
from partnerjourney.journeys.services import Place
from partnerjourney.proposals import services as proposals
from partnerjourney.proposals.rules import read
from partnerjourney.proposals.services import Outcome, emergency
from partnerjourney.proposals.services.emergency import Urgency
from partnerjourney.web.pages import Form, page, read_form, see_other
from partnerjourney.web.session import member, session

OTHERS = ("version", "terms_id", "reason", "urgent", "hours", "counters")
"""Fields of the form that are none of the hand-over's."""
HOURS = (4, 8, 24, 48, 72)


def _chosen(edge: Edge, terms_id: UUID | None) -> HandoverTerms:
    for terms in edge.terms:
        if terms_id is None or terms.id == terms_id:
            return terms
    raise NotFoundError


@bp.get("/handovers/<uuid:handover_id>/edit")
def edit_handover(journey_id: UUID, handover_id: UUID) -> Response:
    """Show the terms as a form; with `counters` as the proposal says that one wants to counter."""
    place = find_place(journey_id)
    edge = handovers.find(session(), place, handover_id)
    handovers.may_change(member(), edge)
    counters = request.args.get("counters", type=UUID)
    if counters is None:
        terms = _chosen(edge, request.args.get("terms", type=UUID))
        return _page(place, edge, terms, Form(values=_values(edge, terms)))
    proposal = proposals.find(session(), place, counters)
    if proposal.handover_id != handover_id:
        raise NotFoundError
    terms = _chosen(edge, proposal.terms_id)
    wanted = {name: one.after for name, one in read(proposal.fields).items()}
    values = _values(edge, terms, wanted) | {"counters": proposal.id}
    return _page(place, edge, terms, Form(values=values))


@bp.post("/handovers/<uuid:handover_id>/edit")
def change_handover(journey_id: UUID, handover_id: UUID) -> Response:
    """Change the terms as far as one may, and propose the rest to who must agree."""
    place = find_place(journey_id)
    edge = handovers.find(session(), place, handover_id, lock=True)
    handovers.may_change(member(), edge)
    form = read_form(schemas.TermsForm())
    terms = _chosen(edge, form.data.get("terms_id"))
    if not form.valid:
        form.values.setdefault("version", terms.version)
        return _page(place, edge, terms, form, status=422)
    fields = {name: value for name, value in form.data.items() if name not in OTHERS}
    parts = schemas.limit_parts(terms.time_limit)
    if all(form.values.get(name) == value for name, value in parts.items()):
        fields["time_limit"] = terms.time_limit  # a finer limit than the form can say stays
    try:
        told = _carry_out(place, edge, terms, form, fields)
    except StaleVersionError:
        form.values["version"] = terms.version
        current = _standing(edge, terms)
        return _page(place, edge, terms, form, current=current, status=409)
    except ConflictError:
        return _overtaken(journey_id, handover_id, form)
    except InputError as error:
        form = with_faults(form, error)
        if "time_limit" in form.errors:  # the form asks for it in two fields
            form.errors["limit_amount"] = form.errors.pop("time_limit")
        return _page(place, edge, terms, form, status=422)
    flash(told, "success")
    return see_other(url_for("maps.handover", journey_id=place.id, handover_id=handover_id))


def _overtaken(journey_id: UUID, handover_id: UUID, form: Form) -> Response:
    """Show what was typed again after the proposal it answers was decided; now it stands alone."""
    session().rollback()
    place = find_place(journey_id)
    edge = handovers.find(session(), place, handover_id)
    terms = _chosen(edge, form.data["terms_id"])
    told = _("This was decided or changed in between. What you typed is still here: save it anew.")
    form.errors = {"_schema": [told]}
    form.values |= {"version": terms.version, "counters": None}
    return _page(place, edge, terms, form, status=409)


def _carry_out(
    place: Place, edge: Edge, terms: HandoverTerms, form: Form, fields: dict[str, Any]
) -> str:
    """Do what the form says and return what to tell."""
    data, at = form.data, clock.now()
    here = (session(), member(), place)
    if data["counters"] is not None:
        first = proposals.find(session(), place, data["counters"], lock=True)
        made = proposals.counter(*here, first, fields=fields, reason=data["reason"], at=at)
        if not made.proposals:
            return _told(made)
        return str(_("Counter-proposal made. The other side has five working days to answer."))
    changed = {"version": data["version"], "at": at, "fields": fields}
    if data["urgent"]:
        urgency = Urgency(data["reason"], data["hours"])
        emergency.start(*here, edge, terms, urgency=urgency, **changed)
        return str(_("The emergency change holds. It falls back by itself."))
    outcome = proposals.change(*here, edge, terms, reason=data["reason"], **changed)
    return _told(outcome)


def _told(outcome: Outcome) -> str:
    if outcome.proposals and (outcome.applied or outcome.mandated):
        return str(
            _("What is yours holds now; the rest is put to the other side, for five working days.")
        )
    if outcome.proposals:
        return str(_("Proposed. The other side has five working days to answer."))
    if outcome.mandated:
        return str(_("Saved by mandate: it holds now and stands in both histories."))
    return str(_("Saved. It holds now.") if outcome.applied else _("Nothing changed."))


def _values(
    edge: Edge, terms: HandoverTerms, wanted: dict[str, Any] | None = None
) -> dict[str, Any]:
    now = handovers.standing_terms(edge.handover, terms) | (wanted or {})
    names = ("name", "trigger", "told", "contact_name", "contact_reach", "contact_hours")
    return {
        **{name: now[name] for name in names},
        **schemas.limit_parts(now["time_limit"]),
        "version": terms.version,
        "terms_id": terms.id,
        "checklist": "\n".join(now["checklist"]),
        "refuse_reasons": "\n".join(now["refuse_reasons"]),
    }


def _standing(edge: Edge, terms: HandoverTerms) -> list[tuple[str, str]]:
    """Return what each field says now, in words."""
    now = handovers.standing_terms(edge.handover, terms)
    return [
        (words.term(name), "; ".join(words.said(name, now[name])) or "–")
        for name in (*TERMS, "told")
    ]


def _page(
    place: Place,
    edge: Edge,
    terms: HandoverTerms,
    form: Form,
    *,
    current: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> Response:
    sides = proposals.sides_of(place, edge, terms)
    return page(
        "drawing/handover.html",
        status=status,
        place=place,
        edge=edge,
        terms=terms,
        form=form,
        current=current,
        giver=place.parties[edge.from_party_id],
        taker=place.parties[edge.to_party_id],
        asked=[place.parties[party_id] for party_id in sides.asked],
        own_contact=sides.owns_contact,
        hour_choices=[(str(n), ngettext("%(num)s hour", "%(num)s hours", n)) for n in HOURS],
    )
