"""The made-up brokerage: the same seed the same bytes, sums that hold to the fen, and the truth apart."""

from __future__ import annotations

import ast
from collections import defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

import wanliu.simulator
from tests.simulated import FIRST, LAST, contents, rows, small_book
from wanliu.book.tables import TABLES
from wanliu.errors import UsageError
from wanliu.simulator import simulate
from wanliu.simulator.brokerage import _Job, _write_parquet
from wanliu.simulator.fees import commission, levies
from wanliu.simulator.world import load_world

FEN = Decimal("0.01")
ALLOWED = (
    "wanliu.simulator",
    "wanliu.book.atomic",
    "wanliu.book.calendar",
    "wanliu.book.tables",
    "wanliu.errors",
    "wanliu.text",
)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_book(tmp_path_factory.mktemp("simulated") / "book", clients=1500)


def test_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    one, two = small_book(tmp_path / "one", clients=60), small_book(tmp_path / "two", clients=60)

    assert contents(one) == contents(two)
    assert contents(tmp_path / "one.truth") == contents(tmp_path / "two.truth")


def test_another_seed_gives_another_book(tmp_path: Path) -> None:
    one, two = small_book(tmp_path / "one", clients=60), small_book(tmp_path / "two", clients=60, seed=8)

    assert contents(one)["assets.csv"] != contents(two)["assets.csv"]


def test_two_processes_write_the_same_bytes_as_one(tmp_path: Path) -> None:
    for name, processes in (("one", 1), ("two", 2)):
        (tmp_path / name).mkdir()
        jobs = [
            _Job(part, 1400, date(2009, 9, 1), LAST, 3, faults=(), blocks_in_a_part=1) for part in range(2)
        ]
        _write_parquet(tmp_path / name, jobs, None, processes)

    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert any("part-001" in path for path in contents(tmp_path / "one"))


def test_a_client_is_the_same_whoever_else_is_in_the_book(tmp_path: Path) -> None:
    few = small_book(tmp_path / "few", clients=100)
    more = small_book(tmp_path / "more", clients=1200)

    known = {row["client_id"] for row in rows(few, "clients")}
    for table in ("assets", "flows", "trades", "logins", "requests"):
        assert list(rows(few, table)) == [row for row in rows(more, table) if row["client_id"] in known], (
            table
        )


def test_parquet_holds_the_same_rows_as_csv(tmp_path: Path) -> None:
    simulate(tmp_path / "parquet", clients=80, first=FIRST, last=LAST, seed=7, format="parquet")
    csv_book = small_book(tmp_path / "csv", clients=80)

    for table in ("clients", "assets", "trades", "exits"):
        files = sorted((tmp_path / "parquet" / table).rglob("*.parquet"))
        tables = [pq.ParquetFile(path).read() for path in files]
        assert sum(each.num_rows for each in tables) == len(list(rows(csv_book, table))), table
        assert tables[0].column_names == [column.name for column in TABLES[table].columns]
    assert (tmp_path / "parquet/assets/month=2009-10/part-000.parquet").exists()


def test_parquet_is_sorted_by_client_and_date_within_a_month(tmp_path: Path) -> None:
    simulate(tmp_path / "book", clients=200, first=FIRST, last=LAST, seed=7, format="parquet")

    for path in (tmp_path / "book" / "assets").rglob("*.parquet"):
        read = pq.ParquetFile(path).read(["client_id", "date"])
        keys = list(zip(read["client_id"].to_pylist(), read["date"].to_pylist(), strict=True))
        assert keys == sorted(keys)


def test_cash_adds_up_day_by_day_to_the_fen(book: Path) -> None:
    moved = _cash_moved(book)
    cash: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in rows(book, "assets"):
        cash[row["client_id"]][row["date"]] += Decimal(row["cash"])

    for client, days in cash.items():
        ordered = sorted(days)
        for before, day in pairwise(ordered):
            assert days[day] == days[before] + moved[client, day], (client, day)


