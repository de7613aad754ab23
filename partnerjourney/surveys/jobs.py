"""The worker's part of surveys: the question, its one reminder, and the end of a wave."""

from __future__ import annotations

from typing import Any

from partnerjourney.core import border
from partnerjourney.core.ids import token_hash
from partnerjourney.core.jobs import Context, Job, handler
from partnerjourney.core.mail import MailNotTakenError
from partnerjourney.core.scopes import Respondent, System
from partnerjourney.organisations.jobs import brand_of
from partnerjourney.surveys.rules import SCALES
from partnerjourney.surveys.services import opening, saying, sending, waves
from partnerjourney.surveys.services.asking import REMIND, SEND
from partnerjourney.surveys.services.opening import Ask
from partnerjourney.surveys.services.sending import Outgoing
from partnerjourney.web.mails import send_mail


@handler(SEND, mails=True)
def send_question(context: Context, job: Job) -> None:
    """Send one question, if it may still be sent."""
    assert job.thing_id is not None
    with border.open_session(context.engine, System(SEND), write=True) as session, session.begin():
        outgoing = sending.take(session, job.thing_id, at=context.at)
    if outgoing is None:
        return
    delivered = _mail(context, outgoing, reminder=False)
    with context.closing(job) as session:
        sending.sent(session, job.thing_id, delivered=delivered, at=context.at)


@handler(REMIND, mails=True)
def send_reminder(context: Context, job: Job) -> None:
    """Send the one reminder, unless there is an answer or an opt-out."""
    assert job.thing_id is not None
    with (
        border.open_session(context.engine, System(REMIND), write=True) as session,
        session.begin(),
    ):
        outgoing = sending.take_reminder(session, job.thing_id, at=context.at)
    if outgoing is not None:
        _mail(context, outgoing, reminder=True)


@handler(waves.CLOSE)
def close_wave(context: Context, job: Job) -> None:
    """Close a wave whose day or number has come."""
    assert job.thing_id is not None
    with context.closing(job) as session:
        waves.close_if_due(session, job.thing_id, at=context.at)


def _mail(context: Context, outgoing: Outgoing, *, reminder: bool) -> bool:
    """Send the mail; return whether the address took it."""
    ask = opening.read(context.engine, Respondent(token_hash(outgoing.token)))
    base = context.settings.base_url.rstrip("/")
    stop = f"{base}/u/{outgoing.stop_token}"
    try:
        send_mail(
            "surveys/mail/question",
            ask.question.language,
            to=outgoing.contact.email,
            sender_name=ask.owner.name,
            reply_to=ask.journey.contact_email or ask.owner.reply_to,
            headers={
                "List-Unsubscribe": f"<{stop}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
            **_said(ask, outgoing),
            reminder=reminder,
            link=f"{base}/s/{outgoing.token}",
            stop=stop,
        )
    except MailNotTakenError:
        return False
    return True


def _said(ask: Ask, outgoing: Outgoing) -> dict[str, Any]:
    low, high = SCALES[ask.point.metric]
    return {
        "brand": brand_of(ask.owner),
        "ask": ask,
        "say": saying.of_ask(ask, short=False),
        "greeting": greeting(outgoing),
        "rows": scale_rows(low, high),
    }


def greeting(outgoing: Outgoing) -> str:
    """Return the contact's own salutation with its comma, or nothing."""
    own = outgoing.contact.salutation.strip()
    return own if not own or own.endswith((",", "!", ".")) else f"{own},"


def scale_rows(low: int, high: int) -> list[list[int | None]]:
    """Return the cells of the scale in a mail: 0–5 and 6–10 right-aligned, a short one in a row."""
    if high < 10:
        return [list(range(low, high + 1))]
    return [list(range(6)), [None, *range(6, 11)]]
