"""Acting: how a transaction of PostgreSQL works in a scope's name: its role and its settings."""

from __future__ import annotations

from partnerjourney.core.narrowing import ordered
from partnerjourney.core.scopes import Member, Respondent, Scope, Token

_SET_SCOPE = (
    "select set_config('role', %(role)s, true), set_config('app.scope', %(scope)s, true),"
    " set_config('app.organisation', %(organisation)s, true),"
    " set_config('app.user', %(user)s, true)"
)
_SET_TOKEN = f"{_SET_SCOPE}, set_config('app.journeys', %(journeys)s, true)"
_SET_LINK = (
    f"{_SET_SCOPE}, set_config('app.opened', coalesce(pj_opened(%(token)s), ''), true),"
    # What a link asks is written in the order in which it is found: nothing to plan.
    " set_config('join_collapse_limit', '1', true), set_config('from_collapse_limit', '1', true)"
)


def settings(scope: Scope, prefix: str) -> tuple[str, dict[str, str]]:
    """Return PostgreSQL's statement, with parameters, that works in a scope's name.

    `prefix` is that of the two roles.
    """
    values = {"role": f"{prefix}_app", "scope": "system", "organisation": "", "user": ""}
    match scope:
        case Member():
            values |= {"scope": "member", "organisation": str(scope.organisation_id)}
            return _SET_SCOPE, values | {"user": str(scope.user_id or "")}
        case Token():
            within = ",".join(str(one) for one in ordered(scope.journeys))
            values |= {"scope": "token", "organisation": str(scope.organisation_id)}
            return _SET_TOKEN, values | {"journeys": f"{{{within}}}"}
        case Respondent():
            return _SET_LINK, values | {"scope": "respondent", "token": scope.token_hash}
        case _:
            return _SET_SCOPE, values | {"role": f"{prefix}_system"}
