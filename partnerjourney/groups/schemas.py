"""What a browser may send about a group."""

from __future__ import annotations

from partnerjourney.journeys.schemas import BulkForm


class InviteManyForm(BulkForm):
    """Mail addresses, one on each line; a name of the party beside it is not needed."""
