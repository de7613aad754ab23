"""An organisation: what it is called, its colour, its members, who is invited and who asks."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, flash, g, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from partnerjourney.core import clock
from partnerjourney.core.errors import ConflictError, InputError, NotFoundError
from partnerjourney.core.parties import Organisation, Role, monogram
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Member
from partnerjourney.organisations import queries, schemas, services
from partnerjourney.organisations.rules.colours import palette
from partnerjourney.web.fresh import must_be_fresh
from partnerjourney.web.language import locale
from partnerjourney.web.moments import near_day
from partnerjourney.web.pages import Form, page, read_form, see_other
from partnerjourney.web.session import actor, session

bp = Blueprint("organisations", __name__, url_prefix="/o/<organisation>/organisation")


def acting_here() -> tuple[Member, Organisation]:
    """Return who acts, and the organisation in whose name."""
    who = actor()
    assert isinstance(who, Member)
    organisation: Organisation = g.acting
    return who, organisation


def roles() -> dict[Role, str]:
    """Return the roles by the name that people read."""
    return {Role.ADMIN: _("admin"), Role.EDITOR: _("editor"), Role.VIEWER: _("viewer")}


def _role_choices() -> list[tuple[str, str, str]]:
    said = {
        Role.ADMIN: _("Also invites and removes colleagues."),
        Role.EDITOR: _("Draws, confirms and answers for the organisation."),
        Role.VIEWER: _("Reads along and changes nothing."),
    }
    return [(str(role), name.capitalize(), said[role]) for role, name in roles().items()]


def _page(
    *,
    editing: Any = None,
    form: Form | None = None,
    member: uuid.UUID | None = None,
    status: int = 200,
) -> Response:
    """Show the page; `editing` opens its panel: 'about', 'invite', or with `member` that one."""
    who, organisation = acting_here()
    require(who, Permission.ORGANISATION_READ, organisation)
    manages = who.role is Role.ADMIN
    if editing or member:
        require(who, Permission.MEMBER_MANAGE, organisation)
    rows = queries.members(session(), organisation.id)
    if member is not None:
        editing = next((row for row in rows if row.id == member), None)
        if editing is None:
            raise NotFoundError
        form = form or Form(values={"role": str(editing.role), "signatory": editing.signatory})
    return page(
        "organisations/show.html",
        status=status,
        manages=manages,
        members=rows,
        invitations=_invitations(organisation) if manages else [],
        requests=_requests(organisation) if manages else [],
        palette=palette(organisation.brand_colour),
        editing=editing,
        form=form,
        roles=roles(),
        role_choices=_role_choices(),
    )


def _invitations(organisation: Organisation) -> list[dict[str, Any]]:
    return [
        {
            "id": row.id,
            "name": row.name,
            "email": row.email,
            "role": row.role,
            "standing": standing,
            "until": _("until %(day)s", day=near_day(row.expires_at.date())),
        }
        for row, standing in queries.member_invitations(session(), organisation.id, at=clock.now())
    ]


def _requests(organisation: Organisation) -> list[dict[str, Any]]:
    return [
        {
            "id": row.id,
            "name": row.user.name,
            "email": row.user.email,
            "monogram": monogram(row.user.name),
        }
        for row in queries.join_requests(session(), organisation.id)
    ]


def _back() -> Response:
    return see_other(url_for("organisations.show"))


@bp.get("/")
def show() -> Response:
    """Show the organisation and its members."""
    return _page()


@bp.get("/edit")
def edit() -> Response:
    """Show the form of what customers see."""
    _who, organisation = acting_here()
    names = ("name", "brand_colour", "reply_to", "address")
    values = {name: getattr(organisation, name) for name in names}
    return _page(editing="about", form=Form(values=values))


@bp.post("/")
def change() -> Response:
    """Change name, colour, reply address and address."""
    who, organisation = acting_here()
    require(who, Permission.ORGANISATION_EDIT, organisation)
    form = read_form(schemas.OrganisationForm())
    if not form.valid:
        return _page(editing="about", form=form, status=422)
    services.change_organisation(session(), who, organisation.id, fields=form.data, at=clock.now())
    flash(_("Saved."), "success")
    return _back()


# --- members -------------------------------------------------------------------------------------


@bp.get("/members/<uuid:member>")
def member(member: uuid.UUID) -> Response:
    """Show one member's role in the panel."""
    return _page(member=member)


