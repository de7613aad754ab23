"""What waits in mailed overviews: the same things as on home, found for the person who reads.

Due days are counted by the reader's own organisation: it is the one that answers.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from partnerjourney.comments import queries as comments
from partnerjourney.confirming.queries import pending, to_handle
from partnerjourney.confirming.rules import AskingState
from partnerjourney.core import waiting, workdays
from partnerjourney.core.parties import Organisation, Role
from partnerjourney.core.policy import Permission, allows
from partnerjourney.core.scopes import Member
from partnerjourney.core.waiting import Item
from partnerjourney.core.workdays import ANSWER_WITHIN
from partnerjourney.home.queries import waiting as rows
from partnerjourney.journeys.queries import MyJourney, mine
from partnerjourney.organisations.queries import calendar_of

Due = Callable[[datetime], date]


def _due(session: Session, actor: Member) -> Due:
    calendar = calendar_of(session, actor.organisation_id)
    return lambda at: workdays.deadline(at, ANSWER_WITHIN, calendar).date()


def _source(journey: MyJourney) -> str:
    return f"{journey.brand} · {journey.name}"


def proposals(session: Session, actor: Member, _at: datetime) -> list[Item]:
    """Find proposals that wait for the organisation's answer."""
    if actor.role is Role.VIEWER:
        return []
    place = waiting.place(session, actor)
    zone = ZoneInfo(calendar_of(session, actor.organisation_id).zone)
    return [
        Item(
            row.found.proposal.due_at.astimezone(zone).date(),
            "proposal",
            f"{place}/journeys/{row.journey.id}/proposals/{row.found.proposal.id}",
            _source(row.journey),
        )
        for row in rows.proposals(session, mine(session, actor))
        if row.for_me
    ]


def unconfirmed(session: Session, actor: Member, _at: datetime) -> list[Item]:
    """Find parties that the organisation fills and has not confirmed."""
    if actor.role is Role.VIEWER:
        return []
    due, place = _due(session, actor), waiting.place(session, actor)
    return [
        Item(
            due(party.joined_at),
            "unconfirmed",
            f"{place}/journeys/{journey.id}/welcome",
            _source(journey),
        )
        for journey in mine(session, actor)
        for party in journey.parties
        if party.to_confirm and not journey.leads
    ]


def requests(session: Session, actor: Member, _at: datetime) -> list[Item]:
    """Find people who ask to join, for admins."""
    organisation = session.get_one(Organisation, actor.organisation_id)
    if not allows(actor, Permission.MEMBER_MANAGE, organisation):
        return []
    due, place = _due(session, actor), waiting.place(session, actor)
    return [
        Item(due(row.created_at), "join_request", f"{place}/organisation/")
        for row in rows.requests(session)
    ]


def said_by_mail(session: Session, actor: Member, _at: datetime) -> list[Item]:
    """Find what parties without an account said is not right, for who coordinates."""
    if actor.role is Role.VIEWER:
        return []
    led = _led(session, actor)
    rows = [(row, row.answered_at) for row in to_handle(session, led)]
    return _asked(session, actor, led, "said_by_mail", rows)


def unreached(session: Session, actor: Member, at: datetime) -> list[Item]:
    """Find parties of which the contact takes no mail, or wants none, for who coordinates."""
    if actor.role is Role.VIEWER:
        return []
    led = _led(session, actor)
    rows = [
        (row, row.at) for row in pending(session, led, at=at) if row.state is not AskingState.OPEN
    ]
    return _asked(session, actor, led, "unreached", rows)


def _led(session: Session, actor: Member) -> dict[uuid.UUID, MyJourney]:
    return {journey.id: journey for journey in mine(session, actor) if journey.leads}


def _asked(
    session: Session,
    actor: Member,
    led: Mapping[uuid.UUID, MyJourney],
    kind: str,
    found: Iterable[tuple[Any, datetime]],
) -> list[Item]:
    """Return items that lead to what a party was asked by mail."""
    due, place = _due(session, actor), waiting.place(session, actor)
    return [
        Item(
            due(at),
            kind,
            f"{place}/journeys/{row.journey_id}/parties/{row.party_id}/asked/",
            _source(led[row.journey_id]),
        )
        for row, at in found
    ]


def invitations(session: Session, actor: Member, at: datetime) -> list[Item]:
    """Find invitations to parties that nobody has answered, due on the day that they expire."""
    if actor.role is Role.VIEWER:
        return []
    zone = ZoneInfo(calendar_of(session, actor.organisation_id).zone)
    place = waiting.place(session, actor)
    return [
        Item(
            row.expires_at.astimezone(zone).date(),
            "invitation",
            f"{place}/journeys/{row.journey_id}/parties",
            row.journey,
        )
        for row in rows.invitations(session, at=at)
    ]


def conversations(session: Session, actor: Member, _at: datetime) -> list[Item]:
    """Find conversations that ask for the organisation or this person."""
    due, place = _due(session, actor), waiting.place(session, actor)
    return [
        Item(
            due(one.at),
            "conversation",
            f"{place}/journeys/{one.journey_id}/comments/{one.thread_id}",
            f"{one.brand} · {one.journey}",
        )
        for one in comments.asked(session, actor)
    ]
