"""Who finds what in the facts, and that fixed means fixed."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from partnerjourney.core import audit, migrate
from partnerjourney.core.engine import new_engine
from partnerjourney.core.errors import ConflictError, InputError, NotFoundError
from partnerjourney.core.jobs import Job
from partnerjourney.core.parties import Participation, ParticipationState, Role
from partnerjourney.core.scopes import Member
from partnerjourney.measurement import services as measuring
from partnerjourney.proposals.services import closing, emergency
from partnerjourney.proposals.services.emergency import Urgency
from partnerjourney.reviews import services
from partnerjourney.reviews.models import Report
from partnerjourney.reviews.queries import reports
from partnerjourney.reviews.rules import Facts, FactsError, Open, canonical, facts_of, fingerprint
from partnerjourney.surveys.models import Wave
from tests.chain import Chain
from tests.proposals.scene import WHY, change
from tests.reviews.journey import DAY, NOW, answers, make, person, point_of
from tests.reviews.test_paper import drawn, texts


@pytest.fixture
def chain(engine: Engine) -> Chain:
    return make(engine, "snel")


def seen(chain: Chain, name: str, **days: date) -> Facts:
    """Return the facts as an organisation sees them now."""
    with chain.acting(name) as (session, actor, place):
        return services.facts_now(session, actor, place, at=NOW, **days)


def test_the_brand_sees_all(chain: Chain) -> None:
    found = seen(chain, "telenoord")
    assert all(edge.shared and edge.cases for edge in found.handovers)
    assert [point.name for point in found.points] == ["Levering", "Installatie", "Hulp"]
    delivery = found.points[0]
    assert delivery.now.n == 160  # the base circle and its courier's
    assert (delivery.now.period_from, delivery.now.period_to) == (DAY, DAY)
    assert [quote.text for quote in delivery.quotes] == ["Alleen voor het merk bestemd."]
    assert delivery.cases == {"late": 24, "none": 400}


def test_a_partner_finds_its_own_and_no_more(chain: Chain) -> None:
    brand, found = seen(chain, "telenoord"), seen(chain, "flevo")
    lane = next(party.key for party in found.parties if party.mine)
    for edge, known in zip(found.handovers, brand.handovers, strict=True):
        assert edge.shared is (lane in (edge.giver, edge.taker))
        assert (edge.giver, edge.taker) == (known.giver, known.taker)
        if not edge.shared:
            assert (edge.name, edge.time_limit, edge.cases) == ("", "", None)
    assert [point.name for point in found.points] == ["Levering"]
    assert [quote.text for quote in found.points[0].quotes] == ["De doos was netjes ingepakt."]
    hidden = {edge.name for edge in brand.handovers} - {edge.name for edge in found.handovers}
    hidden |= {"Installatie (", "Hulp", "Alleen voor het merk"} - {""}
    assert len(hidden) > 4
    whole = " ".join(" ".join(texts(drawn(found)[0])).split())
    assert "De doos was netjes ingepakt" in whole
    phases = {phase.name for phase in found.phases} | {card.name for card in found.cards}
    assert [name for name in hidden if name in whole and name not in phases] == []


def test_a_member_of_a_group_cannot_tell_whether_there_is_another(tmp_path: Path) -> None:
    found = []
    for number, members in enumerate((("snel",), ("snel", "rijk"))):
        path = tmp_path / f"{number}.db"
        engine = new_engine(f"sqlite:///{path}")
        audit.use_key(engine, "a secret of the tests")
        migrate.upgrade(engine)
        chain = make(engine, *members)
        found.append(canonical(seen(chain, "snel")))
        brand = seen(chain, "telenoord")
        engine.dispose()
    assert found[0] == found[1]
    assert b'"members":0' in found[0]
    assert b"Rijk" not in found[1]
    assert brand.points[0].now.n == 200


def explain(chain: Chain, name: str, text: str, *, version: int = 0) -> None:
    """Let a party say something beside the delivery's number."""
    with chain.acting(name) as (session, actor, place):
        point = point_of(session, chain, "levering")
        wave = session.scalars(select(Wave).where(Wave.point_id == point.id)).one()
        party = place.mine[0].id
        measuring.explain(
            session, actor, place, point, wave, party, text=text, version=version, at=NOW
        )


