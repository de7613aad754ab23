"""Drawing a report of fixed facts; the border and the policy are asked again when it runs."""

from __future__ import annotations

import logging
import uuid

from sqlalchemy import select

from partnerjourney.core import border, clock
from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.jobs import Context, Job, handler
from partnerjourney.core.parties import Membership
from partnerjourney.core.policy import NotAllowedError, Permission, require
from partnerjourney.core.scopes import Member, System
from partnerjourney.journeys import services as journeys
from partnerjourney.reviews import services
from partnerjourney.reviews.services import MAKE_JOB, DrawingError

log = logging.getLogger(__name__)


@handler(MAKE_JOB)
def make(context: Context, job: Job) -> None:
    """Draw one report and keep its PDF; what cannot be drawn is said on the page, not retried."""
    if job.organisation_id is None or job.thing_id is None:
        return
    owner, report_id = job.organisation_id, job.thing_id
    reason, pdf = "", b""
    try:
        actor = _actor(context, owner, job.user_id)
        with border.open_session(context.engine, actor) as session:
            report = services.to_draw(session, owner, report_id)
            if report is None:
                return
            place = journeys.find(session, actor, report.journey_id)
            require(actor, Permission.REPORT_MAKE, place)
        _note(context, actor, report_id, 10)
        pdf = services.draw(
            report.facts,
            language=report.language,
            progressed=lambda progress: _note(context, actor, report_id, progress),
        )
    except DrawingError as error:
        reason = error.reason
    except (NotFoundError, NotAllowedError):
        reason = "not_allowed"
    except OSError:
        log.exception("report %s was not drawn", report_id)
        reason = "failed"
    with context.closing(job) as system:
        if pdf:
            services.store(system, owner, report_id, pdf, at=clock.now())
        else:
            services.failed(system, owner, report_id, reason=reason)


def _actor(context: Context, organisation_id: uuid.UUID, user_id: uuid.UUID | None) -> Member:
    """Who asked, in the role that it has today; raises NotAllowedError for one who left."""
    if user_id is None:
        return Member(None, organisation_id)
    with border.open_session(context.engine, System("who asked for a report")) as session:
        membership = session.scalar(
            select(Membership).where(
                Membership.owner_id == organisation_id,
                Membership.user_id == user_id,
                Membership.ended_at.is_(None),
            )
        )
    if membership is None:
        raise NotAllowedError(Permission.REPORT_MAKE)
    return Member(user_id, organisation_id, membership.role, membership.signatory)


def _note(context: Context, actor: Member, report_id: uuid.UUID, progress: int) -> None:
    """Let the page see how far it is, in a short transaction of its own."""
    with border.open_session(context.engine, actor, write=True) as session, session.begin():
        services.progressed(session, actor.organisation_id, report_id, progress)
