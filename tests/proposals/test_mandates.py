"""A mandate is trust of one company's people in another's: it ends with them, and is told."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from partnerjourney import features
from partnerjourney.core import audit, border
from partnerjourney.core.parties import Role
from partnerjourney.core.policy import NotAllowedError
from partnerjourney.core.scopes import Token, TokenPurpose
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.library.queries import all_spots
from partnerjourney.library.rules import Spot, Way
from partnerjourney.proposals import queries
from partnerjourney.proposals import services as proposals
from partnerjourney.proposals.models import Mandate
from partnerjourney.proposals.services import mandates
from partnerjourney.touchpoints import services as touchpoints
from partnerjourney.touchpoints.models import CardContent
from tests.chain import AT, Chain
from tests.leaving.scene import AFTER, leave
from tests.proposals.scene import WHY, change, joined, seen

features.connect()
features.employ()


@pytest.fixture
def chain(engine: Engine) -> Chain:
    return joined(engine)


def give(chain: Chain) -> uuid.UUID:
    """Let the warehouse allow the brand to update its descriptions for most of a year."""
    with chain.acting("flevo", Role.ADMIN) as (session, actor, place):
        keys = {party.key: party.id for party in place.parties.values()}
        return mandates.give(
            session, actor, place, from_party_id=keys["magazijn"], to_party_id=keys["telenoord"],
            until=date(2026, 12, 31), at=AT,
        ).id  # fmt: skip


def writes_nothing(chain: Chain) -> None:
    """See that the brand asks the warehouse, at a hand-over, on a card and from its library."""
    before = seen(chain, "telenoord", "opdracht")[0].trigger
    assert change(chain, "telenoord", "opdracht", trigger=f"{before}, later", at=AFTER)
    assert seen(chain, "telenoord", "opdracht")[0].trigger == before
    with chain.acting("telenoord") as (session, actor, place):
        lane = next(party.id for party in place.parties.values() if party.key == "magazijn")
        card = next(
            c.id for c in touchpoints.cards(session, place.id) if c.content.party_id == lane
        )
        with pytest.raises(NotAllowedError):
            mandates.find_card(session, actor, place, card, at=AFTER)
        told = (place.id, chain.edge(session, place, "opdracht").handover.id, Spot.TOLD)
        assert all_spots(session, actor, at=AFTER)[told].way is Way.PROPOSAL
        mine = [party.id for party in place.mine]
        rows = session.scalars(select(queries.mandated_until(mine)).select_from(CardContent))
        assert set(rows) == {None}, "nor does the map say so"


def ends(chain: Chain, session: Session, place: Place) -> tuple[uuid.UUID, uuid.UUID]:
    """Return who gives and who takes, as all see it."""
    edge = chain.edge(session, place, "opdracht")
    return edge.from_party_id, edge.to_party_id


def test_a_mandate_ends_with_who_gave_it(chain: Chain, engine: Engine) -> None:
    given = give(chain)
    leave(chain, engine, "flevo")
    chain.join("stranger", "magazijn")
    chain.confirm("stranger")
    with chain.system() as session:
        assert session.scalars(select(Mandate.revoked_at)).one() is not None
        acts = select(audit.CircleAct.thing_id).where(audit.CircleAct.verb == "mandate.revoke")
        assert session.scalars(acts).all() == [given]
    writes_nothing(chain)
    with chain.system() as session:  # as it was kept before leaving took it back
        session.execute(update(Mandate).values(revoked_at=None))
    writes_nothing(chain)


def test_an_access_key_has_no_mandate(chain: Chain, engine: Engine) -> None:
    give(chain)
    key = Token(
        uuid.uuid4(),
        chain.organisations["telenoord"],
        frozenset({chain.journey}),
        frozenset({TokenPurpose.WRITE}),
    )
    with border.open_session(engine, key, write=True) as session, session.begin():
        place = journeys.find(session, key, chain.journey)
        edge = chain.edge(session, place, "opdracht")
        version, fields = edge.terms[0].version, {"trigger": "Om zes uur"}
        made = proposals.change(
            session, key, place, edge, edge.terms[0],
            version=version, at=AT, fields=fields, reason=WHY,
        )  # fmt: skip
        assert (made.mandated, len(made.proposals)) == ((), 1)
        told = (place.id, edge.handover.id, Spot.TOLD)
        assert all_spots(session, key, at=AT)[told].way is Way.PROPOSAL


def test_its_use_at_a_handover_stands_in_the_history_of_the_two(chain: Chain) -> None:
    given = give(chain)
    assert change(chain, "telenoord", "opdracht", trigger="Om zes uur") == []
    assert change(chain, "telenoord", "opdracht", time_limit="PT2H"), "a promise is not in it"
    for who, sees in (("telenoord", [given]), ("flevo", [given]), ("klaar", [])):
        with chain.acting(who) as (session, _, place):
            acts = select(audit.CircleAct.thing_id).where(audit.CircleAct.verb == "mandate.use")
            assert session.scalars(acts).all() == sees
            used = queries.mandate_uses(session, chain.journey)
            edge = " → ".join(place.parties[one].name for one in ends(chain, session, place))
            assert {key: [use.thing for use in uses] for key, uses in used.items()} == {
                key: [edge] for key in sees
            }