def test_what_parties_say_is_in_the_facts_of_those_who_share_it(engine: Engine) -> None:
    chain = make(engine, "snel", "rijk")
    explain(chain, "flevo", "Het magazijn verhuisde.")
    explain(chain, "snel", "De sorteerband stond stil.")
    found = {name: seen(chain, name) for name in ("telenoord", "flevo", "snel", "rijk", "klaar")}
    said = {
        name: [(one.by, one.text) for point in facts.points for one in point.explanations]
        for name, facts in found.items()
    }
    theirs = ("Magazijn Flevo", "Het magazijn verhuisde.")
    both = [theirs, ("Snel", "De sorteerband stond stil.")]
    assert said == {
        "telenoord": both,
        "flevo": both,
        "snel": both,
        "rijk": [theirs],
        "klaar": [],
    }
    assert b"sorteerband" not in canonical(found["rijk"])
    assert b"magazijn verhuisde" not in canonical(found["klaar"])
    assert "De sorteerband stond stil." in " ".join(texts(drawn(found["snel"])[0]))


def test_a_review_talks_about_what_nobody_answered_and_about_emergencies(chain: Chain) -> None:
    [proposal] = change(chain, "telenoord", "opdracht", at=NOW, time_limit="PT9H")
    with chain.system() as session:
        found = closing.find_open(session, proposal.id)
        assert found is not None
        closing.close(session, found, at=proposal.due_at)
    with chain.acting("telenoord") as (session, actor, place):
        edge = chain.edge(session, place, "opdracht")
        made = emergency.start(
            session,
            actor,
            place,
            edge,
            edge.terms[0],
            version=edge.terms[0].version,
            at=NOW,
            fields={"trigger": "Via poort B"},
            urgency=Urgency("De poort is dicht.", 24),
        )
    with chain.system() as session:
        emergency.end_due(session, made.id, at=made.until)
    at = proposal.due_at + timedelta(days=30)
    for name in ("telenoord", "flevo", "snel", "klaar"):
        with chain.acting(name) as (session, actor, place):
            seen = services.facts_now(session, actor, place, at=at).to_discuss
        told = {(one.kind, one.by, one.reason) for one in seen}
        if name in ("snel", "klaar"):
            assert told == set()
            continue
        assert told == {
            (Open.LAPSED, "Telenoord", WHY),
            (Open.EMERGENCY, "Telenoord", "De poort is dicht."),
        }
    with chain.acting("flevo") as (session, actor, place):
        later = services.facts_now(session, actor, place, at=at + timedelta(days=100))
    assert later.to_discuss == ()


def test_a_document_from_before_there_were_open_points_is_still_read(chain: Chain) -> None:
    document = json.loads(canonical(seen(chain, "telenoord")))
    del document["to_discuss"]
    assert facts_of(document).to_discuss == ()
    del document["points"]
    with pytest.raises(FactsError):
        facts_of(document)


def test_what_was_said_when_the_figures_were_fixed_stays_in_the_report(chain: Chain) -> None:
    explain(chain, "flevo", "Zoals het toen was.")
    with chain.acting("telenoord") as (session, actor, place):
        report = services.fix_facts(session, actor, place, language="nl", at=NOW)
    explain(chain, "flevo", "", version=1)
    assert seen(chain, "telenoord").points[0].explanations == ()
    with chain.acting("telenoord") as (session, actor, place):
        kept = facts_of(services.find(session, place, report.id).facts)
        assert [one.text for one in kept.points[0].explanations] == ["Zoals het toen was."]


