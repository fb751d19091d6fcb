"""Worked examples of labels, one for each border of the definitions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.foresight.people import Tables, empty_tables, person, sealed, trading_days, worth
from wanliu.book.engine import duckdb_engine
from wanliu.errors import BookRefused, UsageError
from wanliu.foresight.labels import labels_of, last_day

D = date(2009, 3, 31)
HORIZON = 90
END = D + timedelta(days=HORIZON)  # 2009-06-29
Steps = dict[date, str]
JANUARY = date(2009, 1, 5)


class Told:
    """The rows of a small book's labels, by client."""

    def __init__(
        self, tables: Tables, folder: Path, *, days: Iterable[date] = (D,), horizon: int = HORIZON
    ) -> None:
        with duckdb_engine() as engine:
            self.rows = labels_of(sealed(tables, folder / "book"), tuple(days), horizon, engine).to_pylist()

    def of(self, client: str, day: date = D) -> dict[str, Any]:
        return next(row for row in self.rows if (row["client_id"], row["as_of"]) == (client, day))

    def said(self, client: str, day: date = D) -> tuple[str | None, date | None]:
        row = self.of(client, day)
        return row["label"], row["left_on"]


def with_clients(stories: dict[str, Steps], *, until: dict[str, date] | None = None) -> Tables:
    """Clients whose net assets change on the given days, with a row on every trading day up to their last."""
    tables = empty_tables()
    for client, steps in stories.items():
        tables["clients"].append(person(client))
        amount = "0.00"
        for day in trading_days():
            amount = steps.get(day, amount)
            if day <= (until or {}).get(client, day):
                tables["assets"].append(worth(client, day, amount))
    return tables


def flow(client: str, on: date, amount: str, direction: str = "out", **columns: Any) -> dict[str, Any]:
    told = {"flow_id": f"f-{client}-{on}-{direction}", "client_id": client, "date": on, "kind": "bank"}
    return {**told, "direction": direction, "amount": amount, **columns}


def test_borders_of_net_assets(tmp_path: Path) -> None:
    drop = date(2009, 4, 15)
    told = Told(
        with_clients(
            {
                "exactly_5000_then_gone": {JANUARY: "5000.00", drop: "0.00"},
                "a_fen_below_is_not_valid": {JANUARY: "4999.99", drop: "0.00"},
                "ends_at_5000": {JANUARY: "20000.00", drop: "5000.00"},
                "ends_a_fen_below": {JANUARY: "20000.00", drop: "4999.99"},
                "100_is_not_empty": {JANUARY: "20000.00", drop: "100.00"},
                "a_fen_below_is_empty": {JANUARY: "20000.00", drop: "99.99"},
            }
        ),
        tmp_path,
    )

    assert told.said("exactly_5000_then_gone") == ("implicit", drop)
    assert told.said("a_fen_below_is_not_valid") == ("stayed", None)
    assert told.of("a_fen_below_is_not_valid")["valid"] is False
    assert told.said("ends_at_5000") == ("stayed", None)
    assert told.said("ends_a_fen_below") == ("shallow", drop)
    assert told.said("100_is_not_empty") == ("shallow", drop)
    assert told.said("a_fen_below_is_empty") == ("implicit", drop)


def test_a_whole_calendar_month_must_be_empty_within_the_horizon(tmp_path: Path) -> None:
    first_of_may, last_of_april = date(2009, 5, 4), date(2009, 4, 30)
    told = Told(
        with_clients(
            {
                # the first row of May is already empty, and June ends a day after the horizon
                "from_the_first_row_of_may": {JANUARY: "20000.00", first_of_may: "0.00"},
                "from_the_second_row_of_may": {JANUARY: "20000.00", date(2009, 5, 5): "0.00"},
                "back_on_the_last_row_of_may": {
                    JANUARY: "20000.00",
                    last_of_april: "0.00",
                    date(2009, 5, 27): "9000.00",
                },
                "back_on_the_first_row_of_june": {
                    JANUARY: "20000.00",
                    last_of_april: "0.00",
                    date(2009, 6, 1): "9000.00",
                },
            }
        ),
        tmp_path,
    )

    assert told.said("from_the_first_row_of_may") == ("implicit", first_of_may)
    assert told.said("from_the_second_row_of_may") == ("shallow", date(2009, 5, 5))
    assert told.said("back_on_the_last_row_of_may") == ("stayed", None)
    assert told.said("back_on_the_first_row_of_june") == ("implicit", last_of_april)


