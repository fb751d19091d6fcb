"""Advice: what comes first, what may be offered, and what is barred."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import pytest

from tests.advised import (
    CALENDAR,
    MARKETING,
    PLAYBOOK,
    RETIRED,
    TODAY,
    WORDS,
    a_client,
    a_contact,
    a_request,
    advice_for,
    offered,
)
from wanliu.advice.observed import observed
from wanliu.book.sealed import Book
from wanliu.playbook.items import REASONS, Channel, Stage
from wanliu.ruleset import load as rules_of


def test_open_complaint_allows_complaint_handling_only() -> None:
    advice = advice_for(replace(a_client(), requests=(a_request("complaint"),)), "cut_demand")

    assert offered(advice) == {"complaint_handling"}
    assert advice.words is not None
    assert advice.words.filled.script.reason == "service"


def test_settled_complaint_bars_nothing() -> None:
    settled = a_request("complaint", days_ago=40, closed_on=TODAY - timedelta(days=2))

    assert len(offered(advice_for(replace(a_client(), requests=(settled,))))) > 1


def test_complaint_settled_later_is_still_open_today() -> None:
    later = a_request("complaint", closed_on=TODAY + timedelta(days=2))

    assert offered(advice_for(replace(a_client(), requests=(later,)))) == {"complaint_handling"}


@pytest.mark.parametrize("kind", ["transfer_custody", "revoke_designation", "close_account"])
def test_exit_request_comes_first_and_waits_for_nothing(kind: str) -> None:
    advice = advice_for(replace(a_client(), requests=(a_request(kind),)))

    assert advice.stage == "exit"
    assert advice.moment == "exit"
    assert advice.offered[0].id == "exit_help"
    assert "受理" in advice.next_step.zh
    assert advice.next_on == date(2026, 11, 3)  # two trading days: the 31st and the 1st are a weekend


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("consent", ["given", "refused", "withdrawn", None])
@pytest.mark.parametrize("channel", ["counter", "phone", "message"])
def test_nobody_who_leaves_is_kept_waiting_whatever_else_holds(
    reason: str, consent: str | None, channel: Channel
) -> None:
    client = a_client(marketing_consent=consent, do_not_contact=consent == "refused")
    client = replace(client, requests=(a_request("complaint"), a_request("close_account")))

    advice = advice_for(client, reason, channel=channel)

    assert advice.offered[0].id == "exit_help"
    assert advice.words is not None
    if advice.words.usable:
        assert "是否办理由您决定，不影响申请" in advice.words.filled.text.zh or reason == "identity"


@pytest.mark.parametrize("channel", WORDS)
@pytest.mark.parametrize(
    "changed",
    [{"do_not_contact": True}, {"marketing_consent": "refused"}, {"marketing_consent": "withdrawn"}],
)
def test_who_must_not_be_contacted_is_neither_called_nor_written_to(
    channel: Channel, changed: Mapping[str, object]
) -> None:
    advice = advice_for(a_client(**changed), channel=channel)

    assert offered(advice) == set()
    assert advice.words is None or not advice.words.usable
    assert advice.next_on is None


@pytest.mark.parametrize("consent", ["refused", "withdrawn", None])
@pytest.mark.parametrize("reason", REASONS)
def test_without_consent_nothing_is_marketed_even_at_the_counter(reason: str, consent: str | None) -> None:
    advice = advice_for(a_client(marketing_consent=consent), reason)

    assert not offered(advice) & MARKETING
    assert not {material.kind for material in advice.materials} & {"brand_fact", "service", "research"}


@pytest.mark.parametrize(
    "changed",
    [
        {"birth_year": 2010},
        {"status": "deceased"},
        {"status": "frozen"},
        {"kind": "institution"},
        {"is_employee": True},
        {"closed_on": TODAY},
    ],
)
def test_minors_deceased_frozen_and_closed_accounts_are_out(changed: Mapping[str, object]) -> None:
    advice = advice_for(a_client(**changed))

    assert offered(advice) == set()
    assert advice.words is None
    assert advice.stops[0].kind == "out"


def test_frozen_account_that_asks_to_leave_is_helped_to() -> None:
    advice = advice_for(replace(a_client(status="frozen"), requests=(a_request("close_account"),)))

    assert offered(advice) == {"exit_help"}


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("channel", ["counter", "phone", "message"])
@pytest.mark.parametrize("stage", ["normal", "exit"])
def test_retired_method_is_never_offered_and_says_why(reason: str, channel: Channel, stage: Stage) -> None:
    advice = advice_for(a_client(), reason, channel=channel, stage=stage)

    assert not offered(advice) & RETIRED
    told = {one.method.id: one.why.zh for one in advice.excluded}
    for id in RETIRED:
        legal = PLAYBOOK.methods[id].legal_reason
        assert legal is not None
        assert legal.zh in told[id]


def test_every_method_is_offered_or_excluded_with_a_reason() -> None:
    advice = advice_for(a_client())

    excluded = {one.method.id for one in advice.excluded}
    assert offered(advice) | excluded == PLAYBOOK.methods.keys()
    assert not offered(advice) & excluded


def test_two_attempts_in_a_week_are_enough() -> None:
    client = replace(a_client(), contacts=(a_contact(1), a_contact(6)))

    assert offered(advice_for(client, channel="phone")) == set()
    assert offered(advice_for(client, channel="counter")) != set()
    older = replace(a_client(), contacts=(a_contact(1), a_contact(7)))
    assert offered(advice_for(older, channel="phone")) != set()


def test_whose_identity_asks_it_is_helped_to_leave_and_not_kept() -> None:
    advice = advice_for(a_client(), "identity")

    assert not PLAYBOOK.reasons["identity"].retain
    assert "exit_help" in offered(advice)
    assert not offered(advice) & MARKETING


def test_elderly_and_most_cautious_clients_get_a_caution() -> None:
    assert len(advice_for(a_client(birth_year=1950, risk_level=1)).cautions) == 2


def test_account_clerk_does_not_talk_at_the_counter() -> None:
    assert "账户岗只办手续" in advice_for(a_client()).speaker.zh


def test_offers_about_price_are_the_same_whatever_level_or_value_the_run_found() -> None:
    """A client's signal row with every level and value at stake: nothing in the advice moves."""
    rules = rules_of("standard").rules
    row: dict[str, object] = {}
    for rule in rules:
        row |= {f"{rule.id}__status": "clear", f"{rule.id}__value": 0.0, f"{rule.id}__threshold": 1.0}
    found = []
    for level, stake in (("red", 9e9), ("none", 0.0)):
        result = row | {"level": level, "value_at_stake": stake}
        seen = observed(a_client(), rules, result, book_without_trades())
        found.append(advice_for(a_client(), "cut_demand", seen=seen))

    assert found[0] == found[1]


@cache
def book_without_trades() -> Book:
    class Without:
        def has(self, _table: str) -> bool:
            return False

    without = Without()
    without.calendar = CALENDAR  # type: ignore[attr-defined]  # the little that is asked of a book here
    return without  # type: ignore[return-value]  # as above
