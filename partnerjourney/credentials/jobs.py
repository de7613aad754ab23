"""Mails that tell a person what changed in how it proves itself."""

from __future__ import annotations

import logging

from partnerjourney.core import border
from partnerjourney.core.jobs import Context, Job, handler
from partnerjourney.core.mail import MailNotTakenError
from partnerjourney.core.parties import User
from partnerjourney.core.scopes import System
from partnerjourney.credentials.services import Change
from partnerjourney.web.mails import send_mail

log = logging.getLogger(__name__)


def _tell(context: Context, job: Job) -> None:
    with border.open_session(context.engine, System("a second step changed")) as session:
        user = session.get(User, job.user_id)
    if user is None:
        return
    try:
        send_mail(
            "credentials/mail/changed",
            user.language,
            to=user.email,
            sender_name="PartnerJourney",
            name=user.name,
            what=Change(job.kind),
            link=context.settings.base_url.rstrip("/") + "/account/second-step",
        )
    except MailNotTakenError:
        log.warning("the address of user %s was refused", user.id)


for _change in Change:
    handler(_change, mails=True)(_tell)