def test_position_changes_only_by_orders_transfers_and_the_market(book: Path) -> None:
    moved = _position_moved(book)
    positions: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in rows(book, "assets"):
        positions[row["client_id"]][row["date"]] += Decimal(row["position_value"])

    for client, days in positions.items():
        ordered = sorted(days)
        for before, day in pairwise(ordered):
            profit = days[day] - days[before] - moved[client, day]
            # the daily limit, a bonus share's ex-day, and the day on which a suspended stock returns
            assert abs(profit) <= days[before] + 1, (client, day)
            assert days[before] > 0 or profit == 0, (client, day)


def test_net_assets_are_cash_and_position_less_a_debt_that_stays(book: Path) -> None:
    debts: dict[tuple[str, str], set[Decimal]] = defaultdict(set)
    for row in rows(book, "assets"):
        debt = Decimal(row["cash"]) + Decimal(row["position_value"]) - Decimal(row["net_assets"])
        debts[row["client_id"], row["account_id"]].add(debt)
        assert Decimal(row["cash"]) >= 0
        assert Decimal(row["position_value"]) >= 0

    assert all(len(each) == 1 and min(each) >= 0 for each in debts.values())


def test_commission_is_rate_or_minimum_half_up() -> None:
    turnover = np.array([1_000_000, 2_000_000, 2_000_200], dtype=np.int64)

    charged = commission(turnover, np.array([25_000] * 3), np.array([500, 0, 0]))

    assert charged.tolist() == [500, 500, 500]  # 2.50 → minimum 5.00; 5.00; 5.00005 → 5.00
    assert commission(np.array([2_000]), np.array([25_000]), np.array([0])).tolist() == [1]  # 0.5 fen → 1
    assert levies(turnover, charged, load_world().fees).tolist() == [54, 108, 108]


def test_no_row_before_the_opening_or_after_the_closing(book: Path) -> None:
    clients = {row["client_id"]: row for row in rows(book, "clients")}

    for table in (
        "assets",
        "flows",
        "trades",
        "contacts",
        "logins",
        "requests",
        "rate_changes",
        "profile_changes",
    ):
        for row in rows(book, table):
            client = clients[row["client_id"]]
            assert client["opened_on"] <= row["date"], (table, row)
            assert not client["closed_on"] or row["date"] <= client["closed_on"], (table, row)
            assert str(FIRST) <= row["date"] <= str(LAST)


def test_a_closed_account_has_an_exit_and_no_assets_on_or_after_that_day(book: Path) -> None:
    closed = {row["client_id"]: row["closed_on"] for row in rows(book, "clients") if row["closed_on"]}
    exits = {row["client_id"]: row["date"] for row in rows(book, "exits") if row["kind"] == "closed_account"}

    assert closed
    assert exits == closed
    assert not [row for row in rows(book, "assets") if row["date"] >= closed.get(row["client_id"], "9999")]


def test_whoever_transfers_moves_securities_and_has_no_later_rows(book: Path) -> None:
    moved = {row["client_id"] for row in rows(book, "flows") if row["kind"] == "securities"}
    transferred = {
        row["client_id"]: row["date"] for row in rows(book, "exits") if row["kind"] == "transferred_custody"
    }

    assert len(set(transferred) & moved) > len(transferred) / 2
    assert not [
        row for row in rows(book, "assets") if row["date"] > transferred.get(row["client_id"], "9999")
    ]


def test_a_reversal_names_an_entry_of_the_same_client_and_amount(book: Path) -> None:
    flows = {row["flow_id"]: row for row in rows(book, "flows")}
    reversals = [row for row in flows.values() if row["reverses"]]

    assert reversals
    for row in reversals:
        entry = flows[row["reverses"]]
        assert (entry["client_id"], entry["amount"]) == (row["client_id"], row["amount"])
        assert entry["date"] <= row["date"]


