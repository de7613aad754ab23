"""Who a provider's person is here: linked once, after a proof, and then known by the subject.

A first match by mail address opens nothing: the person of that account says yes with its password,
or by a link in its mail, in the browser that came from the provider.
"""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.orm import Session

from partnerjourney.core import ids, jobs, ledger, logins, signed
from partnerjourney.core.errors import ConflictError, NotFoundError
from partnerjourney.core.logins import Step
from partnerjourney.core.parties import User
from partnerjourney.core.signed import LinkPurpose
from partnerjourney.credentials.models import Ceremony, CeremonyKind, OidcIdentity
from partnerjourney.credentials.rules import STEP_LASTS
from partnerjourney.credentials.rules.oidc import LINK_LASTS_MINUTES, Claimed, identity_hash
from partnerjourney.credentials.services import ceremonies
from partnerjourney.credentials.services.entering import wait_for_step
from partnerjourney.credentials.services.noting import Change, note
from partnerjourney.credentials.services.provider import Begun
from partnerjourney.organisations import services as people

LINK_JOB = "oidc-link.send"


@dataclass(frozen=True)
class Onward:
    """Where signing in goes on: with a login's token, a second step, or a question first."""

    login: str | None = None
    step: str | None = None
    link: str | None = None


@dataclass(frozen=True)
class ToLink:
    """An account with the provider's mail address, not linked yet."""

    user_id: uuid.UUID
    email: str
    mailed: uuid.UUID | None
    after: str


def begin_at_provider(
    session: Session, begun: Begun, state: str, *, after: str, at: datetime
) -> None:
    """Store what must fit when a browser comes back with this state."""
    session.add(
        Ceremony(
            token_hash=ids.token_hash(state),
            kind=CeremonyKind.OIDC,
            data={"nonce": begun.nonce, "verifier": begun.verifier, "after": after},
            created_at=at,
            expires_at=at + STEP_LASTS,
        )
    )
    session.flush()


def back_from_provider(engine: Engine, state: str, *, at: datetime) -> dict[str, str] | None:
    """Return what was stored for a state and use it up; None for one that is none."""
    with ledger.writing(engine, "back from the provider") as session:
        found = ceremonies.look(session, CeremonyKind.OIDC, state, at=at)
        if found is None or not ceremonies.take(session, found, at=at):
            return None
        return dict(found.data)


def enter(
    engine: Engine, who: Claimed, *, after: str, browser: str, language: str, at: datetime
) -> Onward:
    """Let a linked person in, ask an unlinked one first, and make an account for a new one.

    A new person joins no organisation by it.
    """
    with ledger.writing(engine, "signed in at the provider") as session:
        known = _known(session, who)
        if known is not None:
            return _let_in(session, known, after=after, browser=browser, at=at)
        user = people.find_user(session, who.email)
        if user is not None:
            return Onward(link=_ask(session, user, who, after=after, at=at))
        try:
            made = people.create_user(
                session, email=who.email, name=who.name, language=language, at=at
            )
        except ConflictError as error:
            raise NotFoundError from error
        _link(session, made.id, who, at=at)
        return _let_in(session, made, after=after, browser=browser, at=at)


def to_link(session: Session, token: str | None, *, at: datetime) -> ToLink | None:
    """Return which account waits for a yes in this browser."""
    found = ceremonies.look(session, CeremonyKind.OIDC_LINK, token, at=at)
    if found is None or found.user_id is None:
        return None
    mailed = found.data.get("mailed")
    user = session.get_one(User, found.user_id)
    return ToLink(user.id, user.email, uuid.UUID(mailed) if mailed else None, found.data["after"])


def mail_link(session: Session, token: str | None, *, at: datetime) -> bool:
    """Send the account's person a link to say yes with; in a ledger's session."""
    found = ceremonies.look(session, CeremonyKind.OIDC_LINK, token, at=at)
    if found is None:
        return False
    mailed = ids.new_v4()
    session.execute(
        update(Ceremony)
        .where(Ceremony.token_hash == found.token_hash)
        .values(data={**found.data, "mailed": mailed.hex})
        .execution_options(synchronize_session=False)
    )
    jobs.enqueue(session, LINK_JOB, at=at, thing_id=mailed, user_id=found.user_id)
    return True


def link_path(secret: str, mailed: uuid.UUID) -> str:
    """Return the path of the link in that mail."""
    return f"/sign-in/oidc/confirm/{signed.sign(secret, LinkPurpose.OIDC_LINK, mailed)}"


def finish_link(engine: Engine, token: str | None, *, browser: str, at: datetime) -> Onward | None:
    """Link an account after its person said yes, once, and let it in."""
    with ledger.writing(engine, "linked to the provider") as session:
        found = ceremonies.look(session, CeremonyKind.OIDC_LINK, token, at=at)
        if found is None or found.user_id is None or not ceremonies.take(session, found, at=at):
            return None
        who = Claimed(**found.data["who"])
        if _known(session, who) is not None:
            return None
        user = session.get_one(User, found.user_id)
        _link(session, user.id, who, at=at)
        return _let_in(session, user, after=found.data["after"], browser=browser, at=at)


def linked_since(session: Session, user_id: uuid.UUID, issuer: str) -> datetime | None:
    """Return since when a provider opens a person's account."""
    mine = (OidcIdentity.user_id == user_id) & (OidcIdentity.issuer == issuer[:300])
    return session.scalar(select(OidcIdentity.made_at).where(mine).limit(1))


def unlink(session: Session, user_id: uuid.UUID, *, means: str, at: datetime) -> None:
    """Have no provider open a person's account any more; raises NotFoundError where none does."""
    gone: Any = session.execute(delete(OidcIdentity).where(OidcIdentity.user_id == user_id))
    if not gone.rowcount:
        raise NotFoundError
    note(session, user_id, Change.UNLINKED, at=at, means=means)


def _known(session: Session, who: Claimed) -> User | None:
    found = identity_hash(who.issuer, who.subject)
    return session.scalar(
        select(User)
        .join(OidcIdentity, OidcIdentity.user_id == User.id)
        .where(OidcIdentity.identity_hash == found)
    )


def _link(session: Session, user_id: uuid.UUID, who: Claimed, *, at: datetime) -> None:
    session.add(
        OidcIdentity(
            identity_hash=identity_hash(who.issuer, who.subject),
            user_id=user_id,
            issuer=who.issuer[:300],
            made_at=at,
        )
    )
    session.flush()
    note(session, user_id, Change.LINKED, at=at, means=str(Step.OIDC))


def _ask(session: Session, user: User, who: Claimed, *, after: str, at: datetime) -> str:
    return ceremonies.begin(
        session,
        CeremonyKind.OIDC_LINK,
        at=at,
        lasts=timedelta(minutes=LINK_LASTS_MINUTES),
        user_id=user.id,
        data={"who": asdict(who), "after": after},
    )


def _let_in(session: Session, user: User, *, after: str, browser: str, at: datetime) -> Onward:
    step = wait_for_step(session, user.id, first=Step.OIDC, after=after, at=at)
    if step is not None:
        return Onward(step=step)
    return Onward(login=logins.start(session, user, browser=browser, at=at, means=Step.OIDC))
