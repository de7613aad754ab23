"""Questions that wait: while a customer has an open complaint it is not asked how it went.

Features above say whether (`signals.question_must_wait`). A question that waits stays planned, with
the reason; it is let go once, when that is over, and is sent if it is still within its time.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import border, jobs
from partnerjourney.core.parties import Journey, Organisation
from partnerjourney.surveys import signals
from partnerjourney.surveys.models import Invitation
from partnerjourney.surveys.rules import InvitationState, Suppression
from partnerjourney.surveys.services.asking import REMIND, SEND

LOOK_AGAIN = timedelta(days=1)
"""When a reminder that had to wait is tried again."""


def must_wait(system: Session, invitation: Invitation) -> bool:
    """Say whether something above holds this question back for now."""
    said = signals.question_must_wait.send(system, invitation=invitation)
    return any(holds for _, holds in said)


def turn(system: Session, customer_owner_id: object) -> None:
    """Wait for one's turn with a customer owner: who sends, and who lets go, do it one by one."""
    system.execute(
        select(Organisation.id)
        .where(Organisation.id == customer_owner_id)
        .with_for_update(key_share=True)
    )


def let_go(session: Session, journey: Journey, *, at: datetime) -> None:
    """Try the questions again that waited with the customer owner of a journey.

    Call it in the transaction that ends what held them back; those that something else still holds
    go on waiting.
    """
    with border.verb(session, "let waiting questions go") as system:
        turn(system, journey.customer_owner_id)
        waiting = system.scalars(
            select(Invitation)
            .where(
                Invitation.customer_owner_id == journey.customer_owner_id,
                Invitation.state == InvitationState.PLANNED,
                Invitation.suppressed == Suppression.OPEN_COMPLAINT.value,
            )
            .order_by(Invitation.id)
            .with_for_update()
        ).all()
        for invitation in waiting:
            invitation.suppressed = None  # so that nobody lets it go a second time
            jobs.enqueue(system, SEND, at=at, thing_id=invitation.id)


def later(system: Session, invitation: Invitation, *, at: datetime) -> None:
    """Try a reminder again tomorrow."""
    jobs.enqueue(
        system,
        REMIND,
        at=at,
        run_at=at + LOOK_AGAIN,
        dedupe_key=f"{invitation.id} {at.date().isoformat()}",
        thing_id=invitation.id,
    )
