"""How what waits is called in mailed overviews."""

from __future__ import annotations

from flask_babel import ngettext

from partnerjourney.core import waiting
from partnerjourney.home.queries import overview

waiting.register(
    "proposal",
    overview.proposals,
    say=lambda n: ngettext(
        "%(num)s proposal waits for your answer", "%(num)s proposals wait for your answer", n
    ),
)
waiting.register(
    "unconfirmed",
    overview.unconfirmed,
    say=lambda n: ngettext(
        "Is what stands about you right?", "Is what stands about you right? (%(num)s×)", n
    ),
)
waiting.register(
    "join_request",
    overview.requests,
    say=lambda n: ngettext("%(num)s person asks to join you", "%(num)s people ask to join you", n),
)
waiting.register(
    "said_by_mail",
    overview.said_by_mail,
    say=lambda n: ngettext(
        "%(num)s answer by mail waits for you",
        "%(num)s answers by mail wait for you",
        n,
    ),
)
waiting.register(
    "unreached",
    overview.unreached,
    say=lambda n: ngettext(
        "%(num)s party waits for another contact", "%(num)s parties wait for another contact", n
    ),
)
waiting.register(
    "invitation",
    overview.invitations,
    say=lambda n: ngettext(
        "%(num)s invitation has no answer yet", "%(num)s invitations have no answer yet", n
    ),
)
waiting.register(
    "conversation",
    overview.conversations,
    say=lambda n: ngettext("A conversation asks for you", "%(num)s conversations ask for you", n),
)
