"""Mails about accounts and invitations. A job asks border and policy again when it runs."""

from __future__ import annotations

import logging
from typing import Any, Protocol

from sqlalchemy import select

from partnerjourney.core import border
from partnerjourney.core.jobs import Context, Job, handler
from partnerjourney.core.mail import MailNotTakenError
from partnerjourney.core.parties import Membership, Organisation, Role, User
from partnerjourney.core.policy import Permission, allows
from partnerjourney.core.scopes import System
from partnerjourney.organisations import queries
from partnerjourney.organisations.models import (
    InvitationState,
    JoinRequest,
    MemberInvitation,
    PartyInvitation,
    PasswordReset,
)
from partnerjourney.organisations.rules.colours import palette
from partnerjourney.organisations.services import (
    invitation_path,
    make_reset,
    member_invitation_path,
    reset_path,
)
from partnerjourney.organisations.services.answering import ASKED_JOB
from partnerjourney.organisations.services.colleagues import INVITATION_JOB as COLLEAGUE_JOB
from partnerjourney.organisations.services.inviting import INVITATION_JOB as PARTY_JOB
from partnerjourney.organisations.services.joining import DECIDED_JOB
from partnerjourney.organisations.services.people import CHANGED_JOB, RESET_JOB
from partnerjourney.web.mails import Brand, day_in_words, send_mail

OURS = "PartnerJourney"

log = logging.getLogger(__name__)


class Sender(Protocol):
    """An organisation, as far as a mail needs it."""

    @property
    def name(self) -> str:
        """The name of the sender."""

    @property
    def brand_colour(self) -> str:
        """The colour as #rrggbb."""

    @property
    def address(self) -> str | None:
        """The postal address, where it is known."""


def brand_of(organisation: Sender) -> Brand:
    """Return how an organisation looks in a mail."""
    shades = palette(organisation.brand_colour)
    return Brand(
        name=organisation.name,
        text=shades.light.text,
        text_dark=shades.dark.text,
        solid=shades.light.solid,
        ink=shades.light.ink,
        address=organisation.address or "",
    )


@handler(RESET_JOB, mails=True)
def send_reset(context: Context, job: Job) -> None:
    """Send the link that sets a password; does nothing for an address that nobody has."""
    if job.user_id is None or job.thing_id is None:
        return
    with border.open_session(context.engine, System("reset a password"), write=True) as session:
        user = session.get(User, job.user_id)
        if user is None:
            return
        reset = session.get(PasswordReset, job.thing_id) or make_reset(
            session, user.id, at=context.at, reset_id=job.thing_id
        )
        session.commit()
    link = context.settings.base_url.rstrip("/") + reset_path(context.settings.secret_key, reset)
    _send("reset", user, link=link)


@handler(CHANGED_JOB, mails=True)
def send_changed(context: Context, job: Job) -> None:
    """Tell a person that its password was changed."""
    with border.open_session(context.engine, System("a password was changed")) as session:
        user = session.get(User, job.user_id)
    if user is not None:
        _send("changed", user, link=context.settings.base_url.rstrip("/") + "/forgotten")


def _send(template: str, user: User, *, link: str, sender: str = OURS, **context: Any) -> None:
    try:
        send_mail(
            f"organisations/mail/{template}",
            user.language,
            to=user.email,
            sender_name=sender,
            name=user.name,
            link=link,
            **context,
        )
    except MailNotTakenError:
        log.warning("the address of user %s was refused", user.id)


@handler(COLLEAGUE_JOB, mails=True)
def send_member_invitation(context: Context, job: Job) -> None:
    """Send an invitation to a colleague, if its sender may still invite."""
    with border.open_session(context.engine, System("who invites?")) as session:
        actor = queries.acting(session, job.organisation_id, job.user_id)
    if actor is None:
        return
    with border.open_session(context.engine, actor) as session:
        organisation = session.get_one(Organisation, actor.organisation_id)
        inviter = session.get(User, actor.user_id) if actor.user_id else None
        invitation = session.scalar(
            select(MemberInvitation).where(
                MemberInvitation.id == job.thing_id,
                MemberInvitation.state == InvitationState.OPEN,
            )
        )
        allowed = allows(actor, Permission.MEMBER_MANAGE, organisation)
    if invitation is None or invitation.sent_at or not allowed:
        return
    path = member_invitation_path(context.settings.secret_key, invitation)
    _send_invitation(
        context,
        job,
        invitation,
        organisation,
        inviter,
        template="member_invitation",
        link=context.settings.base_url.rstrip("/") + path,
    )


