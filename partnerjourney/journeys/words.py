"""What pages say of parties: how long ago one did something, and who looks after a lane."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from partnerjourney.core.parties import Party
from partnerjourney.journeys.queries import Filling
from partnerjourney.journeys.services import Place
from partnerjourney.web import moments
from partnerjourney.web.texts import gettext as _
from partnerjourney.web.texts import ngettext

QUIET_AFTER = timedelta(days=30)
"""A party that did nothing for so long is asked after."""


@dataclass(frozen=True, slots=True)
class Age:
    """When an organisation last did something, and a warning where that is long ago."""

    text: str
    quiet: str


def age(filling: Filling, now: datetime, zone: str) -> Age:
    """Say when an organisation last confirmed, changed or sent something that the reader shares."""
    confirmed, acted, sent = (
        moments.moment(at, now, zone) if at else ""
        for at in (filling.confirmed_at, filling.acted_at, filling.sent_at)
    )
    parts = [
        _("confirmed %(when)s", when=confirmed) if confirmed else "",
        _("changed something %(when)s", when=acted) if acted else "",
        _("sent what happened %(when)s", when=sent) if sent else "",
    ]
    since = filling.latest or filling.joined_at
    quiet = ""
    if not filling.leads and now - since > QUIET_AFTER:
        days = (now - since).days
        quiet = ngettext("quiet for %(num)s day", "quiet for %(num)s days", days)
    return Age(" · ".join(part for part in parts if part) or _("nothing done yet"), quiet)


def interim(place: Place, party: Party) -> str:
    """Name who looks after a lane that nobody confirmed."""
    chosen = place.parties.get(party.interim_party_id) if party.interim_party_id else None
    found = chosen or place.orchestrator
    return found.name if found else ""
