"""The planted clients: each reason is there, and each story's footprint is really in the rows."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from tests.simulated import LAST, rows, small_book
from wanliu.simulator.stories import load_stories
from wanliu.simulator.world import load_world

RECENT = "2009-08-01"
"""Three months before the last day."""


class Told:
    """The rows of the planted clients, by client."""

    def __init__(self, book: Path) -> None:
        self.rows: dict[str, dict[str, list[dict[str, str]]]] = defaultdict(lambda: defaultdict(list))
        for table in (
            "clients",
            "assets",
            "flows",
            "trades",
            "requests",
            "exits",
            "rate_changes",
            "profile_changes",
        ):
            for row in rows(book, table):
                if row["client_id"].startswith("SIMP"):
                    self.rows[table][row["client_id"]].append(row)

    def bank_out(self, client: str) -> Decimal:
        return self._sum(client, "out", "bank")

    def bank_in(self, client: str) -> Decimal:
        return self._sum(client, "in", "bank")

    def securities_out(self, client: str) -> Decimal:
        return self._sum(client, "out", "securities")

    def net_assets(self, client: str, day: str) -> Decimal:
        """At the close of the latest day with rows up to ``day``, over all accounts."""
        known = [row for row in self.rows["assets"][client] if row["date"] <= day]
        last = max(row["date"] for row in known)
        return sum((Decimal(row["net_assets"]) for row in known if row["date"] == last), Decimal())

    def requests(self, client: str) -> list[str]:
        return [row["kind"] for row in self.rows["requests"][client]]

    def exits(self, client: str) -> list[str]:
        return sorted(row["kind"] for row in self.rows["exits"][client])

    def orders(self, client: str, first: str, last: str) -> int:
        return sum(first <= row["date"] <= last for row in self.rows["trades"][client])

    def _sum(self, client: str, direction: str, kind: str) -> Decimal:
        found = [
            Decimal(row["amount"])
            for row in self.rows["flows"][client]
            if (row["direction"], row["kind"]) == (direction, kind) and row["date"] >= RECENT
        ]
        return sum(found, Decimal())


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return Told(small_book(tmp_path_factory.mktemp("stories") / "book", clients=60))


def test_two_dozen_clients_are_planted_whatever_the_size(told: Told) -> None:
    assert sorted(told.rows["clients"]) == [f"SIMP{number:02d}" for number in range(1, 25)]


def test_every_reason_has_a_story() -> None:
    assert {story.reason for story in load_stories()} - {""} == set(load_world().reasons)


def test_every_story_is_told_in_both_languages() -> None:
    for story in load_stories():
        assert story.zh.endswith("。"), story.id
        assert story.en.endswith("."), story.id


def test_the_one_with_a_relative_in_the_trade_sells_and_asks_to_close(told: Told) -> None:
    assert told.requests("SIMP01") == ["close_account"]
    assert told.rows["assets"]["SIMP01"][-1]["position_value"] == "0.00"


def test_the_one_who_moved_house_changed_the_address_and_transferred(told: Told) -> None:
    assert next(row["what"] for row in told.rows["profile_changes"]["SIMP02"]) == "address"
    assert told.securities_out("SIMP02") > 0
    assert "transferred_custody" in told.exits("SIMP02")


@pytest.mark.parametrize("client", ["SIMP03", "SIMP05", "SIMP09", "SIMP11", "SIMP20", "SIMP23"])
def test_the_quiet_ones_leak_more_than_a_third_and_say_no_goodbye(told: Told, client: str) -> None:
    before = told.net_assets(client, RECENT)

    assert told.bank_out(client) - told.bank_in(client) > before / 3
    assert told.exits(client) == []


@pytest.mark.parametrize("client", ["SIMP06", "SIMP07"])
def test_the_sudden_ones_leave_a_few_yuan(told: Told, client: str) -> None:
    assert told.net_assets(client, str(LAST)) < 100
    assert told.requests(client) == []


@pytest.mark.parametrize("client", ["SIMP08", "SIMP10"])
def test_the_one_day_transfers_take_everything_at_once(told: Told, client: str) -> None:
    days = {row["date"] for row in told.rows["flows"][client] if row["kind"] in ("securities", "bank")}

    assert len(days) == 1
    assert told.securities_out(client) > 0
    assert told.net_assets(client, str(LAST)) == 0


def test_the_neglected_one_complained(told: Told) -> None:
    assert told.requests("SIMP03") == ["complaint"]


def test_the_halved_one_lost_by_the_market_and_then_withdrew(told: Told) -> None:
    highest = max(Decimal(row["net_assets"]) for row in told.rows["assets"]["SIMP04"])
    lost = highest - told.net_assets("SIMP04", str(LAST)) - told.bank_out("SIMP04")

    assert lost > highest / 5
    assert told.bank_out("SIMP04") > 0


def test_the_failed_retention_ends_in_a_closed_account(told: Told) -> None:
    assert told.requests("SIMP12") == ["complaint", "close_account"]
    assert told.exits("SIMP12") == ["closed_account"]


def test_the_falsely_suspected_one_brings_everything_back(told: Told) -> None:
    flows = [row for row in told.rows["flows"]["SIMP13"] if row["kind"] == "bank"]
    out = sum(Decimal(row["amount"]) for row in flows if row["direction"] == "out")
    back = sum(Decimal(row["amount"]) for row in flows if row["direction"] == "in")
    low = min(Decimal(row["net_assets"]) for row in told.rows["assets"]["SIMP13"])

    assert out == back
    assert low < told.net_assets("SIMP13", str(LAST)) / 3


def test_the_one_who_waits_for_the_market_is_empty_and_keeps_the_money(told: Told) -> None:
    last = [row for row in told.rows["assets"]["SIMP14"] if row["date"] >= "2009-08-15"]

    assert {row["position_value"] for row in last} == {"0.00"}
    assert told.bank_out("SIMP14") == 0


def test_the_firms_own_cut_halves_the_rate_and_not_the_trading(told: Told) -> None:
    (change,) = told.rows["rate_changes"]["SIMP15"]

    assert Decimal(change["new_rate"]) * 2 == Decimal(change["old_rate"])
    assert told.orders("SIMP15", change["date"], str(LAST)) > 20


def test_the_traveller_orders_nothing_and_keeps_everything(told: Told) -> None:
    assert told.orders("SIMP16", "2009-10-01", str(LAST)) == 0
    assert told.orders("SIMP16", "2009-07-01", "2009-08-31") > 0
    assert told.bank_out("SIMP16") == 0


def test_the_ipo_cycler_takes_out_what_was_brought_in(told: Told) -> None:
    assert told.bank_out("SIMP17") == told.bank_in("SIMP17") > 0


def test_the_one_cut_three_times_went_all_the_same(told: Told) -> None:
    assert len(told.rows["rate_changes"]["SIMP20"]) == 3
    assert told.net_assets("SIMP20", str(LAST)) < 100


def test_the_one_with_two_accounts_moved_money_inside_the_firm(told: Told) -> None:
    moves = [row for row in told.rows["flows"]["SIMP24"] if row["kind"] == "internal"]

    assert sorted(row["direction"] for row in moves) == ["in", "out"]
    assert {row["account_id"] for row in moves} == {"SIMP24-1", "SIMP24-2"}
    assert told.bank_out("SIMP24") == 0


def test_some_words_of_the_clients_are_written_down(told: Told) -> None:
    texts = [row["text"] for found in told.rows["requests"].values() for row in found if row["text"]]

    assert len(texts) >= 6
