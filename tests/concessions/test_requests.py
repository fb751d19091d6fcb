"""From the request to the answer: what is decided by whom, and what the client is told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.concessions.desk import MONDAY, TUESDAY, House, facts, on
from tests.web import make_client, make_user
from wanliu.audit.queries import events_of_stream
from wanliu.commission.quote import Order, Standing, quote
from wanliu.commission.terms import Course, Terms
from wanliu.compliance.lint import Linter
from wanliu.concessions import actions
from wanliu.concessions.authority import authority
from wanliu.concessions.eligibility import best_tier, facts_of
from wanliu.concessions.models import CommissionRequest, Concession
from wanliu.concessions.queries import counts, history, in_force, moves_for, queue, request_of, reviews_due
from wanliu.errors import Changed, NotAllowed, NotFound, Refused
from wanliu.people.rights import sight
from wanliu.people.roles import Role
from wanliu.tariffs.queries import shipped

LOWER = Terms(Decimal("0.0002"), Decimal("5.00"))


def said(refused: pytest.ExceptionInfo[Refused]) -> str:
    assert refused.value.message.zh
    return refused.value.message.en


# --- asking -----------------------------------------------------------------------------------------


def test_a_request_carries_the_published_terms_and_its_day_of_answer(house: House) -> None:
    request = house.asks()

    assert (request.state, request.terms, request.tariff) == ("requested", LOWER, "2026")
    assert request.due_on == date(2026, 11, 30), "five trading days"
    (event,) = events_of_stream(f"commission_request/{request.id}")
    assert (event.verb, event.client_id, event.ids["tier"]) == ("commission_requested", "C1", "from_500k")


def test_a_request_may_be_filed_though_a_criterion_is_not_met(house: House) -> None:
    """The client has a right to an answer in writing, also to one that says what is missing."""
    assert house.asks(facts=facts(assets=Decimal("499999.99"))).state == "requested"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"tier": "gold"}, "no such published tier"),
        ({"channel": "counter"}, "no such published tier"),
        ({"facts": facts(as_of=date(2026, 10, 22))}, "31 days old at most"),
        ({"facts": facts(as_of=date(2026, 11, 24))}, "31 days old at most"),
        ({"facts": facts(rate=Decimal("0.0002"))}, "nothing to apply for"),
        ({"facts": facts(rate=Decimal("0.0001"), minimum=Decimal("0"))}, "nothing to apply for"),
    ],
)
def test_a_request_that_means_nothing_is_refused(house: House, given: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused) as refused:
        house.asks(**given)

    assert words in said(refused)
    assert not CommissionRequest.objects.exists()


def test_unknown_present_terms_stand_in_nobodys_way(house: House) -> None:
    assert house.asks(facts=facts(rate=None, minimum=None)).old_rate is None


def test_a_second_request_of_the_channel_waits_for_the_first(house: House) -> None:
    house.asks()

    with pytest.raises(Refused) as refused:
        house.asks()

    assert "open already" in said(refused)
    assert house.asks(channel="mobile").channel == "mobile"


def test_a_closed_account_has_nothing_to_apply_for(house: House) -> None:
    make_client("C2", closed_on=date(2026, 1, 5))

    with pytest.raises(Refused):
        house.asks(client_id="C2")


def test_nobody_files_for_a_client_of_another(house: House) -> None:
    make_client("C2", branch="B2", manager="S7")

    with pytest.raises(NotAllowed):
        house.asks(client_id="C2")


# --- deciding ---------------------------------------------------------------------------------------


def test_another_person_grants_and_the_client_hears_before_it_holds(house: House) -> None:
    granted = house.grants(house.asks())
    assert history("C1") == [], "nothing holds before the client was told"

    answered = house.answers(granted)

    (found,) = history("C1")
    assert (found.terms, found.number, found.effective_on) == (LOWER, 1, TUESDAY)
    assert (found.review_on, found.until) == (date(2027, 5, 24), date(2027, 11, 24))
    assert (found.lowers_rate, found.lowers_minimum) == (True, False)
    assert answered.letter is not None
    assert "自 2026-11-24 起执行" in answered.letter.zh and "from 2026-11-24 on" in answered.letter.en


def test_nobody_decides_on_their_own_request(house: House) -> None:
    request = house.asks(by=house.head)

    for decide in (house.grants, house.refuses):
        with pytest.raises(Refused) as refused:
            decide(request)
        assert "request of their own" in said(refused)
    assert "grant" not in moves_for(house.head, request)
    assert house.grants(request, by=house.office).state == "granted"


def test_unmet_criteria_cannot_be_granted_by_anybody(house: House) -> None:
    request = house.asks(facts=facts(assets=Decimal("499999.99")))

    for by in (house.head, house.office):
        with pytest.raises(Refused) as refused:
            house.grants(request, by=by)
        assert "0.01 yuan of mean assets" in said(refused)


def test_unknown_assets_are_no_met_criterion(house: House) -> None:
    with pytest.raises(Refused) as refused:
        house.grants(house.asks(facts=facts(assets=None)))

    assert "cannot be told" in said(refused)


def test_met_criteria_cannot_be_denied(house: House) -> None:
    with pytest.raises(Refused) as refused:
        house.refuses(house.asks(), reason="criteria_not_met")

    assert "meets the published criteria" in said(refused)


def test_terms_beyond_a_branch_are_head_offices(house: House) -> None:
    request = house.asks("from_2m", facts=facts(assets=Decimal(3_000_000)))

    with pytest.raises(Refused) as refused:
        house.grants(request)
    assert "beyond your authority" in said(refused)
    assert house.grants(request, by=house.office).terms.rate == Decimal("0.00015")


def test_terms_below_the_floor_are_granted_by_nobody(house: House) -> None:
    """Were the levies raised after the request, the published rate might no longer cover them."""
    request = house.asks()
    CommissionRequest.objects.filter(pk=request.id).update(rate=Decimal("0.00008"))

    with pytest.raises(Refused) as refused:
        house.grants(request, by=house.office)

    assert "below the floor" in said(refused)


@pytest.mark.parametrize("role", ["adviser", "duty_adviser", "counter_clerk", "compliance", "administrator"])
def test_only_those_with_authority_decide(house: House, role: Role) -> None:
    request = house.asks()

    with pytest.raises(NotAllowed):
        house.grants(request, by=make_user(role))


def test_head_of_another_branch_decides_nothing_here(house: House) -> None:
    with pytest.raises(NotAllowed):
        house.grants(house.asks(), by=make_user("branch_head", branch="B2"))


def test_a_refusal_says_why_in_the_letter(house: House) -> None:
    request = house.asks(facts=facts(assets=Decimal("100.00")))

    answered = house.answers(house.refuses(request, reason="criteria_not_met"))

    assert history("C1") == []
    assert answered.letter is not None
    assert "暂不符合该档公示的条件" in answered.letter.zh and "2026-11-23" in answered.letter.zh
    assert "12386" in answered.letter.en


@pytest.mark.parametrize(
    ("reason", "words", "why"),
    [
        ("other", "", "Say why"),
        ("too_dear", "", "one of the reasons"),
        ("other", "请您介绍亲戚过来，我们可以捆绑账户给您优惠", "should not be written to a client"),
        ("other", "字" * 501, "at most 500"),
        ("other", "a\x00b", "at most 500"),
    ],
)
def test_words_that_may_not_reach_a_client_are_refused(
    house: House, reason: str, words: str, why: str
) -> None:
    with pytest.raises(Refused) as refused:
        house.refuses(house.asks(), reason=reason, words=words)

    assert why in said(refused)


def test_every_letter_may_be_said_to_a_client(house: House) -> None:
    granted = house.answers(house.grants(house.asks()))
    others = [
        house.answers(house.refuses(house.asks(channel="mobile", facts=facts(assets=Decimal(1))), **given))
        for given in ({"reason": "criteria_not_met"}, {"reason": "other", "words": "资料需要补齐"},
                      {"reason": "facts_wrong"}, {"reason": "account_not_normal"})
    ]  # fmt: skip

    linter = Linter.load()
    for request in (granted, *others):
        assert request.letter is not None
        assert linter.lint(request.letter.zh).verdict == "pass", request.letter.zh


@pytest.mark.parametrize("how", ["", "word of mouth"])
def test_an_answer_is_in_writing(house: House, how: str) -> None:
    with pytest.raises(Refused):
        house.answers(house.grants(house.asks()), how)


def test_who_looked_at_an_older_state_changes_nothing(house: House) -> None:
    seen = house.asks()
    house.grants(seen)

    with pytest.raises(Changed):
        house.refuses(seen)


def test_what_is_not_there_is_not_found(house: House) -> None:
    with pytest.raises(NotFound):
        request_of(99)
    with pytest.raises(NotFound):
        actions.grant(request_id=99, version=1, by=house.head)
    with pytest.raises(NotFound):
        actions.end(concession_id=99, version=1, why="client_asked", by=house.head)


# --- after the answer -------------------------------------------------------------------------------


def test_a_later_concession_takes_the_place_of_the_earlier_and_both_count(house: House) -> None:
    house.in_state("answered")
    with on(date(2026, 12, 7)):
        asked = house.asks(
            "from_2m", facts=facts(as_of=date(2026, 12, 4), assets=Decimal(2_000_000), rate=LOWER.rate)
        )
        house.answers(house.grants(asked, by=house.office))

    first, second = history("C1")
    assert (first.ended_on, first.ended_why) == (date(2026, 12, 8), "superseded")
    assert (second.number, second.effective_on, second.ended_on) == (2, date(2026, 12, 8), None)
    assert counts(["C1", "C2"]) == {"C1": 2}
    assert [one.number for one in in_force("C1", date(2026, 12, 7))] == [1]
    assert [one.number for one in in_force("C1", date(2026, 12, 8))] == [2]


def test_review_asks_the_criteria_again(house: House) -> None:
    house.in_state("answered")
    day = date(2027, 5, 24)
    with on(day):
        (due,) = reviews_due(day)
        fresh = {"as_of": date(2027, 5, 21)}
        with pytest.raises(Refused) as refused:
            actions.renew(
                concession_id=due.id, version=due.version, by=house.head,
                facts=facts(**fresh, assets=Decimal("499999.99")),
            )  # fmt: skip
        assert "0.01 yuan of mean assets" in said(refused)
        renewed = actions.renew(
            concession_id=due.id, version=due.version, facts=facts(**fresh), by=house.head
        )

    assert (renewed.review_on, renewed.until) == (date(2027, 11, 24), date(2028, 5, 24))


def test_unmet_criteria_end_it_with_notice(house: House) -> None:
    house.in_state("answered")
    (found,) = history("C1")

    ended = actions.end(concession_id=found.id, version=found.version, why="criteria_not_met", by=house.head)

    assert (ended.ended_on, ended.ended_why) == (date(2026, 11, 30), "criteria_not_met")
    with pytest.raises(Refused):
        actions.end(concession_id=found.id, version=ended.version, why="client_asked", by=house.head)


def test_what_ran_out_ends_once(house: House) -> None:
    house.in_state("answered")

    assert actions.end_expired(day=date(2027, 11, 24)) == []
    (ended,) = actions.end_expired(day=date(2027, 11, 25))

    (found,) = history("C1")
    assert (found.id, found.ended_why) == (ended, "expired")
    assert found.ended_on is not None and found.ended_on > found.until
    assert actions.end_expired(day=date(2027, 11, 25)) == []


def test_lists_show_what_may_be_seen_and_what_is_late_first(house: House) -> None:
    make_client("C2", branch="B2", manager="S7")
    house.asks()
    house.asks(client_id="C2", by=make_user("adviser", branch="B2", staff="S7"))

    assert {one.client_id for one in queue(sight(house.head, "concessions.view"))} == {"C1"}
    assert {one.client_id for one in queue(sight(house.watch, "concessions.view"))} == {"C1", "C2"}
    with on(date(2026, 12, 1)):
        assert all(one.is_late for one in queue(sight(house.watch, "concessions.view")))


def test_facts_come_from_the_quote_and_no_mean_is_rounded_onto_a_border() -> None:
    tariff = shipped().on(MONDAY)
    standing = Standing(tariff, "online", Decimal("1499999.99"), 3)
    made = quote(
        "C1", [Order(MONDAY, Decimal(1000), Decimal(5))], Course(Decimal("0.00025"), Decimal(5)),
        first=MONDAY, last=MONDAY, whole_year=False, levies=(), standing=standing,
    )  # fmt: skip

    told = facts_of(made, "b")

    assert told.assets == Decimal("499999.99")
    found = best_tier(tariff, "online", told)
    assert found is not None and made.tier is not None and found.id == made.tier.tier.id == "standard"


def test_authority_covers_no_role_beyond_the_matrix() -> None:
    assert set(authority().lowest) == {"branch_head", "head_office"}
    assert not Concession.objects.none()
