"""Answering a version: yes to exactly its text, or no and why; each party for itself."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import audit, border
from partnerjourney.core.errors import ConflictError, InputError, StaleVersionError
from partnerjourney.core.parties import Organisation, PartyKind, User
from partnerjourney.core.policy import NotAllowedError, Permission, require
from partnerjourney.core.scopes import Member
from partnerjourney.core.texts import N_
from partnerjourney.journeys.services import Place
from partnerjourney.versions import queries
from partnerjourney.versions.models import Version, VersionAnswer
from partnerjourney.versions.rules import Answer, Means, Snapshot, State, digest, waits_for
from partnerjourney.versions.services.drafting import record
from partnerjourney.versions.services.finding import step


@dataclass(frozen=True)
class Receipt:
    """What somebody agreed to: which text (its hash), who, for whom, when and how."""

    number: int
    sha256: str
    name: str
    organisation: str
    at: datetime
    means: Means


def mine(session: Session, place: Place, version: Version) -> list[VersionAnswer]:
    """Return the answers of the latest round that the acting organisation gives or gave."""
    standing = place.standing
    return list(
        session.scalars(
            select(VersionAnswer)
            .where(
                VersionAnswer.journey_id == place.id,
                VersionAnswer.version_id == version.id,
                VersionAnswer.round == version.round,
                VersionAnswer.party_id.in_(standing.party_ids | standing.group_ids),
                VersionAnswer.organisation_id == standing.organisation_id,
            )
            .order_by(VersionAnswer.id)
        )
    )


def receipts(session: Session, place: Place, version: Version) -> list[Receipt]:
    """Return what the acting organisation holds of its own yes to a version."""
    organisation = session.get_one(Organisation, place.standing.organisation_id)
    return [
        Receipt(
            version.number,
            one.sha256,
            one.name,
            organisation.name,
            one.answered_at,
            one.means,
        )
        for one in mine(session, place, version)
        if one.state is Answer.AGREED and one.answered_at is not None and one.means is not None
    ]


def _waiting(
    session: Session, actor: Member, place: Place, version: Version
) -> Sequence[VersionAnswer]:
    own = mine(session, place, version)
    if not own:
        raise NotAllowedError(Permission.VERSION_ANSWER)
    for one in own:
        require(actor, Permission.VERSION_ANSWER, place.owned(one.party_id))
    waiting = [one for one in own if one.state is Answer.WAITING]
    if version.state is not State.ALIGNMENT or not waiting:
        raise ConflictError("nothing waits for your answer here")
    return waiting


def _answer(
    session: Session,
    actor: Member,
    answer: VersionAnswer,
    version: Version,
    state: Answer,
    means: Means,
    at: datetime,
) -> None:
    user = session.get(User, actor.user_id) if actor.user_id is not None else None
    organisation = session.get_one(Organisation, actor.organisation_id)
    answer.state, answer.answered_at, answer.means = state, at, means
    answer.user_id, answer.name = actor.user_id, user.name if user else organisation.name
    answer.sha256 = version.sha256
    session.flush()
    audit.record(
        session,
        f"version.{'agree' if state is Answer.AGREED else 'refuse'}",
        at=at,
        thing_id=version.id,
        journey_id=version.journey_id,
        circle_id=answer.circle_id,
        after={"sha256": version.sha256, "means": means.value, "reason": answer.reason},
    )


def agree(
    session: Session,
    actor: Member,
    place: Place,
    version: Version,
    *,
    sha256: str,
    means: Means = Means.SIGNED_IN,
    at: datetime,
) -> None:
    """Say yes to the text that `sha256` names, of a version that `find` holds.

    Raises ConflictError where nothing waits, StaleVersionError where the text is another.
    """
    waiting = _waiting(session, actor, place, version)
    if sha256 != version.sha256 or digest(_text(session, version)) != version.sha256:
        raise StaleVersionError({"sha256": version.sha256})
    told = {
        "at": at.isoformat(),
        "organisation": str(actor.organisation_id),
        "means": means.value,
    }
    for one in waiting:
        _answer(session, actor, one, version, Answer.AGREED, means, at)
        if place.parties[one.party_id].kind is PartyKind.ORGANISATION:
            version.agreed = {**version.agreed, str(one.party_id): told}
            record(session, version, "version.yes", at)
    settle(session, place, version, at=at)


def _text(session: Session, version: Version) -> Snapshot:
    return queries.snapshot(session, version.journey_id, version.id)


def settle(session: Session, place: Place, version: Version, *, at: datetime) -> None:
    """Let a version be agreed with the last yes; one that a group is asked is established by hand.

    The members of a group would see in it that others of them exist, and when they answered.
    """
    groups = {str(p.id) for p in place.parties.values() if p.kind is PartyKind.GROUP}
    if groups & set(version.asked) or waits_for(version.asked, version.agreed):
        session.flush()
        return
    step(version, "agree")
    version.decided_at = at
    session.flush()
    with border.verb(session, "all agreed to a version") as system:  # nobody closed it
        record(system, version, "version.agreed", at)


def refuse(
    session: Session,
    actor: Member,
    place: Place,
    version: Version,
    *,
    reason: str,
    means: Means = Means.SIGNED_IN,
    at: datetime,
) -> None:
    """Say no, and why: the version goes back to the coordinator, who reads the reason.

    What a member of a group says the coordinator alone reads, and decides. Raises InputError
    without a reason, ConflictError where nothing waits.
    """
    waiting = _waiting(session, actor, place, version)
    if not reason.strip():
        raise InputError({"reason": [N_("Say why not: it helps the other side.")]})
    back = None
    for one in waiting:
        one.reason = reason.strip()
        _answer(session, actor, one, version, Answer.REFUSED, means, at)
        if place.parties[one.party_id].kind is PartyKind.ORGANISATION:
            back = one.party_id
    if back is not None:
        send_back(session, version, refused_by=back, at=at)
        record(session, version, "version.no", at)


def send_back(
    session: Session, version: Version, *, refused_by: uuid.UUID | None, at: datetime
) -> None:
    """Ask nobody any more; what was said stays."""
    step(version, "send_back")
    version.refused_by, version.decided_at = refused_by, at
    session.flush()
    with border.verb(session, "a version went back") as system:
        for one in system.scalars(
            select(VersionAnswer).where(
                VersionAnswer.journey_id == version.journey_id,
                VersionAnswer.version_id == version.id,
                VersionAnswer.state == Answer.WAITING,
            )
        ).all():
            one.state, one.answered_at = Answer.VOID, at
        system.flush()
