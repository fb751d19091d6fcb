"""The same sum for every client of a book in one pass over the orders, computed by the engine.

What one client's quote says of the orders as a whole; tier, agreement and sentences are the one client's.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import duckdb
import pyarrow as pa

from wanliu.book.engine import named_failures
from wanliu.book.sealed import Book, quoted
from wanliu.commission.from_book import check, known_from, last_day
from wanliu.commission.quote import Steps
from wanliu.commission.tariff import Tariffs
from wanliu.commission.terms import RATE_UNIT, Terms, in_fen, in_units

NARROW, WIDE = "DECIMAL(13,2)", "DECIMAL(24,2)"
"""Orders below a hundred billion yuan are summed in 64 bits; a book with a larger one in 128."""


def quotes(
    connection: duckdb.DuckDBPyConnection,
    book: Book,
    tariffs: Tariffs,
    *,
    against: Terms,
    as_of: date | None = None,
) -> pa.Table:
    """A row per client opened by the day, in no order: orders, turnover, charged, levies, rate, minimum,
    total, on_minimum, against_total, difference, rate_alone, minimum_alone; yuan, as ``Quote`` has them.

    Without known terms total, on_minimum, rate_alone and minimum_alone are empty and difference is held
    against what was charged. Raises UsageError as the quote of one client does.
    """
    as_of = as_of or last_day(book)
    check(book, as_of)
    first = known_from(book, as_of)
    steps = tariffs.law.levy_steps(first, as_of)
    with named_failures():
        # a number for each client: sums by number are found faster than by name
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE terms_of_all AS SELECT *, row_number() OVER ()"
            f"::INTEGER AS place FROM ({_terms(book, as_of)})"
        )
        try:
            return connection.sql(_all(book, first, as_of, against, steps, wide=False)).to_arrow_table()
        except duckdb.ConversionException:
            return connection.sql(_all(book, first, as_of, against, steps, wide=True)).to_arrow_table()
        finally:
            connection.execute("DROP TABLE IF EXISTS terms_of_all")


def _all(book: Book, first: date, last: date, against: Terms, steps: Steps, *, wide: bool) -> str:
    """Unknown rates and minima count as 0 while summing; the sums that they would spoil are emptied after."""
    there, least = in_units(against.rate), in_fen(against.minimum)

    def fen(column: str) -> str:
        return (
            f"({column}::{WIDE if wide else NARROW} * 100::DECIMAL(3,0))::{'HUGEINT' if wide else 'BIGINT'}"
        )

    levies = "NULL::DECIMAL(18,2)" if book.lacks("trades", "levies") else "t.levies"
    return f"""
WITH orders AS (
    SELECT k.place, t.date, {fen("t.turnover")} AS turnover, {fen("t.commission")} AS charged,
        {fen(levies)} AS levies, coalesce(k.rate, 0) AS rate, coalesce(k.minimum, 0) AS minimum
    FROM ({book.rows_of("trades", first, last)}) AS t JOIN terms_of_all AS k USING (client_id)
    WHERE t.kind = 'ordinary' AND t.date >= k.opened_on
),
sums AS (
    SELECT place, count(*) AS orders, sum(turnover) AS turnover, sum(charged) AS charged,
        sum({_levies(steps)}) AS levies, {_unknown_levies(first, steps)} AS unknown,
        sum({_cost("rate", "minimum")}) AS total,
        sum({_cost(there, least)}) AS there,
        sum({_cost(there, "minimum")}) AS rate_alone,
        sum({_cost("rate", least)}) AS minimum_alone,
        sum((turnover * rate < minimum * {RATE_UNIT})::INTEGER) AS on_minimum
    FROM orders GROUP BY place
)
SELECT client_id, coalesce(orders, 0) AS orders, {_yuan("coalesce(turnover, 0)")} AS turnover,
    {_yuan("coalesce(charged, 0)")} AS charged,
    CASE WHEN coalesce(unknown, 0) = 0 THEN {_yuan("coalesce(levies, 0)")} END AS levies,
    (k.rate::DECIMAL(9,0) * 0.00000001::DECIMAL(9,8))::DECIMAL(12,8) AS rate, {_yuan("k.minimum")} AS minimum,
    {_yuan(_of_known("total"))} AS total, {_of_known("on_minimum")}::BIGINT AS on_minimum,
    {_yuan("coalesce(there, 0)")} AS against_total,
    {_yuan(f"coalesce({_of_known('total')}, charged, 0) - coalesce(there, 0)")} AS difference,
    {_yuan(_of_known("total - rate_alone"))} AS rate_alone,
    {_yuan(_of_known("total - minimum_alone"))} AS minimum_alone
