"""What organisations clear: links to set a password, and invitations that nobody answered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, or_

from partnerjourney.core import retention
from partnerjourney.core.tokens import ApiAnswer, ApiToken
from partnerjourney.organisations.models import (
    InvitationState,
    MemberInvitation,
    PartyInvitation,
    PasswordReset,
)


@retention.rule("access keys that open nothing", setting="keep_logins_days")
def _keys(engine: Engine, _settings: Any, before: datetime) -> Iterator[int]:
    over = or_(ApiToken.revoked_at < before, ApiToken.expires_at < before)
    yield from retention.delete_rows(engine, ApiToken, over)


@retention.rule("answers to be said again", setting="keep_attempts_days")
def _answers(engine: Engine, _settings: Any, before: datetime) -> Iterator[int]:
    """What requests with an Idempotency-Key were answered: nobody asks again after a day."""
    yield from retention.delete_rows(engine, ApiAnswer, ApiAnswer.created_at < before)


@retention.rule("links to set a password", setting="keep_links_days")
def _resets(engine: Engine, _settings: Any, before: datetime) -> Iterator[int]:
    yield from retention.delete_rows(
        engine,
        PasswordReset,
        or_(PasswordReset.used_at < before, PasswordReset.expires_at < before),
    )


@retention.rule("invitations without an answer", setting="keep_links_days")
def _invitations(engine: Engine, _settings: Any, before: datetime) -> Iterator[int]:
    """Expired or withdrawn ones: they hold the address of somebody who never joined."""
    for table in (PartyInvitation, MemberInvitation):
        unanswered = or_(
            (table.state == InvitationState.OPEN) & (table.expires_at < before),
            (table.state == InvitationState.WITHDRAWN) & (table.answered_at < before),
        )
        yield from retention.delete_rows(engine, table, unanswered)
