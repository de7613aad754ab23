"""How long links last; beside it names, pasted invitations, colours and browsers in words."""

from __future__ import annotations

from datetime import timedelta

MEMBER_INVITATION_LASTS = timedelta(days=14)
PARTY_INVITATION_LASTS = timedelta(days=30)
RESET_LASTS = timedelta(hours=1)