def test_thirty_days_hold_a_month_of_thirty_days_only_from_its_eve(tmp_path: Path) -> None:
    tables = with_clients({"gone": {JANUARY: "20000.00", date(2009, 4, 1): "0.00"}})

    told = Told(tables, tmp_path, days=(date(2009, 3, 31), date(2009, 3, 30)), horizon=30)

    assert told.said("gone", date(2009, 3, 31)) == ("implicit", date(2009, 4, 1))
    assert told.said("gone", date(2009, 3, 30)) == ("shallow", date(2009, 4, 1))


def test_the_horizon_begins_on_the_day_after_and_holds_its_last_day(tmp_path: Path) -> None:
    tables = with_clients(
        {name: {JANUARY: "20000.00"} for name in ("on_d", "next_day", "last_day", "too_late")}
    )
    days = {
        "on_d": D,
        "next_day": D + timedelta(days=1),
        "last_day": END,
        "too_late": END + timedelta(days=1),
    }
    tables["exits"] = [
        {"client_id": name, "date": day, "kind": "closed_account"} for name, day in days.items()
    ]

    told = Told(tables, tmp_path)

    assert {row["client_id"] for row in told.rows} == {"next_day", "last_day", "too_late"}
    assert told.said("next_day") == ("explicit", D + timedelta(days=1))
    assert told.said("last_day") == ("explicit", END)
    assert told.said("too_late") == ("stayed", None)


def test_the_gravest_label_wins_and_the_day_is_when_the_money_went(tmp_path: Path) -> None:
    emptied, closed = date(2009, 4, 15), date(2009, 6, 10)
    tables = with_clients({"both": {JANUARY: "20000.00", emptied: "0.00"}})
    tables["exits"] = [{"client_id": "both", "date": closed, "kind": "closed_account"}]

    told = Told(tables, tmp_path, days=(D, date(2009, 4, 30)))

    assert told.said("both") == ("explicit", emptied)
    assert told.said("both", date(2009, 4, 30)) == ("explicit", closed)


@pytest.mark.parametrize("kind", ["transferred_custody", "revoked_designation"])
def test_custody_moved_counts_once_nothing_is_left(kind: str, tmp_path: Path) -> None:
    moved = date(2009, 4, 15)
    later = date(2009, 5, 14)
    tables = with_clients(
        {
            "at_once": {JANUARY: "20000.00", moved: "0.00"},
            "within_31_days": {JANUARY: "20000.00", later: "50.00"},
            "something_left": {JANUARY: "20000.00", moved: "9000.00"},
            "rows_stop": {JANUARY: "20000.00"},
        },
        until={"rows_stop": moved - timedelta(days=1)},
    )
    names = ("at_once", "within_31_days", "something_left", "rows_stop")
    tables["exits"] = [{"client_id": name, "date": moved, "kind": kind} for name in names]

    told = Told(tables, tmp_path)

    assert told.said("at_once") == ("explicit", moved)
    assert told.said("within_31_days") == ("explicit", later)
    assert told.said("something_left") == ("stayed", None)
    assert told.said("rows_stop") == ("explicit", moved)
    assert told.of("rows_stop")["rebuilt"] is False


def test_four_fifths_by_outflow_and_quiet_is_shallow_a_fall_in_price_is_not(tmp_path: Path) -> None:
    drop = date(2009, 4, 15)
    names = ("drained", "a_fen_more_stayed", "by_price", "traded", "brought_back", "cancelled")
    tables = with_clients(
        {name: {JANUARY: "100000.00", drop: "20000.01" if "fen" in name else "20000.00"} for name in names}
    )
    tables["flows"] = [
        flow("drained", drop, "80000.00"),
        flow("a_fen_more_stayed", drop, "79999.99"),
        flow("traded", drop, "80000.00"),
        flow("brought_back", drop, "80000.00"),
        flow("brought_back", drop, "0.01", "in"),
        flow("cancelled", drop, "80000.00"),
        flow("cancelled", drop + timedelta(days=1), "80000.00", "in", reverses=f"f-cancelled-{drop}-out"),
    ]
    order = {"order_id": "o1", "client_id": "traded", "turnover": "10.00", "commission": "5.00"}
    tables["trades"] = [{**order, "date": END - timedelta(days=59)}]

    told = Told(tables, tmp_path)

    assert told.said("drained") == ("shallow", drop)
    assert told.of("drained")["by_price"] is False
    assert [told.said(name)[0] for name in names[1:]] == ["stayed"] * 5