@handler(PARTY_JOB, mails=True)
def send_party_invitation(context: Context, job: Job) -> None:
    """Send an invitation to fill a party, if its sender may still invite for that journey."""
    with border.open_session(context.engine, System("who invites?")) as session:
        actor = queries.acting(session, job.organisation_id, job.user_id)
    if actor is None or job.thing_id is None:
        return
    with border.open_session(context.engine, actor) as session:
        organisation = session.get_one(Organisation, actor.organisation_id)
        inviter = session.get(User, actor.user_id) if actor.user_id else None
        found = queries.invited_to(session, actor, job.thing_id)
        allowed = found is not None and allows(actor, Permission.PARTY_INVITE, found)
    if found is None or found.invitation.sent_at or not allowed:
        return
    path = invitation_path(context.settings.secret_key, found.invitation)
    _send_invitation(
        context,
        job,
        found.invitation,
        organisation,
        inviter,
        template="party_invitation",
        link=context.settings.base_url.rstrip("/") + path,
        journey=found.journey.name,
        party=found.party.name,
    )


def _send_invitation(
    context: Context,
    job: Job,
    invitation: MemberInvitation | PartyInvitation,
    organisation: Organisation,
    inviter: User | None,
    *,
    template: str,
    link: str,
    **words: Any,
) -> None:
    """Send as the brand, answered by a person, and note when; a refused address stays unsent."""
    try:
        send_mail(
            f"organisations/mail/{template}",
            invitation.language,
            to=invitation.email,
            sender_name=organisation.name,
            reply_to=inviter.email if inviter else organisation.reply_to,
            brand=brand_of(organisation),
            organisation=organisation.name,
            inviter=inviter.name if inviter else organisation.name,
            name=invitation.name,
            day=day_in_words(invitation.expires_at.date(), invitation.language),
            link=link,
            **words,
        )
    except MailNotTakenError:
        log.warning("the address of invitation %s was refused", invitation.id)
        return
    with context.closing(job) as system:
        table: Any = type(invitation)
        system.get_one(table, (invitation.owner_id, invitation.id)).sent_at = context.at


@handler(ASKED_JOB, mails=True)
def send_join_asked(context: Context, job: Job) -> None:
    """Tell the admins of an organisation that somebody asks to join."""
    with border.open_session(context.engine, System("somebody asks to join")) as session:
        request = session.get(JoinRequest, (job.organisation_id, job.thing_id))
        if request is None or request.decided_at is not None:
            return
        asker = session.get_one(User, request.user_id)
        organisation = session.get_one(Organisation, request.owner_id)
        admins = session.scalars(
            select(User)
            .join(Membership, Membership.user_id == User.id)
            .where(
                Membership.owner_id == organisation.id,
                Membership.role == Role.ADMIN,
                Membership.ended_at.is_(None),
            )
            .order_by(User.id)
        ).all()
    link = f"{context.settings.base_url.rstrip('/')}/o/{organisation.slug}/organisation/"
    for admin in admins:
        _send(
            "join_asked",
            admin,
            link=link,
            organisation=organisation.name,
            asker=asker.name,
            email=asker.email,
        )


@handler(DECIDED_JOB, mails=True)
def send_join_decided(context: Context, job: Job) -> None:
    """Tell a person what the organisation said that it asked to join."""
    with border.open_session(context.engine, System("a request to join was decided")) as session:
        request = session.get(JoinRequest, (job.organisation_id, job.thing_id))
        if request is None or request.decided_at is None:
            return
        user = session.get_one(User, request.user_id)
        organisation = session.get_one(Organisation, request.owner_id)
    path = f"/o/{organisation.slug}/" if request.accepted else "/"
    _send(
        "join_decided",
        user,
        link=context.settings.base_url.rstrip("/") + path,
        organisation=organisation.name,
        accepted=bool(request.accepted),
    )