def test_fixed_is_fixed(chain: Chain) -> None:
    with chain.system() as session:
        user = person(session, chain, "telenoord")
    with chain.acting("telenoord") as (session, actor, place):
        asked = Member(user, actor.organisation_id, Role.EDITOR)
        report = services.fix_facts(session, asked, place, language="nl", at=NOW)
        report_id, sha256 = report.id, report.sha256
    with chain.system() as session:
        answers(session, chain, "levering", {0: 40})
    with chain.acting("telenoord") as (session, actor, place):
        kept = facts_of(services.find(session, place, report_id).facts)
        rows = reports(session, place)
    assert fingerprint(kept) == sha256
    assert kept.points[0].now.n == 160
    assert seen(chain, "telenoord").points[0].now.n == 200
    assert [(row.fixed_by, row.fixed_on) for row in rows] == [("Telenoord de Vries", NOW.date())]
    with chain.system() as session:
        job = session.scalars(select(Job).where(Job.kind == services.MAKE_JOB)).one()
        assert (job.thing_id, job.user_id) == (report_id, user)
        act = session.scalars(
            select(audit.OrganisationAct).where(audit.OrganisationAct.verb == "report.fix")
        ).one()
        assert act.owner_id == chain.organisations["telenoord"]


def test_a_report_is_private(chain: Chain) -> None:
    with chain.acting("telenoord") as (session, actor, place):
        report_id = services.fix_facts(session, actor, place, language="nl", at=NOW).id
    for name in ("flevo", "snel"):
        with chain.acting(name) as (session, _actor, place):
            assert reports(session, place) == []
            assert session.scalars(select(Report)).all() == []
            with pytest.raises(NotFoundError):
                services.find(session, place, report_id)


def test_nobody_else_makes_one(chain: Chain) -> None:
    with pytest.raises(NotFoundError), chain.acting("stranger"):
        pass
    with chain.system() as session:
        for one in session.scalars(select(Participation)):
            if one.organisation_id == chain.organisations["flevo"]:
                one.state = ParticipationState.LEFT
    with pytest.raises(NotFoundError), chain.acting("flevo"):
        pass


def test_days_narrow_answers_and_cases(chain: Chain) -> None:
    before = DAY - timedelta(days=1)
    found = seen(chain, "telenoord", date_from=DAY, date_to=DAY)
    assert found.points[0].now.n == 160
    assert found.points[0].verdict is None
    nothing = seen(chain, "telenoord", date_to=before)
    assert [point.now.n for point in nothing.points] == [0, 0, 0]
    assert all(not edge.cases for edge in nothing.handovers)
    with pytest.raises(InputError):
        seen(chain, "telenoord", date_from=DAY, date_to=before)


def test_an_unknown_language_is_refused(chain: Chain) -> None:
    with (
        pytest.raises(InputError),
        chain.acting("telenoord") as (session, actor, place),
    ):
        services.fix_facts(session, actor, place, language="fr", at=NOW)


def test_not_too_many_at_once(chain: Chain) -> None:
    with chain.acting("telenoord") as (session, actor, place):
        for _ in range(5):
            services.fix_facts(session, actor, place, language="nl", at=NOW)
        with pytest.raises(ConflictError):
            services.fix_facts(session, actor, place, language="nl", at=NOW)


def test_only_what_failed_is_tried_again(chain: Chain) -> None:
    with chain.acting("telenoord") as (session, actor, place):
        report = services.fix_facts(session, actor, place, language="nl", at=NOW)
        with pytest.raises(ConflictError):
            services.retry(session, actor, place, report.id, at=NOW)
        services.failed(session, report.owner_id, report.id, reason="slow")
        session.refresh(report)
        services.retry(session, actor, place, report.id, at=NOW)
        assert [row.busy for row in reports(session, place)] == [True]


def test_the_document_is_plain_json(chain: Chain) -> None:
    found = seen(chain, "telenoord")
    assert facts_of(json.loads(canonical(found))) == found
    assert str(chain.journey).encode() not in canonical(found)
