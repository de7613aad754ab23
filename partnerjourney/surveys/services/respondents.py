"""A customer asks what is stored about it, or to be forgotten: the customer owner answers.

It is found by the keyed hash of its exact address, which stays: as an opt-out, and for backups to
hear of it. The score stays as an anonymous count: one that drops would tell which one it was.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from partnerjourney.core import audit, border
from partnerjourney.core.links import Link
from partnerjourney.core.parties import Journey, Organisation
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Member
from partnerjourney.surveys import signals
from partnerjourney.surveys.models import (
    Answer,
    Contact,
    Erasure,
    Invitation,
    OptOut,
    PermittedComment,
    Point,
    Wave,
)
from partnerjourney.surveys.rules import InvitationState
from partnerjourney.surveys.rules.asking import address_mac, normalised

_NOON = time(12, tzinfo=UTC)
_UNANSWERED = (InvitationState.PLANNED, InvitationState.SENT)


@dataclass(frozen=True)
class Erased:
    """What went: how many questions and answers lost their customer."""

    questions: int
    answers: int


def stored(
    session: Session,
    actor: Member,
    organisation: Organisation,
    *,
    email: str,
    secret: str,
    at: datetime,
) -> dict[str, Any] | None:
    """Return what is stored about a customer of this organisation, ready for JSON, or None.

    `secret` is the installation's. That it was looked up is audited.
    """
    require(actor, Permission.RESPONDENT_MANAGE, organisation)
    mac = address_mac(secret, organisation.id, email)
    with border.verb(session, "what is stored about a customer") as system:
        contacts = _contacts(system, organisation.id, mac, email)
        questions = _questions(system, organisation.id, mac)
        stopped = system.get(OptOut, (organisation.id, mac))
    audit.record(session, "respondent.look", at=at, owner_id=organisation.id, after=mac)
    if not contacts and not questions and stopped is None:
        return None
    fields = ("email", "name", "salutation", "account", "role", "created_at")
    return {
        "organisation": organisation.name,
        "address": normalised(email),
        "asked_at": at.isoformat(),
        # What a partner wrote about its own contact is the partner's.
        "contacts": [_named(c, fields) for c in contacts if c.owner_id == organisation.id],
        "questions": questions,
        "no_more_questions_since": stopped.at.isoformat() if stopped else None,
    }


def erase(
    session: Session,
    actor: Member,
    organisation: Organisation,
    *,
    email: str,
    secret: str,
    at: datetime,
) -> Erased:
    """Forget a customer of this organisation for good; a second time changes nothing."""
    require(actor, Permission.RESPONDENT_MANAGE, organisation)
    mac = address_mac(secret, organisation.id, email)
    with border.verb(session, "erase a customer") as system:
        contacts = [contact.id for contact in _contacts(system, organisation.id, mac, email)]
        erased = _forget(system, organisation.id, mac, contacts, at=at)
    audit.record(session, "respondent.erase", at=at, owner_id=organisation.id, after=mac)
    return erased


# --- after a restore ----------------------------------------------------------------------------


def log(system: Session) -> list[dict[str, Any]]:
    """Return every erasure and opt-out, as hashes: what a restored backup has to hear again."""
    slugs = select(Organisation.id, Organisation.slug)
    named = {row.id: row.slug for row in system.execute(slugs)}
    erased = {(row.customer_owner_id, row.address_mac) for row in system.scalars(select(Erasure))}
    rows = system.scalars(select(OptOut).order_by(OptOut.at, OptOut.address_mac))
    return [
        {
            "organisation": named[row.customer_owner_id],
            "address": row.address_mac,
            "at": row.at.isoformat(),
            "erased": (row.customer_owner_id, row.address_mac) in erased,
        }
        for row in rows
    ]


def replay(system: Session, rows: Iterable[Mapping[str, Any]], *, secret: str) -> tuple[int, int]:
    """Do erasures and opt-outs of a log again; returns how many of each were new here.

    Raises KeyError for an organisation that is not in this database, ValueError for a bad row.
    """
    owners = {
        row.slug: row.id for row in system.execute(select(Organisation.id, Organisation.slug))
    }
    known: dict[uuid.UUID, dict[str, list[uuid.UUID]]] = {}
    erasures = stops = 0
    for row in rows:
        owner, mac = owners[row["organisation"]], str(row["address"])
        at = datetime.fromisoformat(row["at"])
        if at.tzinfo is None or len(mac) != 64:
            raise ValueError("no erasure of this product")
        stops += _stop(system, owner, mac, at=at)
        if row["erased"] and system.get(Erasure, (owner, mac)) is None:
            if owner not in known:
                known[owner] = _by_mac(system, owner, secret)
            _forget(system, owner, mac, known[owner].get(mac, []), at=at)
            erasures += 1
    return erasures, stops


def _by_mac(system: Session, owner: uuid.UUID, secret: str) -> dict[str, list[uuid.UUID]]:
    found: dict[str, list[uuid.UUID]] = {}
    for row in system.execute(select(Contact.id, Contact.email).where(Contact.owner_id == owner)):
        found.setdefault(address_mac(secret, owner, row.email), []).append(row.id)
    return found


# --- under the System scope ---------------------------------------------------------------------


def _contacts(system: Session, owner: uuid.UUID, mac: str, email: str) -> list[Contact]:
    """Return the contacts of the address: the owner's own, and those on whom it was asked."""
    asked = select(Invitation.contact_id).where(
        Invitation.customer_owner_id == owner, Invitation.address_mac == mac
    )
    rows = system.scalars(
        select(Contact)
        .where(
            Contact.id.in_(asked)
            | ((Contact.owner_id == owner) & (func.lower(Contact.email) == email.strip().lower()))
        )
        .order_by(Contact.created_at, Contact.id)
    )
    return [row for row in rows if normalised(row.email) == normalised(email)]


