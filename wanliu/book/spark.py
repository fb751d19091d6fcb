"""The second engine: Apache Spark, in this process, on a standalone cluster, or behind Spark Connect.

The queries are the ones that DuckDB runs. What differs is written down in two places: the settings that
make Spark's decimals behave like DuckDB's, and the one function that Spark does not have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import reduce
from tempfile import TemporaryDirectory

import pyarrow as pa
from py4j.protocol import Py4JError
from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql import DataFrame, SparkSession
from sqlglot import exp

from wanliu.book.engine import ROWS_PER_BATCH
from wanliu.book.tables import Column
from wanliu.errors import EnvironmentFailed
from wanliu.text import Text

SETTINGS: Mapping[str, str] = {
    # a failing cast or an overflow ends the run; without ANSI it would be a silent null
    "spark.sql.ansi.enabled": "true",
    # borders are exact: a fraction is never rounded off to make room for digits that no amount has
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.legacy.decimal.retainFractionDigitsOnTruncate": "true",
    "spark.sql.execution.arrow.maxRecordsPerBatch": str(ROWS_PER_BATCH),
}
"""Set for every session, also on a server that somebody else has configured."""

OWN_MACHINE: Mapping[str, str] = {
    # a laptop between two networks may not find itself by its name
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
}

DRIVER: Mapping[str, str] = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.sql.catalogImplementation": "in-memory",
    # a range of clients comes back in one piece; its size is bounded where ranges are cut
    "spark.driver.maxResultSize": "0",
}
"""Set where the driver runs in this process."""

PATTERN = re.compile(r"([\\*?\[\]{}])")
"""What Spark takes for a pattern in a path."""


class Spark:
    """The engine on a Spark session. A kept result stays with the workers, in memory and then on their disks."""

    def __init__(self, session: SparkSession) -> None:
        self.session = session
        self._kept: dict[str, list[DataFrame]] = {}

    def scan(self, name: str, paths: Sequence[str], columns: Sequence[Column]) -> None:
        schema = ", ".join(f"`{column.name}` {_spark_type(column)}" for column in columns)
        with _named_failures():
            if paths:
                literal = [PATTERN.sub(r"\\\1", path) for path in paths]
                found = self.session.read.schema(schema).parquet(*literal)
            else:
                found = self.session.createDataFrame([], schema)
            found.createOrReplaceTempView(name)

    def small(self, name: str, table: pa.Table) -> None:
        with _named_failures():
            self.session.createDataFrame(table).createOrReplaceTempView(name)

    def keep(self, name: str, query: exp.Expression) -> None:
        self.forget(name)
        self.append(name, query)

    def append(self, name: str, query: exp.Expression) -> None:
        with _named_failures():
            # persisted, not checkpointed: what a lost worker held is computed again, and forgetting frees it at once
            part = self.session.sql(sql_of(query)).persist()
            part.count()
            parts = self._kept.setdefault(name, [])
            parts.append(part)
            reduce(DataFrame.unionAll, parts).createOrReplaceTempView(name)

    def forget(self, name: str) -> None:
        with _named_failures():
            for part in self._kept.pop(name, []):
                part.unpersist()
            self.session.catalog.dropTempView(name)

    def rows(self, query: exp.Expression) -> list[tuple[object, ...]]:
        with _named_failures():
            return [tuple(row) for row in self.session.sql(sql_of(query)).collect()]

    def batches(self, query: exp.Expression) -> pa.RecordBatchReader:
        with _named_failures():
            return self.session.sql(sql_of(query)).toArrow().to_reader(ROWS_PER_BATCH)


@contextmanager
def spark_engine(
    address: str, *, memory_mb: int | None = None, settings: Mapping[str, str] | None = None
) -> Iterator[Spark]:
    """Spark at an address (``local[2]``, ``spark://host:port``, ``sc://host:port``) for as long as the context lasts.

    ``memory_mb`` is that of the driver, or of each executor of a cluster; a Connect server has its own.
    Raises EnvironmentFailed where no session comes about.
    """
    with TemporaryDirectory(prefix="wanliu-spark-") as folder:
        asked = {"spark.local.dir": folder, "spark.sql.warehouse.dir": folder, **DRIVER, **(settings or {})}
        if address.startswith("local"):
            asked |= OWN_MACHINE
        if memory_mb:
            asked["spark.driver.memory" if address.startswith("local") else "spark.executor.memory"] = f"{memory_mb}m"
        session = _connected(address, settings or {}) if address.startswith("sc://") else _started(address, asked)
        try:
            yield Spark(session)
        finally:
            session.stop()


def _started(address: str, settings: Mapping[str, str]) -> SparkSession:
    with _named_failures():
        builder = SparkSession.builder.master(address).appName("wanliu")
        return builder.config(map={**settings, **SETTINGS}).getOrCreate()


def _connected(address: str, settings: Mapping[str, str]) -> SparkSession:
    # the class of its own: the common builder refuses to connect once a session has run in this process
    from pyspark.sql.connect.session import SparkSession as ConnectSession

    with _named_failures():
        session: SparkSession = ConnectSession.builder.remote(address).create()  # type: ignore[assignment]  # same face
        for key, value in {**settings, **SETTINGS}.items():
            session.conf.set(key, value)
        return session


def sql_of(query: exp.Expression) -> str:
    """The query in Spark's dialect."""
    return query.transform(_in_spark).sql(dialect="spark")


def _in_spark(node: exp.Expression) -> exp.Expression:
    if isinstance(node, exp.Anonymous) and node.name.upper() == "ORDERED_PRODUCT":
        return _ordered_product(*node.expressions)
    return node


def _ordered_product(value: exp.Expression, dated: exp.Expression) -> exp.Expression:
    """The product of what is not null, multiplied in the order of the dates; null of nothing."""
    pair = exp.Anonymous(this="STRUCT", expressions=[dated.copy(), value.copy()])
    ...


def _spark_type(column: Column) -> str:
    return exp.DataType.build(column.sql_type, dialect="duckdb").sql(dialect="spark")


@contextmanager
def _named_failures() -> Iterator[None]:
    """Spark's own message stays out of the sentence: it may quote a client's row. A wrong query of ours stays as it is."""
    try:
        yield
    except AnalysisException:
        raise
    except (PySparkException, Py4JError) as fault:
        condition = fault.getCondition() if isinstance(fault, PySparkException) else None
        raise EnvironmentFailed(_GAVE_UP.format(why=condition or type(fault).__name__)) from fault
