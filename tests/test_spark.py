"""The second engine gives what the first one gives: the same results, numbers and bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlglot import exp, parse_one

from tests.secondroad.books import crowd_case, random_case
from tests.spark_batches import Batch, batches
from tests.test_second_road import RULE_SETS, Rules, sealed_case
from wanliu.book.engine import duckdb_engine, seeing_only
from wanliu.book.sealed import Book, sealed_columns
from wanliu.errors import EnvironmentFailed
from wanliu.indicator.windows import Day
from wanliu.ruleset import load
from wanliu.warning import run as running
from wanliu.warning.output import write
from wanliu.warning.plan import Plan
from wanliu.warning.run import Run

if TYPE_CHECKING:
    from wanliu.book.spark import Spark

pytestmark = pytest.mark.spark

FOR_TINY_BOOKS = {
    # a plan of a hundred columns for ten rows: what takes time is making the plan, not running it
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.driver.defaultJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}


@pytest.fixture(scope="module")
def spark() -> Iterator[Spark]:
    """The one session of all tests in this file."""
    from wanliu.book.spark import spark_engine

    with spark_engine("local[2]", settings=FOR_TINY_BOOKS) as engine:
        yield engine


@pytest.mark.parametrize("batch", batches(), ids=str)
def test_worked_examples_give_on_spark_what_they_say(batch: Batch, spark: Spark, tmp_path: Path) -> None:
    plan = batch.plan(batch.sealed(tmp_path / "book"))

    on_spark, on_duckdb = both(plan, spark)

    assert on_spark == on_duckdb
    rows = {row["client_id"]: row for row in on_spark}
    for one in batch.told:
        status, *rest = one.example.expect.split()
        row = rows[one.client_id]
        assert row[f"{one.sign}__status"] == status, one.name
        if severity := {"strong", "weak"}.intersection(rest):
            assert row[f"{one.sign}__weak"] == (severity == {"weak"}), one.name


@pytest.mark.parametrize("rules", RULE_SETS)
def test_random_book_is_judged_alike_by_both_engines(rules: Rules, spark: Spark, tmp_path: Path) -> None:
    case = random_case(2)

    on_spark, on_duckdb = both(planned(sealed_case(case, tmp_path / "book"), rules, case.as_of), spark)

    assert on_spark == on_duckdb


def test_crowd_in_small_ranges_is_judged_alike(
    spark: Spark, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "ROWS_AT_ONCE", 150)
    case = crowd_case(0)

    on_spark, on_duckdb = both(planned(sealed_case(case, tmp_path / "book"), "standard", case.as_of), spark)

    assert len(on_spark) > 200
    assert on_spark == on_duckdb


def test_many_days_leave_the_same_files(spark: Spark, tmp_path: Path) -> None:
    case = random_case(3)
    days = (case.as_of - timedelta(days=31), case.as_of - timedelta(days=1), case.as_of)
    plan = planned(sealed_case(case, tmp_path / "book"), "guide", *days)
    folders = tmp_path / "spark", tmp_path / "duckdb"

    with duckdb_engine() as duckdb:
        for folder, engine in ((folders[0], spark), (folders[1], duckdb)):
            folder.mkdir()
            write(Run(plan, engine), folder)

    first, second = folders
    for name in ("signals.parquet", "warnings.parquet"):
        assert (first / name).read_bytes() == (second / name).read_bytes()
    assert account_in(first) == account_in(second)


def test_fraction_is_never_rounded_off_to_make_room(spark: Spark) -> None:
    # with Spark's own settings both sides are compared after rounding to two decimals, and are equal
    border = "CAST('0.00' AS DECIMAL(38, 2)) = CAST('0.004' AS DECIMAL(38, 3))"
    product = "CAST('12345678901234.56' AS DECIMAL(38, 2)) * 0.301 * CAST(60 AS BIGINT)"

    rows = spark.rows(parse_one(f"SELECT {border}, {product}", dialect="spark"))

    assert rows == [(False, Decimal("12345678901234.56") * Decimal("0.301") * 60)]


def test_paths_are_taken_to_the_letter(spark: Spark, tmp_path: Path) -> None:
    folder = tmp_path / "账册 [1]{a}*?%20"
    folder.mkdir()
    pq.write_table(pa.table({"date": pa.array([date(2009, 10, 30)])}), folder / "part.parquet")

    spark.scan("calendar", [str(folder / "part.parquet")], sealed_columns("calendar"))

    assert spark.rows(exp.select("date").from_("calendar")) == [(date(2009, 10, 30),)]


def test_a_sample_of_the_clients_is_the_same_in_both_engines(spark: Spark, tmp_path: Path) -> None:
    book = sealed_case(crowd_case(0), tmp_path / "book")
    asked = exp.select("client_id").from_("clients").order_by("client_id")

    found = []
    with duckdb_engine() as duckdb:
        for engine in (spark, duckdb):
            for share in (0.3, 1.0):
                with seeing_only(engine, share):
                    engine.scan("clients", book.paths("clients"), sealed_columns("clients"))
                found.append(engine.rows(asked))

    some, every, *on_duckdb = found
    assert on_duckdb == [some, every]
    assert 0.15 < len(some) / len(every) < 0.45


def test_table_without_files_is_empty_and_has_its_columns(spark: Spark) -> None:
    spark.scan("flows", [], sealed_columns("flows"))

    found = spark.batches(exp.select("amount", "reverses").from_("flows")).read_all()

    assert found.num_rows == 0
    assert found.schema == pa.schema({"amount": pa.decimal128(18, 2), "reverses": pa.string()})


def test_failure_names_its_kind_and_keeps_the_row_to_itself(spark: Spark) -> None:
    broken = parse_one("SELECT CAST(concat('secret', id) AS INT) FROM range(3)", dialect="spark")

    with pytest.raises(EnvironmentFailed, match="CAST_INVALID_INPUT") as failure:
        spark.rows(broken)

    assert "secret" not in failure.value.message.zh + failure.value.message.en


def both(plan: Plan, spark: Spark) -> list[list[dict[str, object]]]:
    """The rows of the plan on Spark and on DuckDB."""
    with duckdb_engine() as duckdb:
        return [list(Run(plan, engine).rows()) for engine in (spark, duckdb)]


def planned(book: Book, rules: str, *days: date) -> Plan:
    return Plan(book, load(rules), tuple(Day(day, book.calendar) for day in days))


def account_in(folder: Path) -> dict[str, object]:
    account: dict[str, object] = json.loads((folder / "run.json").read_text("utf-8"))
    return account | {"seconds": 0}