def test_sixty_quiet_days_end_with_the_horizon(tmp_path: Path) -> None:
    drop = date(2009, 4, 15)
    tables = with_clients({"traded_before": {JANUARY: "100000.00", drop: "20000.00"}})
    tables["flows"] = [flow("traded_before", drop, "80000.00")]
    order = {"order_id": "o1", "client_id": "traded_before", "turnover": "10.00", "commission": "5.00"}
    tables["trades"] = [{**order, "date": END - timedelta(days=60)}]

    assert Told(tables, tmp_path).said("traded_before") == ("shallow", drop)


def test_a_fall_below_the_line_tells_prices_from_outflow(tmp_path: Path) -> None:
    drop = date(2009, 4, 15)
    tables = with_clients(
        {name: {JANUARY: "6000.00", drop: "4000.00"} for name in ("fell", "took_a_bit", "took_it")}
    )
    tables["flows"] = [flow("took_a_bit", drop, "999.99"), flow("took_it", drop, "1000.00")]

    told = Told(tables, tmp_path)

    assert {name: told.of(name)["by_price"] for name in ("fell", "took_a_bit", "took_it")} == {
        "fell": True,
        "took_a_bit": True,
        "took_it": False,
    }
    assert {told.said(name)[0] for name in ("fell", "took_a_bit", "took_it")} == {"shallow"}


def test_a_horizon_beyond_the_book_is_censored_never_stayed(tmp_path: Path) -> None:
    tables = with_clients({"there": {JANUARY: "20000.00"}, "closes": {JANUARY: "20000.00"}})
    tables["exits"] = [{"client_id": "closes", "date": date(2009, 12, 15), "kind": "closed_account"}]
    # the book's last row is of Thursday 31 December; the next trading day is Monday 4 January
    whole, beyond = date(2009, 10, 5), date(2009, 10, 6)

    told = Told(tables, tmp_path, days=(whole, beyond))

    assert told.said("there", whole) == ("stayed", None)
    assert told.said("there", beyond) == (None, None)
    assert [told.of("there", day)["censored"] for day in (whole, beyond)] == [False, True]
    assert told.said("closes", beyond) == ("explicit", date(2009, 12, 15))
    assert told.of("closes", beyond)["censored"] is True


def test_who_vanished_from_the_feed_is_rebuilt_from_earlier_rows(tmp_path: Path) -> None:
    last = date(2009, 5, 15)
    stories = {name: {JANUARY: "20000.00"} for name in ("vanished", "back", "just_now")}
    tables = with_clients(stories, until={"vanished": last, "just_now": date(2009, 12, 1)})
    tables["assets"] = [
        row
        for row in tables["assets"]
        if row["client_id"] != "back" or not last < row["date"] < date(2009, 8, 3)
    ]

    told = Told(tables, tmp_path, days=(D, date(2009, 6, 30)))

    assert told.said("vanished") == ("explicit", last + timedelta(days=1))
    assert told.of("vanished")["rebuilt"] is True
    assert ("vanished", date(2009, 6, 30)) not in {(row["client_id"], row["as_of"]) for row in told.rows}
    # rows that came back: nobody knows what was there at the horizon's end, and nobody calls it stayed
    assert told.said("back") == (None, None)
    assert told.of("back")["censored"] is True
    assert told.said("just_now") == ("stayed", None)


def test_undated_columns_of_today_do_not_decide_who_was_there(tmp_path: Path) -> None:
    tables = with_clients({"frozen_today": {JANUARY: "20000.00"}})
    tables["clients"][-1] |= {"status": "frozen", "segment": "large", "do_not_contact": True}

    assert Told(tables, tmp_path).said("frozen_today") == ("stayed", None)


def test_bad_questions_get_a_sentence(tmp_path: Path) -> None:
    tables = empty_tables()
    del tables["assets"]
    with duckdb_engine() as engine:
        with pytest.raises(BookRefused, match="没有资产表"):
            labels_of(sealed(tables, tmp_path / "a"), (D,), HORIZON, engine)
        book = sealed(empty_tables(), tmp_path / "b")
        assert last_day(book) == date(2010, 1, 3)
        for days, horizon in (((), 90), ((D,), 0)):
            with pytest.raises(UsageError, match="至少一天"):
                labels_of(book, days, horizon, engine)
