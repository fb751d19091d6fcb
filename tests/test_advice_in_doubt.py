"""Advice where something is not known: the reason, the birthday, the day of settlement, the first months."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.advised import (
    CALENDAR,
    PLAYBOOK,
    TODAY,
    a_client,
    a_request,
    advice_for,
    linter,
    offered,
)
from tests.small_books import sealed_from
from wanliu.advice.advise import Advice, advise, words_asked
from wanliu.advice.client import Client, client_of
from wanliu.advice.fill import fields_of
from wanliu.advice.observed import observed
from wanliu.advice.stops import stops_of
from wanliu.book.history import reader
from wanliu.playbook.items import REASONS, Channel, Stage
from wanliu.ruleset import load as load_rules

D = date(2009, 10, 30)


def advice_without_reason(client: Client, *, stage: Stage = "normal", channel: Channel = "counter") -> Advice:
    return advise(client, [], PLAYBOOK, CALENDAR, linter(), stage=stage, channel=channel)


@pytest.mark.parametrize("stage", ["normal", "exit"])
@pytest.mark.parametrize("channel", ["counter", "phone", "message"])
def test_unknown_reason_is_asked_for_and_no_script_invents_one(stage: Stage, channel: Channel) -> None:
    advice = advice_without_reason(a_client(), stage=stage, channel=channel)

    assert advice.words is None
    assert advice.questions
    assert "fault_ticket" not in offered(advice)
    assert "exit_help" in offered(advice)


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("channel", ["counter", "phone", "message"])
def test_words_are_of_a_reason_that_was_named(reason: str, channel: Channel) -> None:
    client = replace(a_client(do_not_contact=True), requests=(a_request("close_account"),))

    advice = advice_for(client, reason, channel=channel)

    named = {one.reason for one in advice.likely}
    assert advice.words is None or advice.words.filled.script.reason in named


@pytest.mark.parametrize("outcome", ["granted", "refused", "withdrawn"])
@pytest.mark.parametrize("kind", ["complaint", "transfer_custody"])
def test_request_with_an_outcome_and_no_day_of_settlement_is_settled(kind: str, outcome: str) -> None:
    client = replace(a_client(), requests=(a_request(kind, 400, outcome=outcome),))

    assert not stops_of(client, stage="normal", channel="counter")


def test_exit_that_was_carried_out_is_no_longer_asked_for() -> None:
    left = {"date": TODAY - timedelta(days=398), "kind": "transferred_custody"}
    client = replace(a_client(), requests=(a_request("transfer_custody", 400),), exits=(left,))

    assert not stops_of(client, stage="normal", channel="counter")


def test_who_turns_eighteen_this_year_may_still_be_a_minor() -> None:
    assert not offered(advice_for(a_client(birth_year=TODAY.year - 18)))
    assert offered(advice_for(a_client(birth_year=TODAY.year - 19)))


def test_nobody_talks_to_the_deceased_about_leaving() -> None:
    advice = advice_for(replace(a_client(status="deceased"), requests=(a_request("close_account"),)))

    assert not advice.offered
    assert advice.words is None


@pytest.mark.parametrize("kind", ["close_account", "transfer_custody", None])
def test_positions_are_a_condition_of_closing_alone(kind: str | None) -> None:
    held = {"position_value": Decimal(5000), "cash": Decimal(0)}
    asked = (a_request(kind),) if kind else ()

    fields = fields_of(
        replace(a_client(), held=held, requests=asked), done_by=None, staff=None, material=None
    )

    assert ("exit_conditions" in fields) is (kind == "close_account")


def test_words_of_long_ago_are_not_heard_today() -> None:
    old = a_request("complaint", 400, text="没人理我")

    assert words_asked(replace(a_client(), requests=(old,))) is None


def a_book(path: Path, first_order: date, **client: object) -> Client:
    who = {"client_id": "C", "branch_id": "B", "opened_on": date(2001, 1, 1), **client}
    days = (first_order, date(2009, 10, 1))
    orders = [
        {"client_id": "C", "order_id": f"O{n}", "date": day, "turnover": Decimal(10_000), "commission": 5}
        for n, day in enumerate(days)
    ]
    moves = [{"client_id": "C", "date": date(2009, 10, 9), "what": "branch", "old": "A", "new": "B"}]
    book = sealed_from({"clients": [who], "trades": orders, "profile_changes": moves}, path / "book")
    with reader() as connection:
        return client_of(book, "C", D, connection)


def test_twelve_months_are_not_told_where_the_book_is_shorter(tmp_path: Path) -> None:
    assert a_book(tmp_path, date(2009, 9, 1)).orders is None


def test_twelve_months_are_whole_for_who_came_later(tmp_path: Path) -> None:
    """The book reaches back as far as the client does."""
    orders = a_book(tmp_path, date(2009, 9, 1), opened_on=date(2009, 9, 1)).orders

    assert orders is not None
    assert len(orders) == 2


def test_twelve_months_leave_out_the_same_day_a_year_ago(tmp_path: Path) -> None:
    orders = a_book(tmp_path, date(2008, 10, 30)).orders

    assert orders is not None
    assert [one["date"] for one in orders] == [date(2009, 10, 1)]


def test_merged_branch_is_no_move_of_the_client(tmp_path: Path) -> None:
    client = a_book(tmp_path, date(2009, 9, 1))
    book = sealed_from({"clients": [client.row]}, tmp_path / "other")

    seen = {one.sign: one.holds for one in observed(client, (), None, book)}

    assert seen["address_changed"] is False


def test_who_opted_out_of_scoring_is_not_read_from_data(tmp_path: Path) -> None:
    client = a_book(tmp_path, date(2009, 9, 1), scoring_opt_out=True)
    book = sealed_from({"clients": [client.row]}, tmp_path / "other")

    assert observed(client, load_rules("standard").rules, None, book) == []
