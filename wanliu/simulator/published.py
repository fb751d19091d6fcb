"""The simulated brokerage held against published figures of the market.

The book that the figures are shown for is fixed, so that everybody finds the same; the two dozen planted
clients are left out: they are chosen for their stories, not drawn like people of the market.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, TypeAlias

import duckdb

from wanliu.errors import UsageError
from wanliu.simulator.brokerage import simulate
from wanliu.simulator.figures import FIGURES, Figure
from wanliu.simulator.stories import load_stories
from wanliu.text import Text

TABLES = ("clients", "assets", "trades", "requests", "exits")

CLIENTS = 10_000
FIRST, LAST = date(2008, 11, 1), date(2009, 10, 31)
SEEDS = (1, 2, 3)
"""Several, so that a reader sees what is chance."""

Agreement: TypeAlias = Literal["agrees", "below", "above", "partly"]


@dataclass(frozen=True)
class Row:
    """A figure with what each simulated book gives; None where a book has nothing to compute it from."""

    figure: Figure
    simulated: tuple[float | None, ...]

    @property
    def agreement(self) -> Agreement:
        """``below`` and ``above`` where every book lies there, ``partly`` where they are not at one."""
        sides = {_side(self.figure, value) for value in self.simulated}
        return sides.pop() if len(sides) == 1 else "partly"


def _side(figure: Figure, value: float | None) -> Agreement:
    if value is None:
        return "partly"
    if value < figure.low:
        return "below"
    return "above" if value > figure.high else "agrees"


def compared(
    *, clients: int = CLIENTS, first: date = FIRST, last: date = LAST, seeds: Sequence[int] = SEEDS
) -> list[Row]:
    """Simulates one book per seed and holds them against the published figures; leaves no files behind."""
    found = [_of_seed(seed, clients=clients, first=first, last=last) for seed in seeds]
    return [Row(figure, values) for figure, values in zip(FIGURES, zip(*found, strict=True), strict=True)]


def _of_seed(seed: int, *, clients: int, first: date, last: date) -> list[float | None]:
    with TemporaryDirectory(prefix="wanliu-") as folder:
        book = Path(folder) / "book"
        simulate(book, clients=clients, first=first, last=last, seed=seed, processes=1)
        return measure(book)


def measure(book: Path) -> list[float | None]:
    """The value of every figure, from a simulated delivery folder (CSV or Parquet).

    Explicit exits count each client once; implicit and shallow loss are valid clients whose assets are
    below 5,000 three months later without an explicit exit, a third of them per month.
    Raises UsageError where a table is missing.
    """
    # one thread: sums of doubles then do not depend on the machine
    with duckdb.connect(config={"threads": 1}) as connection:
        for table in TABLES:
            _open(connection, book, table)
        connection.execute(_STAGES)
        return [_only(connection, figure.query) for figure in FIGURES]


_STAGES = """
create temp table month_end as
    select date_trunc('month', date) as month, max(date) as date from assets group by all;
create temp table open_clients as
    select m.month, m.date, c.client_id
    from month_end m
    join clients c on c.opened_on <= m.date and (c.closed_on is null or c.closed_on > m.date);
create temp table at_end as
    select m.month, a.client_id, sum(a.position_value) as position_value, sum(a.net_assets) as net_assets
    from assets a join month_end m using (date) group by all;
create temp table monthly_orders as
    select date_trunc('month', date) as month, client_id, count(*) as orders
    from trades where kind = 'ordinary' group by all;
create temp table gone as
    select month, client_id, 'explicit' as how from (
        select date_trunc('month', min(date)) as month, client_id from exits group by client_id);
create temp table lost as
    select b.month, b.client_id from at_end b
    left join at_end a on a.client_id = b.client_id and a.month = b.month + interval 3 month
    where b.net_assets >= 5000 and coalesce(a.net_assets, 0) < 5000
      and b.month + interval 3 month <= (select max(month) from month_end)
      and not exists (select 1 from gone g where g.client_id = b.client_id
                      and g.month between b.month and b.month + interval 3 month);
"""


def _open(connection: duckdb.DuckDBPyConnection, book: Path, table: str) -> None:
    single, folder = book / f"{table}.csv", book / table
    if single.exists():
        rows = connection.read_csv(str(single))
    elif folder.is_dir():
        rows = connection.read_parquet(str(folder / "**" / "*.parquet"), hive_partitioning=False)
    else:
        raise UsageError(
            Text(
                zh="{book} 中没有 {table} 表。请给出一个模拟数据目录。",
                en="{book} has no table {table}. Give the folder of a simulated book.",
            ).format(book=book, table=table)
        )
    planted = [duckdb.ConstantExpression(story.id) for story in load_stories()]
    rows.filter(duckdb.ColumnExpression("client_id").isnotin(*planted)).create_view(table)


def _only(connection: duckdb.DuckDBPyConnection, query: str) -> float | None:
    found = connection.execute(query).fetchall()
    return None if found[0][0] is None else float(found[0][0])
