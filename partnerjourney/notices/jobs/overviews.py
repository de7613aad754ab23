"""The worker's part: an overview of what waits, in the morning.

No mail holds content: it counts, says by when, and leads to pages that ask who is reading. Each job
asks again whether its reader is a member, wants this mail, and has something to answer.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from partnerjourney.core import border, clock, jobs, waiting
from partnerjourney.core.jobs import Context, Job, handler
from partnerjourney.core.mail import MailNotTakenError
from partnerjourney.core.parties import Organisation, User
from partnerjourney.core.scopes import Member, System
from partnerjourney.core.waiting import Item
from partnerjourney.notices import queries, services
from partnerjourney.notices.rules import Often
from partnerjourney.notices.services.sending import OVERVIEW_JOB
from partnerjourney.organisations.queries import acting, calendar_of
from partnerjourney.web.mails import day_in_words, send_mail

ROUND = "notice.round"
OURS = "PartnerJourney"
BATCH = 500
"""Overviews that one transaction asks for."""
MOST = 12
"""Lines of an overview; the rest is a number."""
_HOUR = timedelta(hours=1)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Line:
    """One line of an overview: so many things of a kind, from one place, due on one day."""

    number: int
    kind: str
    day: str
    late: bool
    source: str
    path: str

    @property
    def text(self) -> str:
        """What waits, in the language that is spoken when it is asked."""
        return waiting.KINDS[self.kind].say(self.number)


# --- the overview -------------------------------------------------------------------------------


def schedule(engine: Engine, *, at: datetime) -> None:
    """Have a worker look at `at` whose morning it is, unless a run in that hour was asked for."""
    hour = at.astimezone(UTC).strftime("%Y-%m-%dT%H")
    with border.open_session(engine, System(ROUND), write=True) as session, session.begin():
        jobs.enqueue(session, ROUND, at=clock.now(), run_at=at, dedupe_key=hour)


@handler(ROUND)
def go_round(context: Context, _job: Job) -> None:
    """Have the overviews sent for which it is morning; before that ask for the next hour's run.

    A run that is cut short is done again: what was asked for already is not asked for twice.
    """
    full = context.at.replace(minute=0, second=0, microsecond=0)
    schedule(context.engine, at=full + _HOUR)
    with border.open_session(context.engine, System(ROUND)) as session:
        found = services.mornings(session, at=context.at)
    for start in range(0, len(found), BATCH):
        with (
            border.open_session(context.engine, System(ROUND), write=True) as session,
            session.begin(),
        ):
            services.enqueue_overviews(session, found[start : start + BATCH], at=context.at)


@handler(OVERVIEW_JOB, mails=True)
def send_overview(context: Context, job: Job) -> None:
    """Send a person what waits for its answer in one organisation; nothing when nothing does."""
    if job.organisation_id is None or job.user_id is None:
        return
    with border.open_session(context.engine, System("who gets an overview?")) as session:
        actor = acting(session, job.organisation_id, job.user_id)
        setting = queries.setting_of(session, job.organisation_id, job.user_id)
        zone = calendar_of(session, job.organisation_id).zone
        user = session.get_one(User, job.user_id)
        organisation = session.get_one(Organisation, job.organisation_id)
    if actor is None or (setting is not None and setting.often is Often.NEVER):
        return
    with border.open_session(context.engine, actor) as session:
        items = waiting.items(session, actor, context.at)
    if items:
        today = context.at.astimezone(ZoneInfo(zone)).date()
        often = setting.often if setting is not None else Often.WEEKLY
        _send_overview(context, actor, user, organisation, items, today=today, often=often)


def _send_overview(
    context: Context,
    actor: Member,
    user: User,
    organisation: Organisation,
    items: Sequence[Item],
    *,
    today: date,
    often: Often,
) -> None:
    scope = System("a link to end overviews")
    with border.open_session(context.engine, scope, write=True) as session, session.begin():
        path = services.overview_path(session, actor.organisation_id, user.id, at=context.at)
    base = context.settings.base_url.rstrip("/")
    found = lines(items, user.language, today)
    try:
        send_mail(
            "notices/mail/overview",
            user.language,
            to=user.email,
            sender_name=OURS,
            headers={
                "List-Unsubscribe": f"<{base}{path}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
            name=user.name,
            organisation=organisation.name,
            number=len(items),
            lines=found[:MOST],
            more=len(found[MOST:]),
            weekly=often is Often.WEEKLY,
            base=base,
            link=f"{base}/o/{organisation.slug}/",
            settings=f"{base}/account/mail",
            stop=base + path,
        )
    except MailNotTakenError:
        log.warning("the address of user %s was refused", user.id)


def lines(items: Sequence[Item], language: str, today: date) -> list[Line]:
    """Count what waits by day, kind and place, in the order of the items.

    A line leads to the thing itself where it is one.
    """
    groups: dict[tuple[date, str, str], list[Item]] = {}
    for item in items:
        groups.setdefault((item.due, item.kind, item.source), []).append(item)
    return [
        Line(
            len(found),
            kind,
            day_in_words(due_on, language),
            due_on < today,
            source,
            found[0].path if len(found) == 1 else "",
        )
        for (due_on, kind, source), found in groups.items()
    ]
