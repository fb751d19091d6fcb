"""Where queries run: DuckDB inside this process, or Spark for a book that outgrows one machine.

An engine knows four things: Parquet files as a view, a small table of ours, a query whose rows come
back as Arrow batches, and a query whose result is kept for later ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Literal, Protocol, TypeGuard

import duckdb
import pyarrow as pa
from sqlglot import exp, parse_one

from wanliu.book.sealed import quoted
from wanliu.book.tables import Column
from wanliu.errors import EnvironmentFailed
from wanliu.text import Text

ROWS_PER_BATCH = 122_880

Small = Mapping[str, tuple[Literal["DATE", "BOOLEAN", "INTEGER"], Sequence[object]]]
"""A small table: for each column its SQL type and its values."""


class Prepared(str):
    """A query in an engine's own words."""


Query = exp.Expr | Prepared
Values = Mapping[str, str]
"""What the placeholders of a query stand for."""

NO_VALUES: Values = MappingProxyType({})


class Engine(Protocol):
    """What a run asks of the place where its queries are computed."""

    only: exp.Expr | None
    """Which clients' rows the files seem to have: a condition on ``client_id``, or None for all."""

    def scan(self, name: str, paths: Sequence[str], columns: Sequence[Column]) -> None:
        """Makes Parquet files of these columns readable under a name; without files it is an empty table."""

    def small(self, name: str, columns: Small) -> None:
        """Makes a small table of ours readable under a name."""

    def prepared(self, query: exp.Expr) -> Prepared:
        """The query as this engine's text, for one that is run again and again with other values."""

    def keep(self, name: str, query: Query, values: Values = NO_VALUES) -> None:
        """Computes a query now and keeps its result under a name."""

    def append(self, name: str, query: Query, values: Values = NO_VALUES) -> None:
        """Computes a query now and adds its rows to what was appended under the name; it may be large."""

    def forget(self, name: str) -> None:
        """Drops what was kept or appended under the name, if anything was."""

    def rows(self, query: exp.Expr) -> list[tuple[object, ...]]:
        """The rows of a query with a small result."""

    def batches(self, query: Query) -> pa.RecordBatchReader:
        """The rows of a query as a stream of Arrow batches."""


def concerns_clients(only: exp.Expr | None, columns: Sequence[Column]) -> TypeGuard[exp.Expr]:
    """Whether there is a condition, and the columns are those of clients."""
    return only is not None and any(column.name == "client_id" for column in columns)


@contextmanager
def seeing_only(engine: Engine, share: float) -> Iterator[None]:
    """A sample of clients in what is scanned meanwhile: by their numbers alone, the same in each engine."""
    if share < 1:
        engine.only = parse_one(f"MD5(client_id) < '{int(share * 16**8):08x}'", dialect="duckdb")
    try:
        yield
    finally:
        engine.only = None


