"""The life of a version: put forward, answered by whom it touches, in use, brought back."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from partnerjourney.core import departing
from partnerjourney.core.audit import CircleAct, JourneyAct
from partnerjourney.core.errors import ConflictError, InputError, NotFoundError, StaleVersionError
from partnerjourney.core.parties import Journey, Participation, Role
from partnerjourney.core.policy import NotAllowedError
from partnerjourney.handovers import services as handovers
from partnerjourney.journeys import services as journeys
from partnerjourney.leaving.services import seats, suspending
from partnerjourney.maps.services import editing as maps
from partnerjourney.proposals.models import Proposal
from partnerjourney.touchpoints import services as touchpoints
from partnerjourney.touchpoints.models import CardContent
from partnerjourney.touchpoints.rules import CardKind
from partnerjourney.versions import queries, services
from partnerjourney.versions.models import Version, VersionAnswer
from partnerjourney.versions.rules import Answer, State, digest
from tests.maps import telenoord
from tests.maps.telenoord import Telenoord

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)  # a Friday


class Tale:
    """A chain and its versions, told by who does what."""

    def __init__(self, chain: Telenoord) -> None:
        self.chain = chain

    def put(self, note: str = "", *, at: datetime = AT) -> uuid.UUID:
        with self.chain.acting("telenoord") as (session, actor, _):
            place = journeys.find(session, actor, self.chain.journey, lock=True)
            made = services.draft(session, actor, place, note=note, at=at)
            services.put_forward(session, actor, place, made, at=at)
            return made.id

    def do(self, who: str, verb: Any, version: uuid.UUID, **given: Any) -> Any:
        with self.chain.acting(who) as (session, actor, place):
            held = services.find(session, place, version, lock=True)
            if verb is services.agree:
                given.setdefault("sha256", held.sha256)
            return verb(session, actor, place, held, at=AT, **given)

    def state(self, version: uuid.UUID) -> State:
        with self.chain.acting("flevo") as (session, _, place):
            return services.find(session, place, version).state

    def asked(self, version: uuid.UUID) -> set[str]:
        """Return the organisations that have something to answer."""
        names = {key: name for name, key in self.chain.organisations.items()}
        with self.chain.system() as session:
            rows = session.scalars(
                select(VersionAnswer.organisation_id).where(VersionAnswer.version_id == version)
            )
            return {names[one] for one in rows}

    def change(self, who: str, key: str, **fields: Any) -> None:
        card_id = self.chain.card(key)
        with self.chain.acting(who) as (session, actor, place):
            card = touchpoints.find(session, place, card_id, lock=True)
            version = card.content.version
            touchpoints.change(session, actor, place, card, version=version, at=AT, fields=fields)

    def in_use(self) -> uuid.UUID:
        """Return a first version that all agreed to and that is in use."""
        first = self.put()
        for who in ("flevo", "snel", "rijk"):
            self.do(who, services.agree, first)
        self.do("telenoord", services.establish, first)
        self.do("telenoord", services.use, first)
        return first


@pytest.fixture
def tale(engine: Engine) -> Tale:
    """Give the chain of the picture: the installer has not joined."""
    return Tale(telenoord.build(engine))


def test_agreed_in_use_edited_and_only_the_touched_party_is_asked(tale: Tale) -> None:
    first = tale.put("Zoals besproken.")
    assert tale.asked(first) == {"flevo", "snel", "rijk"}
    for who in ("flevo", "snel"):
        tale.do(who, services.agree, first)
    assert tale.state(first) is State.ALIGNMENT
    with pytest.raises(ConflictError):
        tale.do("telenoord", services.establish, first)
    tale.do("rijk", services.agree, first)
    tale.do("telenoord", services.establish, first)
    tale.do("telenoord", services.use, first)
    with tale.chain.acting("snel") as (session, _, place):
        assert (place.journey.in_use_id, place.journey.in_use_number) == (first, 1)
        version = services.find(session, place, first)
        text = queries.snapshot(session, place.id, first)
        assert digest(text) == version.sha256
        assert {place.parties[uuid.UUID(p)].name for p in version.unconfirmed} == {"Thuisklaar"}
    with pytest.raises(ConflictError):
        tale.put("Niets veranderd.")
    tale.change("flevo", "verzamelen", name="Pakt in en weegt")
    second = tale.put()
    assert tale.asked(second) == {"flevo"}
    tale.do("flevo", services.agree, second)
    assert tale.state(second) is State.AGREED
    tale.do("telenoord", services.use, second)
    assert (tale.state(first), tale.state(second)) == (State.SUPERSEDED, State.IN_USE)
    with tale.chain.acting("telenoord") as (session, _, _place):
        verbs = set(session.scalars(select(JourneyAct.verb)))
        assert {"version.put", "version.yes", "version.agreed", "version.use"} <= verbs
        assert "version.agree" in set(session.scalars(select(CircleAct.verb)))


def test_yes_is_to_exactly_one_text_and_an_edit_afterwards_changes_nothing(tale: Tale) -> None:
    first = tale.put()
    tale.change("telenoord", "nummer", name="Nummer meenemen")
    with pytest.raises(StaleVersionError):
        tale.do("flevo", services.agree, first, sha256="0" * 64)
    tale.do("flevo", services.agree, first)
    with tale.chain.acting("flevo") as (session, _, place):
        [receipt] = services.receipts(session, place, services.find(session, place, first))
        names = [c["name"] for c in queries.snapshot(session, place.id, first)["cards"]]
    assert receipt.organisation == "Magazijn Flevo"
    assert "Nummer meenemen" not in names
    with pytest.raises(ConflictError):
        tale.do("flevo", services.agree, first)


def test_a_no_goes_back_with_its_reason_and_nothing_is_lost(tale: Tale) -> None:
    first = tale.put()
    with pytest.raises(InputError):
        tale.do("flevo", services.refuse, first, reason=" ")
    tale.do("flevo", services.refuse, first, reason="Wij pakken niet in.")
    assert tale.state(first) is State.DRAFT
    with pytest.raises(ConflictError):
        tale.do("snel", services.agree, first)
    with tale.chain.acting("telenoord") as (session, _, _place):
        rows = session.scalars(select(VersionAnswer)).all()
        assert {row.reason for row in rows} == {"", "Wij pakken niet in."}
        assert sorted(row.state for row in rows) == [Answer.REFUSED, Answer.VOID, Answer.VOID]
    with tale.chain.acting("snel") as (session, _, _place):
        assert {row.reason for row in session.scalars(select(VersionAnswer))} == {""}
    tale.do("telenoord", services.put_forward, first)
    tale.do("flevo", services.agree, first)
    with tale.chain.acting("flevo") as (session, _, place):
        version = services.find(session, place, first)
        assert version.round == 2
        assert len(services.receipts(session, place, version)) == 1


def test_what_a_member_of_a_group_says_nobody_else_notices(tale: Tale) -> None:
    first = tale.put()

    def seen(who: str) -> Any:
        with tale.chain.acting(who) as (session, _, place):
            version = services.find(session, place, first)
            said = queries.answers_of(session, [version]).get(first, [])
            columns = [getattr(version, c.key) for c in Version.__table__.columns]
            return columns, [(a.organisation, a.answer.state) for a in said]

    before = {who: seen(who) for who in ("rijk", "flevo")}
    tale.do("snel", services.refuse, first, reason="Niet op zaterdag.")
    assert {who: seen(who) for who in ("rijk", "flevo")} == before
    assert [name for name, _ in seen("rijk")[1]] == ["Rijk Bezorgt"]
    assert len(seen("telenoord")[1]) == 3
    for who in ("flevo", "rijk"):
        tale.do(who, services.agree, first)
    with pytest.raises(ConflictError):
        tale.do("telenoord", services.establish, first)
    tale.do("telenoord", services.take_back, first)
    assert tale.state(first) is State.DRAFT


def test_only_the_coordinator_puts_forward_and_only_the_asked_answer(tale: Tale) -> None:
    first = tale.put()
    for verb in (services.use, services.take_back, services.archive, services.remind):
        with pytest.raises(NotAllowedError):
            tale.do("flevo", verb, first)
    with pytest.raises(NotAllowedError):
        tale.do("telenoord", services.agree, first)
    with pytest.raises(NotFoundError):
        tale.do("stranger", services.agree, first)
    with tale.chain.acting("flevo", Role.VIEWER) as (session, actor, place):
        held = services.find(session, place, first)
        with pytest.raises(NotAllowedError):
            services.agree(session, actor, place, held, sha256=held.sha256, at=AT)
    with pytest.raises(ConflictError):
        tale.put("Een tweede tegelijk.")
    with pytest.raises(ConflictError):
        tale.do("telenoord", services.use, first)


def test_one_version_is_in_use_whatever_the_order_they_are_agreed_in(tale: Tale) -> None:
    first = tale.in_use()
    tale.change("telenoord", "nummer", name="Nummer meenemen")
    with tale.chain.acting("telenoord") as (session, actor, _):
        place = journeys.find(session, actor, tale.chain.journey, lock=True)
        old = services.draft(session, actor, place, note="", at=AT)
        assert services.kept(session, place, queries.working(session, place)) is old
        old_id = old.id
    tale.change("telenoord", "nummer", name="Nummerbehoud")
    third = tale.put()
    with pytest.raises(InputError, match="make a new version"):
        tale.do("telenoord", services.put_forward, old_id)
    tale.do("telenoord", services.use, third)
    with pytest.raises(InputError, match="make a new version"):
        tale.do("telenoord", services.put_forward, old_id)
    with tale.chain.system() as session:
        session.get_one(
            Version, (tale.chain.journey, old_id)
        ).state = State.AGREED  # as an earlier release left it
    tale.do("telenoord", services.use, old_id)
    with tale.chain.acting("telenoord") as (session, _, place):
        rows = session.scalars(select(Version).where(Version.state == State.IN_USE)).all()
        assert [row.id for row in rows] == [old_id] == [place.journey.in_use_id]
    assert (tale.state(first), tale.state(third)) == (State.SUPERSEDED, State.SUPERSEDED)


def test_five_working_days_of_each_asked_party(tale: Tale) -> None:
    first = tale.put(at=AT.replace(hour=17))  # 18.00: counts as Monday
    with tale.chain.acting("telenoord") as (session, _, place):
        version = services.find(session, place, first)
        assert version.due_at == datetime(2026, 11, 30, 16, 0, tzinfo=UTC)


def test_a_party_that_leaves_is_waited_for_no_more(tale: Tale) -> None:
    tale.in_use()
    tale.change("flevo", "verzamelen", name="Pakt in en weegt")
    second = tale.put()
    with tale.chain.system() as session:
        gone = session.scalars(
            select(Participation).where(
                Participation.organisation_id == tale.chain.organisations["flevo"]
            )
        ).one()
        departing.leave(session, gone, at=AT + timedelta(days=1))
    with tale.chain.acting("telenoord") as (session, _, place):
        version = services.find(session, place, second)
        assert (version.state, version.asked) == (State.AGREED, [])
        assert len(version.unconfirmed) == 1


def test_who_joined_since_is_asked_once_and_a_new_member_of_a_group_moves_nothing(
    engine: Engine,
) -> None:
    tale = Tale(telenoord.build(engine, joined=("flevo", "snel")))
    first = tale.put()
    for who in ("flevo", "snel"):
        tale.do(who, services.agree, first)
    tale.do("telenoord", services.establish, first)
    for who in ("rijk", "thuisklaar"):
        tale.chain.join(who, telenoord.FILLS[who])
        tale.chain.confirm(who)
    tale.change("telenoord", "nummer", name="Nummer meenemen")
    second = tale.put()
    assert tale.asked(second) == {"thuisklaar"}
    tale.do("thuisklaar", services.agree, second)
    tale.change("telenoord", "nummer", name="Nummerbehoud")
    third = tale.put()
    assert tale.asked(third) == set()
    assert tale.state(third) is State.AGREED


def test_a_journey_of_one_party_is_put_forward_with_a_written_reason_only(engine: Engine) -> None:
    tale = Tale(telenoord.build(engine, joined=(), empty=True))
    with pytest.raises(ConflictError):
        tale.put("Leeg.")
    with tale.chain.acting("telenoord") as (session, actor, place):
        phase = journeys.phases(session, place.id)[0]
        lead = place.orchestrator
        assert lead is not None
        touchpoints.add(
            session, actor, place, phase_id=phase.id, party_id=lead.id, name="Bestellen",
            kind=CardKind.TOUCHPOINT, at=AT,
        )  # fmt: skip
    with pytest.raises(InputError) as refused:
        tale.put()
    assert list(refused.value.messages) == ["reason"]
    with tale.chain.acting("telenoord") as (session, actor, _):
        place = journeys.find(session, actor, tale.chain.journey, lock=True)
        made = services.draft(session, actor, place, note="", at=AT)
        services.put_forward(session, actor, place, made, reason="Een proef.", at=AT)
        assert made.state is State.AGREED
        assert journeys.reasons(session, place.id)["S1"].text == "Een proef."


def test_bringing_back_edits_ones_own_and_proposes_the_rest(tale: Tale) -> None:
    first = tale.in_use()
    with tale.chain.system() as session:
        old = {row.id: row.name for row in session.scalars(select(CardContent))}
    tale.change("telenoord", "nummer", name="Nummer meenemen")
    tale.change("flevo", "verzamelen", name="Pakt in en weegt")
    with tale.chain.acting("telenoord") as (session, actor, _):
        place = journeys.find(session, actor, tale.chain.journey, lock=True)
        phase = journeys.phases(session, place.id)[0]
        journeys.rename_phase(
            session, actor, place, phase, name="Zoeken", base=journeys.Base(1), at=AT
        )
        version = services.find(session, place, first)
        upon, steps = services.steps(session, actor, place, version)
        assert [step.way.value for step in steps] == ["do", "do", "propose"]
        with pytest.raises(StaleVersionError):
            services.restore(session, actor, place, version, upon="0", reason="Terug", at=AT)
        found = services.restore(session, actor, place, version, upon=upon, reason="Terug", at=AT)
        assert (len(found.done), len(found.proposed), len(found.missed)) == (2, 1, 0)
        assert journeys.phases(session, place.id)[0].content.name != "Zoeken"
    with tale.chain.system() as session:
        now = {row.id: row.name for row in session.scalars(select(CardContent))}
        differs = {key for key in now if now[key] != old[key]}
        [proposal] = session.scalars(select(Proposal)).all()
        journey = session.get_one(Journey, tale.chain.journey)
        assert journey.in_use_number == 1
    assert differs == {tale.chain.card("verzamelen")}, "nobody overwrites another party"
    assert proposal.fields["name"]["after"] == old[tale.chain.card("verzamelen")]


def test_who_is_suspended_is_not_waited_for_and_the_coordinator_goes_on(tale: Tale) -> None:
    first = tale.put()

    def suspend(who: str) -> None:
        with tale.chain.acting("telenoord", Role.ADMIN) as (session, actor, place):
            part = session.scalars(
                select(Participation).where(
                    Participation.organisation_id == tale.chain.organisations[who]
                )
            ).one()
            seat = seats.find(session, actor, place, part.id)
            suspending.suspend(session, actor, seat, reason="Er loopt een geschil.", at=AT)

    suspend("rijk")  # a member of the group
    for who in ("snel", "flevo"):
        tale.do(who, services.agree, first)
    tale.do("telenoord", services.establish, first)
    tale.change("flevo", "verzamelen", name="Pakt in en weegt")
    second = tale.put()
    assert tale.state(second) is State.ALIGNMENT
    suspend("flevo")
    with tale.chain.acting("telenoord") as (session, _, place):
        version = services.find(session, place, second)
        assert (version.state, version.asked) == (State.AGREED, [])
        assert {place.parties[uuid.UUID(p)].name for p in version.unconfirmed} == {"Magazijn Flevo"}
    tale.do("telenoord", services.use, second)


def test_a_draft_is_named_anew_and_put_away_and_what_was_in_use_is_not_any_more(tale: Tale) -> None:
    first = tale.in_use()
    with pytest.raises(ConflictError):
        tale.do("telenoord", services.reword, first, note="Anders")
    tale.change("telenoord", "nummer", name="Nummer meenemen")
    with tale.chain.acting("telenoord") as (session, actor, _):
        place = journeys.find(session, actor, tale.chain.journey, lock=True)
        made = services.draft(session, actor, place, note="Eerste worp", at=AT)
        draft, text = made.id, made.sha256
    with pytest.raises(NotAllowedError):
        tale.do("flevo", services.reword, draft, note="Van ons")
    tale.do("telenoord", services.reword, draft, note=" Het nummer gaat mee. ")
    with tale.chain.acting("snel") as (session, _, place):
        found = services.find(session, place, draft)
        assert (found.note, found.sha256) == ("Het nummer gaat mee.", text)
    for one in (draft, first):
        tale.do("telenoord", services.archive, one)
        assert tale.state(one) is State.ARCHIVED
    with pytest.raises(ConflictError):
        tale.do("telenoord", services.put_forward, draft)
    with tale.chain.acting("snel") as (session, _, place):
        journey = place.journey
        assert (journey.in_use_id, journey.in_use_number, journey.in_use_since) == (None,) * 3
        assert queries.snapshot(session, place.id, first)["cards"]  # still read and compared
    again = tale.put()  # the map says what was put away: it may be kept anew
    assert tale.asked(again) == {"flevo", "snel", "rijk"}


def test_bringing_back_puts_moved_and_retired_cards_where_they_stood(tale: Tale) -> None:
    first = tale.in_use()
    with tale.chain.acting("telenoord") as (session, actor, _):
        place = journeys.find(session, actor, tale.chain.journey, lock=True)
        path = touchpoints.cards(session, place.id)
        edges = handovers.handovers(session, place.id)
        ends = {e for h in edges for e in (h.content.from_card_id, h.content.to_card_id)}
        mine = [c for c in path if c.content.party_id in place.standing.party_ids]
        moved, gone = [c for c in mine if c.id not in ends][:2]
        before = [(c.id, c.content.phase_id, c.content.party_id) for c in path]
        last = journeys.phases(session, place.id)[-1]
        spot = touchpoints.Spot(last.id, moved.content.party_id, None)
        base = journeys.Base(moved.content.version)
        maps.put_card(session, actor, place, moved, spot, base=base, at=AT)
        version = gone.content.version
        maps.retire_card(session, actor, place, gone, version=version, at=AT)
        kept = services.find(session, place, first)
        upon, _steps = services.steps(session, actor, place, kept)
        found = services.restore(session, actor, place, kept, upon=upon, reason="Terug", at=AT)
        assert found.missed == ()
        path = touchpoints.cards(session, place.id)
        assert [(c.id, c.content.phase_id, c.content.party_id) for c in path] == before
        wanted = queries.snapshot(session, place.id, first)
        now = queries.working(session, place)
        assert [c["id"] for c in now["cards"]] == [c["id"] for c in wanted["cards"]]
        assert {h["id"] for h in now["handovers"]} == {h["id"] for h in wanted["handovers"]}