@bp.post("/members/<uuid:member>/role")
def change_role(member: uuid.UUID) -> Response:
    """Give a member another role or the right to sign."""
    who, organisation = acting_here()
    require(who, Permission.MEMBER_MANAGE, organisation)
    form = read_form(schemas.RoleForm())
    if not form.valid:
        return _page(member=member, form=form, status=422)
    must_be_fresh()
    services.change_role(
        session(),
        who,
        organisation,
        member,
        role=Role(form.data["role"]),
        signatory=form.data["signatory"],
        at=clock.now(),
    )
    flash(_("Saved."), "success")
    return _back()


@bp.post("/members/<uuid:member>/remove")
def remove(member: uuid.UUID) -> Response:
    """End a membership and what acts for it."""
    who, organisation = acting_here()
    require(who, Permission.MEMBER_MANAGE, organisation)
    must_be_fresh()
    withdrawn = services.remove_member(session(), who, organisation, member, at=clock.now())
    text = _("This person no longer acts for %(name)s.", name=organisation.name)
    if withdrawn:
        text += " " + ngettext(
            "%(num)s invitation was withdrawn.", "%(num)s invitations were withdrawn.", withdrawn
        )
    flash(text, "success")
    return _back()


# --- invitations and requests --------------------------------------------------------------------


@bp.get("/invite")
def invite_form() -> Response:
    """Show the form that invites a colleague."""
    return _page(editing="invite", form=Form(values={"role": "editor", "language": locale()}))


@bp.post("/invitations")
def invite() -> Response:
    """Invite a colleague by mail."""
    who, organisation = acting_here()
    require(who, Permission.MEMBER_MANAGE, organisation)
    form = read_form(schemas.InviteMember())
    if form.valid:
        must_be_fresh()
        fields = {**form.data, "role": Role(form.data["role"])}
        try:
            services.invite_member(session(), who, organisation, at=clock.now(), **fields)
        except ConflictError:
            form.errors = {"email": [_("This person is a member already.")]}
    if not form.valid:
        return _page(editing="invite", form=form, status=422)
    flash(_("The invitation is on its way to %(email)s.", email=form.data["email"]), "success")
    return _back()


@bp.post("/invitations/<uuid:invitation>/withdraw")
def withdraw(invitation: uuid.UUID) -> Response:
    """Take back an invitation that nobody has answered."""
    who, organisation = acting_here()
    services.withdraw_member_invitation(session(), who, organisation, invitation, at=clock.now())
    flash(_("The invitation is withdrawn; its link does nothing any more."), "success")
    return _back()


@bp.post("/invitations/<uuid:invitation>/send-again")
def send_again(invitation: uuid.UUID) -> Response:
    """Send an invitation again, with a new link; the earlier one is dead."""
    who, organisation = acting_here()
    again = services.resend_member_invitation(
        session(), who, organisation, invitation, at=clock.now()
    )
    flash(_("The invitation is on its way to %(email)s.", email=again.email), "success")
    return _back()


@bp.post("/requests/<uuid:join>")
def decide(join: uuid.UUID) -> Response:
    """Answer somebody who asks to join."""
    who, organisation = acting_here()
    require(who, Permission.MEMBER_MANAGE, organisation)
    form = read_form(schemas.Decide())
    if not form.valid:
        raise InputError(form.errors)
    must_be_fresh()
    request = services.decide_join(
        session(),
        who,
        organisation,
        join,
        decision=services.Decision(form.data["decision"]),
        role=Role(form.data["role"]),
        at=clock.now(),
    )
    flash(_("Approved.") if request.accepted else _("Declined."), "success")
    return _back()
