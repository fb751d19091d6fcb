"""The back-test against a slow second count, and what it says where it cannot answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from tests.foresight.people import Tables, empty_tables, person, random_tables, sealed, trading_days, worth
from wanliu.book.engine import duckdb_engine
from wanliu.book.sealed import Book
from wanliu.errors import UsageError
from wanliu.foresight.backtest import BackTest, run_backtest
from wanliu.foresight.backtest_days import asked_days
from wanliu.foresight.labels import labels_of
from wanliu.foresight.study import Study
from wanliu.foresight.tally import kinds_of
from wanliu.ruleset import load
from wanliu.warning.run import Run, plan_of

HORIZON = 90
FIRST, LAST = date(2009, 6, 30), date(2009, 10, 31)
RULES = ("standard", "guide")
Row = dict[str, Any]


@dataclass(frozen=True)
class Done:
    """A study, and the rows that it must have been made of."""

    study: Study
    labels: list[Row]
    seen: dict[str, list[Row]]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Done:
    book = sealed(random_tables(5, clients=70), tmp_path_factory.mktemp("backtest") / "book")
    days = asked_days(book, FIRST, LAST, "month", HORIZON)
    rules = tuple(load(name) for name in RULES)
    with duckdb_engine() as engine:
        study = run_backtest(BackTest(book, rules, days, HORIZON), engine)
        labels = labels_of(book, days.days, HORIZON, engine).to_pylist()
        seen = {one.name: list(Run(plan_of(book, one, days.days), engine).rows()) for one in rules}
    return Done(study, labels, seen)


class SlowCount:
    """One kind of alarm of one rule set, counted row by row."""

    def __init__(self, done: Done, rules: str, kind: str) -> None:
        self.days, self.kind = done.study.days, kind
        self.row = {(row["client_id"], row["as_of"]): row for row in done.seen[rules]}
        self.label = {(row["client_id"], row["as_of"]): row for row in done.labels}
        self.keys = sorted(self.row.keys() & self.label.keys())
        self.known = [key for key in self.keys if not self.label[key]["censored"]]

    def is_up(self, key: tuple[str, date]) -> bool:
        row = self.row.get(key) if key in self.label else None
        if row is None:
            return False
        unions = {"call": ("red", "orange"), "any": ("red", "orange", "yellow")}
        if self.kind in unions:
            return row["level"] in unions[self.kind]
        return bool(row["level"] == self.kind or row.get(f"{self.kind}__status") == "fired")

    def before(self, key: tuple[str, date]) -> tuple[str, date] | None:
        place = self.days.index(key[1])
        return (key[0], self.days[place - 1]) if place else None

    def is_new(self, key: tuple[str, date]) -> bool:
        before = self.before(key)
        if before is None or not self.is_up(key):
            return False
        if self.kind in ("red", "orange", "yellow"):
            ladder = ("none", "unknown", "yellow", "orange", "red")
            was = self.row[before]["level"] if before in self.label and before in self.row else "none"
            return ladder.index(was) < ladder.index(self.kind)
        return not self.is_up(before)

    def leaves(self, key: tuple[str, date]) -> bool:
        return self.label[key]["label"] in ("explicit", "implicit", "shallow")

    def leavers(self) -> Iterator[tuple[str, date, list[tuple[str, date]]]]:
        """Client, last day of leaving, and the asked days within the horizon before it."""
        for client in sorted({key[0] for key in self.known}):
            mine = [key for key in self.known if key[0] == client and self.label[key]["valid"]]
            gone = [key for key in mine if self.leaves(key)]
            if gone:
                left = self.label[gone[-1]]["left_on"]
                yield client, left, [key for key in mine if 0 < (left - key[1]).days <= HORIZON]

    def leads(self) -> list[int]:
        found = []
        for client, left, window in self.leavers():
            up = [key for key in window if self.is_up(key)]
            if not up:
                continue
            first = up[-1]
            while (before := self.before(first)) and self.is_up(before):
                first = before
            found.append(min(HORIZON, (left - first[1]).days))
            assert client == first[0]
        return found


@pytest.mark.parametrize("rules", RULES)
def test_figures_agree_with_the_slow_count(done: Done, rules: str) -> None:
    for kind in kinds_of(load(rules).ids):
        slow, row = SlowCount(done, rules, kind), done.study.figure(rules, kind)
        standing = [key for key in slow.known if slow.is_up(key)]
        new = [key for key in slow.known if slow.is_new(key)]
        leavers = list(slow.leavers())
        assert row["client_days"] == len(slow.known)
        assert (row["alarms"], row["new_alarms"]) == (len(standing), len(new)), kind
        assert row["precision"] == _share([slow.leaves(key) for key in standing]), kind
        assert row["precision_new"] == _share([slow.leaves(key) for key in new]), kind
        assert row["leavers"] == len(leavers)
        assert row["caught"] == len(slow.leads()), kind
        assert row["lead_median"] == (median(slow.leads()) if slow.leads() else None), kind


def _share(flags: list[bool]) -> Any:
    return pytest.approx(sum(flags) / len(flags)) if flags else None


def test_base_rate_is_that_of_valid_clients(done: Done) -> None:
    slow = SlowCount(done, "standard", "call")
    valid = [key for key in slow.known if slow.label[key]["valid"]]

    assert done.study.outcomes["base"] == _share([slow.leaves(key) for key in valid])
    assert done.study.figure("standard", "red")["base"] == done.study.outcomes["base"]


def test_leavers_whom_no_sign_saw(done: Done) -> None:
    for rules in RULES:
        slow = SlowCount(done, rules, "any")
        unseen = [
            client
            for client, _, window in slow.leavers()
            if not any(
                slow.row[key][f"{id}__status"] == "fired"
                for key in window
                if key in slow.row
                for id in load(rules).ids
            )
        ]
        assert done.study.outcomes["unseen"][rules]["leavers"] == len(unseen)


def test_months_and_overlap_add_up_to_the_whole(done: Done) -> None:
    for rules in RULES:
        call = done.study.figure(rules, "call")
        months = [row for row in done.study.months if (row["rules"], row["kind"]) == (rules, "call")]
        assert sum(row["alarms"] for row in months) == call["alarms"]
        for id in load(rules).ids:
            own = next(
                row
                for row in done.study.overlap
                if (row["rules"], row["sign"], row["other"]) == (rules, id, id)
            )
            assert own["alarms"] == own["both"] == done.study.figure(rules, id)["alarms"]


def test_clients_who_change_hands_are_listed_by_number_and_day(done: Done) -> None:
    first, second = (SlowCount(done, rules, "call") for rules in RULES)
    differing = {key for key in first.keys if first.is_up(key) != second.is_up(key)}

    assert {(row["client_id"], row["as_of"]) for row in done.study.changes.to_pylist()} == differing
    assert done.study.changes.column_names == ["client_id", "as_of", "level_first", "level_second"]
    assert done.study.clients_who_change_hands == len({client for client, _ in differing})


def test_a_curve_passes_through_what_the_sign_did(done: Done) -> None:
    at_force = [row for row in done.study.curves if row["in_force"]]

    assert {row["sign"] for row in at_force} >= {"fund_outflow"}
    for row in at_force:
        own = done.study.figure(row["rules"], row["sign"])
        assert (row["new_alarms"], row["precision_new"]) == (own["new_alarms"], own["precision_new"])
        assert (row["recall"], row["lead_median"]) == (own["recall"], own["lead_median"])


def test_every_figure_has_bounds_around_it(done: Done) -> None:
    for row in (*done.study.figures, *done.study.months, *done.study.overlap, *done.study.curves):
        for name in [name.removesuffix("_low") for name in row if name.endswith("_low")]:
            value, low, high = row[name], row[f"{name}_low"], row[f"{name}_high"]
            if value is not None:
                assert low is None or low <= value + 1e-9
                assert high is None or value <= high + 1e-9


# --- what it refuses, and what it will not say ------------------------------------------------------------


def steady(stories: dict[str, date | None]) -> Tables:
    """Clients with 50,000 on every day until they take it all."""
    tables = empty_tables()
    for client, leaves in stories.items():
        tables["clients"].append(person(client))
        for day in trading_days():
            tables["assets"].append(
                worth(client, day, "50000.00" if leaves is None or day < leaves else "0.00")
            )
    return tables


def study_of(book: Book) -> Study:
    days = asked_days(book, FIRST, LAST, "month", HORIZON)
    with duckdb_engine() as engine:
        return run_backtest(BackTest(book, (load("standard"),), days, HORIZON, accept_gaps=True), engine)


def test_without_anybody_who_closed_recall_is_refused(tmp_path: Path) -> None:
    study = study_of(sealed(steady({"gone": date(2009, 8, 3), "stays": None}), tmp_path / "book"))

    assert study.survivors_only is not None
    assert "survivors only" in study.survivors_only.en
    assert (
        {row["recall"] for row in study.figures} == {row["worth_caught"] for row in study.figures} == {None}
    )
    assert study.outcomes["unseen"]["standard"]["share"] is None


def test_one_closed_account_is_enough_to_know_leavers(tmp_path: Path) -> None:
    tables = steady({"gone": date(2009, 8, 3), "stays": None})
    tables["exits"] = [{"client_id": "gone", "date": date(2009, 9, 1), "kind": "closed_account"}]

    assert study_of(sealed(tables, tmp_path / "book")).survivors_only is None


def test_nothing_to_test_where_nobody_left(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as fault:
        study_of(sealed(steady({"stays": None}), tmp_path / "book"))

    assert "no valid client left" in fault.value.message.en


def test_days_and_horizons_that_the_book_cannot_answer(tmp_path: Path) -> None:
    book = sealed(empty_tables(), tmp_path / "book")
    questions = {
        (date(2008, 1, 1), LAST, "month", 90): "does not lie within the book",
        (FIRST, date(2011, 1, 1), "month", 90): "does not lie within the book",
        (LAST, FIRST, "month", 90): "does not lie within the book",
        (date(2009, 10, 31), date(2009, 12, 31), "month", 90): "No day can be tested",
        (FIRST, LAST, "fortnight", 90): "means nothing",
        (FIRST, LAST, "0", 90): "means nothing",
    }
    for question, said in questions.items():
        with pytest.raises(UsageError) as fault:
            asked_days(book, *question)
        assert said in fault.value.message.en


def test_days_whose_horizon_leaves_the_book_are_left_out(tmp_path: Path) -> None:
    book = sealed(empty_tables(), tmp_path / "book")

    months = asked_days(book, FIRST, date(2009, 12, 31), "month", HORIZON)
    weeks = asked_days(book, date(2009, 6, 1), date(2009, 6, 30), "week", HORIZON)
    fives = asked_days(book, date(2009, 6, 1), date(2009, 6, 30), "5", HORIZON)

    assert months.days == (FIRST, date(2009, 7, 31), date(2009, 8, 31), date(2009, 9, 30))
    assert months.too_late == (date(2009, 10, 31), date(2009, 11, 30), date(2009, 12, 31))
    assert all(day + timedelta(days=HORIZON) <= months.book_ends for day in months.days)
    assert weeks.days[:2] == (date(2009, 6, 5), date(2009, 6, 12))
    assert fives.days[:2] == (date(2009, 6, 1), date(2009, 6, 8))