class DuckDB:
    """The engine inside this process. Spills to a folder of its own when memory runs short."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, spill: Path) -> None:
        self.connection = connection
        self.spill = spill
        self.only: exp.Expr | None = None
        self._appended: dict[str, list[Path]] = {}

    def scan(self, name: str, paths: Sequence[str], columns: Sequence[Column]) -> None:
        if paths:
            files = exp.Array(expressions=[exp.Literal.string(path) for path in paths]).sql("duckdb")
            source = f"SELECT * FROM read_parquet({files}, hive_partitioning = false)"
        else:
            source = f"SELECT {', '.join(f'NULL::{c.sql_type} AS {c.name}' for c in columns)} WHERE false"
        seen = f" WHERE {self.only.sql('duckdb')}" if concerns_clients(self.only, columns) else ""
        self._execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM ({source}){seen}")

    def small(self, name: str, columns: Small) -> None:
        # through lists and not through Arrow, which would load pandas for it
        listed = ", ".join(f"unnest(?::{type_}[]) AS {column}" for column, (type_, _) in columns.items())
        with named_failures():
            values = [list(values) for _, values in columns.values()]
            self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {listed}", values)

    def prepared(self, query: exp.Expr) -> Prepared:
        return Prepared(query.sql(dialect="duckdb"))

    def keep(self, name: str, query: Query, values: Values = NO_VALUES) -> None:
        self._execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {self._text(query)}", values)

    def append(self, name: str, query: Query, values: Values = NO_VALUES) -> None:
        # into files: a table of tens of millions of wide rows would be written to disk and back uncompressed
        files = self._appended.setdefault(name, [])
        file = self.spill / f"{name}-{len(files)}.parquet"
        self._execute(
            f"COPY ({self._text(query)}) TO {quoted(file)} (FORMAT parquet, COMPRESSION lz4_raw)", values
        )
        files.append(file)
        listed = ", ".join(map(quoted, files))
        self._execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM read_parquet([{listed}])")

    def forget(self, name: str) -> None:
        files = self._appended.pop(name, [])
        self._execute(f"DROP {'VIEW' if files else 'TABLE'} IF EXISTS {name}")
        for file in files:
            file.unlink()

    def rows(self, query: exp.Expr) -> list[tuple[object, ...]]:
        with named_failures():
            return self.connection.execute(self._text(query)).fetchall()

    def batches(self, query: Query) -> pa.RecordBatchReader:
        with named_failures():
            return self.connection.sql(self._text(query)).to_arrow_reader(ROWS_PER_BATCH)

    def _text(self, query: Query) -> Prepared:
        return query if isinstance(query, Prepared) else self.prepared(query)

    def _execute(self, statement: str, values: Values = NO_VALUES) -> None:
        with named_failures():
            self.connection.execute(statement, dict(values))


@contextmanager
def duckdb_engine(
    *, memory: str | None = None, threads: int | None = None, spill: Path | None = None
) -> Iterator[DuckDB]:
    """A DuckDB of its own, with a folder to spill to that goes when it closes."""
    with TemporaryDirectory(prefix="wanliu-spill-", dir=spill) as folder:
        settings: dict[str, str | bool | int | float | list[str]] = {"temp_directory": folder}
        if memory:
            settings["memory_limit"] = memory
        if threads:
            settings["threads"] = threads
        try:
            connection = duckdb.connect(config=settings)
        except duckdb.Error as fault:
            raise EnvironmentFailed(
                Text(
                    zh="计算引擎无法启动：{fault}。请检查 --memory 与 --threads 的写法（如 --memory 2GB）。",
                    en="The engine did not start: {fault}. Check --memory and --threads (for "
                    "example --memory 2GB).",
                ).format(fault=fault)
            ) from fault
        with connection:
            # every range of clients reads the same parts: their footers are parsed once
            connection.execute("SET parquet_metadata_cache = true")
            # joins are written with their smaller side on the right; guesses at the size of computed facts
            # turned them round, which cost a fifth of a run and a third of its memory
            connection.execute("SET disabled_optimizers = 'build_side_probe_side'")
            # binary doubles do not commute: a product of ratios is one number only in one order
            connection.execute("CREATE TEMP MACRO ordered_product(v, d) AS product(v ORDER BY d)")
            yield DuckDB(connection, Path(folder))


@contextmanager
def named_failures() -> Iterator[None]:
    try:
        yield
    except duckdb.OutOfMemoryException as fault:
        raise EnvironmentFailed(
            Text(
                zh="内存或临时磁盘空间不足，没有写出任何结果。请调大 --memory,或清理磁盘后重试。",
                en="Memory or temporary disk space ran out; nothing was written. Raise --memory or "
                "free disk space and run again.",
            )
        ) from fault
    except duckdb.IOException as fault:
        raise EnvironmentFailed(
            Text(
                zh="读写文件失败，没有写出任何结果。请检查磁盘空间和文件权限后重试。",
                en="Reading or writing a file failed; nothing was written. Check disk space and "
                "permissions and run again.",
            )
        ) from fault