FROM terms_of_all AS k LEFT JOIN sums USING (place)"""


def _cost(rate: int | str, minimum: int | str) -> str:
    """max(turnover × rate, minimum) in fen, the product half up."""
    return f"greatest((turnover * {rate} + {RATE_UNIT // 2}) // {RATE_UNIT}, {minimum})"


def _unknown_levies(first: date, steps: Steps) -> str:
    """How many orders' levies nobody knows: the book does not, and their day is before the law's first."""
    begins = steps[0][0] if steps else date.max
    if begins <= first:
        return "0"
    return f"count(*) FILTER (levies IS NULL AND date < {quoted(begins)})"


def _levies(steps: Steps) -> str:
    """The book's levies, else those of the day, at most the commission."""
    if not steps:
        return "levies"
    days = "".join(
        f" WHEN date >= {quoted(day)} THEN (turnover * {in_units(rate)} + {RATE_UNIT // 2}) // {RATE_UNIT}"
        for day, rate in reversed(steps)
    )
    return f"coalesce(levies, least(charged, CASE{days} END))"


def _of_known(fen: str) -> str:
    """Only where the client's terms are known: 0 without orders."""
    return f"CASE WHEN k.rate IS NOT NULL AND k.minimum IS NOT NULL THEN coalesce({fen}, 0) END"


def _yuan(fen: str) -> str:
    return f"(({fen})::DECIMAL(24,0) * 0.01::DECIMAL(3,2))::DECIMAL(24,2)"


def _terms(book: Book, as_of: date) -> str:
    """A row per client opened by the day: today's terms with later changes taken back, in units and fen."""
    rate = "NULL::DECIMAL(12,8)" if book.lacks("clients", "commission_rate") else "c.commission_rate"
    minimum = "NULL::DECIMAL(18,2)" if book.lacks("clients", "min_commission") else "c.min_commission"
    joins, later, earlier = "", ("NULL", "NULL"), ("NULL", "NULL")
    if book.has("rate_changes"):
        joins = "".join(
            f" LEFT JOIN ({_changes(book, as_of, side)}) AS {side} USING (client_id)"
            for side in ("later", "earlier")
        )
        later, earlier = ("later.rate", "later.minimum"), ("earlier.rate", "earlier.minimum")
    return f"""
    SELECT c.client_id, c.opened_on,
        (coalesce({later[0]}, {rate}, {earlier[0]}) * {RATE_UNIT}::DECIMAL(9,0))::BIGINT AS rate,
        (coalesce({later[1]}, {minimum}, {earlier[1]}) * 100::DECIMAL(3,0))::BIGINT AS minimum
    FROM ({book.rows_of("clients")}) AS c{joins}
    WHERE c.opened_on <= {quoted(as_of)}"""


def _changes(book: Book, as_of: date, side: Literal["later", "earlier"]) -> str:
    """What the first change after the day took away, or the last one up to it brought."""
    names, sign, pick = (
        (("old_rate", "old_min"), ">", "arg_min")
        if side == "later"
        else (("new_rate", "new_min"), "<=", "arg_max")
    )
    rate, minimum = (
        "NULL" if book.lacks("rate_changes", name) else f"{pick}({name}, date)" for name in names
    )
    return (
        f"SELECT client_id, {rate} AS rate, {minimum} AS minimum FROM ({book.rows_of('rate_changes')}) "
        f"WHERE date {sign} {quoted(as_of)} GROUP BY client_id"
    )
