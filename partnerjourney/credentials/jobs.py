"""Mails that tell a person what changed in how it proves itself."""

from __future__ import annotations

import logging
from typing import Any

from partnerjourney.core import border
from partnerjourney.core.jobs import Context, Job, handler
from partnerjourney.core.mail import MailNotTakenError
from partnerjourney.core.parties import User
from partnerjourney.core.scopes import System
from partnerjourney.credentials.services import LINK_JOB, Change, link_path
from partnerjourney.web.mails import send_mail

log = logging.getLogger(__name__)


def _tell(context: Context, job: Job) -> None:
    _send(context, job, "changed", "/account/second-step", what=job.kind)


@handler(LINK_JOB, mails=True)
def _ask_to_link(context: Context, job: Job) -> None:
    """Send the link with which a person says that a provider's sign-in is its own."""
    if job.thing_id is not None:
        _send(context, job, "link", link_path(context.settings.secret_key, job.thing_id))


def _send(context: Context, job: Job, template: str, path: str, **more: Any) -> None:
    with border.open_session(context.engine, System("a second step changed")) as session:
        user = session.get(User, job.user_id)
    if user is None:
        return
    try:
        send_mail(
            f"credentials/mail/{template}",
            user.language,
            to=user.email,
            sender_name="PartnerJourney",
            name=user.name,
            link=context.settings.base_url.rstrip("/") + path,
            **more,
        )
    except MailNotTakenError:
        log.warning("the address of user %s was refused", user.id)


for _change in Change:
    handler(_change, mails=True)(_tell)
