"""What organisations clear: links to set a password, invitations that nobody answered."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, select

from partnerjourney import features
from partnerjourney.core import border, clearing, clock, jobs
from partnerjourney.core.parties import Journey, Organisation, Party, PartyKind, User
from partnerjourney.core.scopes import System
from partnerjourney.core.settings import Settings
from partnerjourney.organisations.models import (
    InvitationState,
    MemberInvitation,
    PartyInvitation,
    PasswordReset,
)
from tests.factories import row

NOW = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)
DAY = timedelta(days=1)

OLD, NEW = NOW - 31 * DAY, NOW - 29 * DAY
KEPT = {
    "may be answered": (InvitationState.OPEN, NOW + DAY, None),
    "expired lately": (InvitationState.OPEN, NEW, None),
    "withdrawn lately": (InvitationState.WITHDRAWN, OLD, NEW),
    "accepted": (InvitationState.ACCEPTED, OLD, OLD),
    "declined": (InvitationState.DECLINED, OLD, OLD),
    "asked": (InvitationState.ASKED, OLD, OLD),
}
GONE = {
    "expired": (InvitationState.OPEN, OLD, None),
    "withdrawn": (InvitationState.WITHDRAWN, OLD, OLD),
}


def test_links_and_unanswered_invitations_go_after_their_time(engine: Engine) -> None:
    features.employ()
    with border.open_session(engine, System("test"), write=True) as session, session.begin():
        brand, person = row(Organisation), row(User)
        session.add_all([brand, person])
        session.flush()
        journey = row(Journey, organisation_id=brand.id, customer_owner_id=brand.id)
        session.add(journey)
        session.flush()
        party = row(Party, journey_id=journey.id, kind=PartyKind.ORGANISATION)
        session.add(party)
        session.flush()
        for name, (state, expires, answered) in (KEPT | GONE).items():
            given = {
                "owner_id": brand.id,
                "state": state,
                "name": name,
                "expires_at": expires,
                "answered_at": answered,
            }
            session.add(row(PartyInvitation, journey_id=journey.id, party_id=party.id, **given))
            session.add(row(MemberInvitation, **given))
        for expires, used in ((OLD, None), (NOW + DAY, OLD), (NEW, NEW), (NOW + DAY, None)):
            session.add(row(PasswordReset, user_id=person.id, expires_at=expires, used_at=used))
    with clock.at(NOW):
        clearing.schedule(engine, at=NOW)
        jobs.work(engine, Settings(), stop=threading.Event(), once=True)
    with border.open_session(engine, System("test")) as session:
        assert set(session.scalars(select(PartyInvitation.name))) == set(KEPT)
        assert set(session.scalars(select(MemberInvitation.name))) == set(KEPT)
        assert set(session.scalars(select(PasswordReset.expires_at))) == {NEW, NOW + DAY}
        assert len(session.scalars(select(PasswordReset)).all()) == 2