def test_ids_are_unique_and_visibly_made_up(book: Path) -> None:
    for table in ("clients", "flows", "trades", "contacts", "requests", "staff", "branches"):
        key = next(
            iter(
                row
                for row in TABLES[table].key
                if row.endswith("_id") and (row != "client_id" or table == "clients")
            )
        )
        ids = [row[key] for row in rows(book, table)]
        assert len(ids) == len(set(ids)), table
    assert all(row["client_id"].startswith("SIM") for row in rows(book, "clients"))
    assert all(row["phone"].startswith("0000") for row in rows(book, "persons"))


def test_the_truth_lies_outside_the_book(book: Path) -> None:
    truth = book.with_name("book.truth")

    assert sorted(path.name for path in truth.iterdir()) == ["market.csv", "paths.csv", "stories.csv"]
    assert not [name for name in contents(book) if "truth" in name or "paths" in name]
    assert len(list(rows(book, "clients"))) == 1500


def test_a_truth_folder_inside_the_book_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        simulate(tmp_path / "b", clients=60, first=FIRST, last=LAST, seed=1, truth=tmp_path / "b" / "truth")


def test_an_existing_folder_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "book").mkdir()

    with pytest.raises(UsageError):
        small_book(tmp_path / "book", clients=60)

    assert list(tmp_path.iterdir()) == [tmp_path / "book"]


def test_a_single_trading_day_is_a_book(tmp_path: Path) -> None:
    day = date(2009, 10, 9)

    simulate(tmp_path / "b", clients=60, first=day, last=day, seed=7, format="csv")

    assert {row["date"] for row in rows(tmp_path / "b", "assets")} == {str(day)}


def test_a_span_without_a_trading_day_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        small_book(tmp_path / "b", first=date(2009, 10, 3), last=date(2009, 10, 4))

    assert list(tmp_path.iterdir()) == []


def test_the_simulator_imports_nothing_of_the_signs() -> None:
    folder = Path(wanliu.simulator.__file__).parent
    for path in folder.rglob("*.py"):
        for name in _imports(path):
            if name.startswith("wanliu"):
                assert name.startswith(ALLOWED), f"{path.name} imports {name}"


def _imports(path: Path) -> list[str]:
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append(node.module or "")
    return found


def _half_up(value: Decimal) -> Decimal:
    return value.quantize(FEN, ROUND_HALF_UP)


def _cash_moved(book: Path) -> dict[tuple[str, str], Decimal]:
    """Per client and day: in − out + sales − purchases − commission − transfer fee − stamp duty."""
    fees = load_world().fees
    transfer, stamp = Decimal(str(fees.transfer)), Decimal(str(fees.stamp))
    moved: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in rows(book, "flows"):
        if row["kind"] not in ("securities", "internal"):
            moved[row["client_id"], row["date"]] += _signed(row)
    for row in rows(book, "trades"):
        turnover, sells = Decimal(row["turnover"]), row["side"] == "sell"
        outside = _half_up(turnover * transfer) + (_half_up(turnover * stamp) if sells else 0)
        costs = Decimal(row["commission"]) + (0 if row["kind"] == "ipo" else outside)
        moved[row["client_id"], row["date"]] += (turnover if sells else -turnover) - costs
    return moved


def _position_moved(book: Path) -> dict[tuple[str, str], Decimal]:
    """Per client and day: purchases − sales − securities moved out − dividends paid out of the value."""
    moved: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in rows(book, "trades"):
        turnover = Decimal(row["turnover"])
        moved[row["client_id"], row["date"]] += -turnover if row["side"] == "sell" else turnover
    for row in rows(book, "flows"):
        if row["kind"] == "securities":
            moved[row["client_id"], row["date"]] += _signed(row)
        elif row["kind"] == "other":
            moved[row["client_id"], row["date"]] -= _signed(row)
    return moved


def _signed(row: dict[str, str]) -> Decimal:
    return Decimal(row["amount"]) if row["direction"] == "in" else -Decimal(row["amount"])
