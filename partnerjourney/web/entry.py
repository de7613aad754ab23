"""Coming in: a browser gets a login, attempts are counted, a dead link is one calm page.

For every public page where somebody signs in or makes an account. On SQLite only one transaction
writes at a time, so whatever keeps a ledger (`slow_down`, `who_is_here`) comes before the
request's own session opens.
"""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv6Address, ip_address

from flask import Response, current_app, request, session, url_for
from flask_login import current_user, login_user, logout_user

from partnerjourney.core import border, clock, ledger, logins
from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.logins import SignedIn
from partnerjourney.core.scopes import System
from partnerjourney.core.settings import Settings
from partnerjourney.web import session as web
from partnerjourney.web.identity import Person, signed_in
from partnerjourney.web.pages import page

WINDOW = timedelta(minutes=5)
PER_ACCOUNT = 10
PER_ADDRESS = 60


def settings() -> Settings:
    """Return the installation's settings."""
    found: Settings = current_app.extensions["settings"]
    return found


def who_is_here() -> SignedIn | None:
    """Return who is signed in on a public page; ask before the request's session opens."""
    return signed_in() if current_user.is_authenticated else None


def address_group(address: str | None) -> str:
    """Return what counts as one address for rate limits: an IPv4 address, an IPv6 /64."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return "unknown"
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return f"{int(found) >> 64:x}/64"


def slow_down(what: str, subject: str | None = None, *, per_address: int | None = None) -> None:
    """Count an attempt of this address and for this account or link.

    Raises TooManyAttemptsError above `per_address` (60) or 10 a subject in five minutes.
    """
    at, engine = clock.now(), web.engine()
    where = f"address {address_group(request.remote_addr)}"
    limit = PER_ADDRESS if per_address is None else per_address
    ledger.count_attempt(engine, what, where, limit=limit, window=WINDOW, at=at)
    if subject is not None:
        ledger.count_attempt(engine, what, subject, limit=PER_ACCOUNT, window=WINDOW, at=at)


def start_afresh(what: str, subject: str) -> None:
    """Forget the attempts for an account, after a success."""
    ledger.forget_attempts(web.engine(), what, subject)


def browser() -> str:
    """Return what this browser says of itself."""
    return request.headers.get("User-Agent", "")[:200]


def lifetimes() -> tuple[timedelta, timedelta]:
    """Return how long a login may idle, and how long it lasts at most."""
    found = settings()
    return timedelta(hours=found.session_idle_hours), timedelta(days=found.session_days)


def let_in(token: str, *, instead_of: SignedIn | None = None) -> SignedIn:
    """Give this browser a session for a new login's token; nothing of the old one stays.

    `instead_of` is who was here before: that login ends.
    """
    if instead_of is not None:
        end_login(instead_of)
    idle, longest = lifetimes()
    found = logins.find(web.session(), token, at=clock.now(), idle=idle, longest=longest)
    if found is None:
        raise NotFoundError
    session.clear()
    _here_is(token, found)
    return found


def greet(token: str, *, renewed: bool = False) -> SignedIn:
    """Give this browser a login that a ledger has stored.

    Nothing of an old session stays, unless the login is that of the same person, renewed.
    """
    idle, longest = lifetimes()
    with border.open_session(web.engine(), System("who is signed in")) as reading:
        found = logins.find(reading, token, at=clock.now(), idle=idle, longest=longest)
    if found is None:
        raise NotFoundError
    if not renewed:
        session.clear()
    _here_is(token, found)
    return found


def _here_is(token: str, who: SignedIn) -> None:
    login_user(Person(token, who))


def end_login(who: SignedIn) -> None:
    """End the login of this browser and forget it here."""
    logins.end(web.session(), who.user.id, at=clock.now(), only=who.session.id)
    logout_user()
    session.clear()


def home_of(who: SignedIn) -> str:
    """Return where a person begins: the home of its first organisation, else its account."""
    for _, organisation in who.memberships:
        return url_for("home.show", organisation=organisation.slug)
    return url_for("accounts.profile")


def dead_link() -> Response:
    """Answer to a link that is mangled, used or expired: one page for all of them."""
    return page("errors/link.html", status=404)