def _questions(system: Session, owner: uuid.UUID, mac: str) -> list[dict[str, Any]]:
    rows = system.execute(
        select(Invitation, Journey.name, Point.subject, Wave.key, Answer)
        .join(Journey, Journey.id == Invitation.journey_id)
        .join(
            Point, (Point.journey_id == Invitation.journey_id) & (Point.id == Invitation.point_id)
        )
        .join(Wave, (Wave.journey_id == Invitation.journey_id) & (Wave.id == Invitation.wave_id))
        .outerjoin(
            Answer,
            (Answer.journey_id == Invitation.journey_id) & (Answer.invitation_id == Invitation.id),
        )
        .where(Invitation.customer_owner_id == owner, Invitation.address_mac == mac)
        .order_by(Invitation.planned_at, Invitation.id)
    ).all()
    readers = _readers(system, [row.Answer.id for row in rows if row.Answer])
    asked = (
        *("about_day", "reference", "role", "state", "suppressed"),
        *("planned_at", "sent_at", "reminded_at", "answered_at"),
    )
    return [
        {
            "journey": row.name,
            "about": row.subject,
            "period": row.key,
            **_named(row.Invitation, asked),
            **({} if row.Invitation.contact_owner_id == owner else {"reference": ""}),
            "answer": _answer(row.Answer, readers) if row.Answer else None,
        }
        for row in rows
    ]


def _answer(answer: Answer, readers: Mapping[uuid.UUID, list[dict[str, Any]]]) -> dict[str, Any]:
    fields = ("score", "skipped", "comment", "day", "answered_at", "state")
    return {**_named(answer, fields), "comment_read_by": readers.get(answer.id, [])}


def _readers(
    system: Session, answers: Sequence[uuid.UUID]
) -> dict[uuid.UUID, list[dict[str, Any]]]:
    rows = system.execute(
        select(PermittedComment.answer_id, PermittedComment.name, Organisation.name.label("reads"))
        .join(Organisation, Organisation.id == PermittedComment.owner_id)
        .where(PermittedComment.answer_id.in_(answers))
        .order_by(Organisation.name)
    )
    found: dict[uuid.UUID, list[dict[str, Any]]] = {}
    for row in rows:
        told = {"organisation": row.reads, "with_name": bool(row.name)}
        found.setdefault(row.answer_id, []).append(told)
    return found


def _named(row: Any, names: Iterable[str]) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in names}
    return {n: v.isoformat() if hasattr(v, "isoformat") else v for n, v in values.items()}


def _forget(
    system: Session, owner: uuid.UUID, mac: str, contacts: Sequence[uuid.UUID], *, at: datetime
) -> Erased:
    """Take the customer out of everything: first the invitations are held, as an answer does."""
    asked = system.scalars(
        select(Invitation)
        .where(Invitation.customer_owner_id == owner, Invitation.address_mac == mac)
        .order_by(Invitation.id)
        .with_for_update()
    ).all()
    ids = [invitation.id for invitation in asked]
    here = {invitation.journey_id for invitation in asked}
    answers = system.scalars(
        select(Answer)
        .where(Answer.journey_id.in_(here), Answer.invitation_id.in_(ids))
        .order_by(Answer.id)
        .with_for_update()
    ).all()
    left = {*contacts, *(row.contact_id for row in asked if row.contact_id)}
    _delete(
        system,
        PermittedComment,
        PermittedComment.journey_id.in_(here)
        & PermittedComment.point_id.in_({answer.point_id for answer in answers})
        & PermittedComment.answer_id.in_([answer.id for answer in answers]),
    )
    _delete(system, Link, Link.thing_id.in_(ids))
    signals.customer_erased.send(system, invitations=asked, at=at)
    for answer in answers:
        answer.invitation_id = answer.case_id = answer.comment = answer.flags = None
        answer.answered_at = datetime.combine(answer.day, _NOON)
    for invitation in asked:
        _strip(invitation)
    system.flush()
    _delete(
        system,
        Contact,
        Contact.id.in_(left)
        & Contact.id.not_in(select(Invitation.contact_id).where(Invitation.contact_id.in_(left))),
    )
    _stop(system, owner, mac, at=at)
    if system.get(Erasure, (owner, mac)) is None:
        system.add(Erasure(customer_owner_id=owner, address_mac=mac, at=at))
    return Erased(len(asked), len(answers))


def _strip(invitation: Invitation) -> None:
    """Leave of a question what is counted: where, when (the day), and what became of it."""
    invitation.contact_id = invitation.contact_owner_id = invitation.case_id = None
    invitation.about_day = invitation.sent_at = None
    invitation.reminded_at = invitation.answered_at = None
    invitation.reference, invitation.named = "", False
    invitation.address_mac = secrets.token_hex(32)
    invitation.planned_at = datetime.combine(invitation.planned_at.date(), _NOON)
    if invitation.state in _UNANSWERED:
        invitation.state = InvitationState.EXPIRED


def _stop(system: Session, owner: uuid.UUID, mac: str, *, at: datetime) -> bool:
    """Store that the address is asked no more; returns whether that is new."""
    if system.get(OptOut, (owner, mac)) is not None:
        return False
    system.add(OptOut(customer_owner_id=owner, address_mac=mac, at=at))
    system.flush()
    return True


def _delete(system: Session, table: type[Any], where: ColumnElement[bool]) -> None:
    system.execute(delete(table).where(where).execution_options(synchronize_session=False))
