"""The second engine: Apache Spark, in this process, on a standalone cluster, or behind Spark Connect.

The queries are the ones that DuckDB runs. What differs is written down in two places: the settings that
make Spark's decimals behave like DuckDB's, and the one function that Spark does not have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import reduce
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
from py4j.protocol import Py4JError  # type: ignore[import-untyped]  # no types published
from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql import DataFrame, SparkSession
from sqlglot import exp, parse_one

from wanliu.book.engine import (
    NO_VALUES,
    ROWS_PER_BATCH,
    Prepared,
    Query,
    Small,
    Values,
    concerns_clients,
)
from wanliu.book.tables import Column
from wanliu.errors import EnvironmentFailed
from wanliu.text import Text

SETTINGS: Mapping[str, str] = {
    # a failing cast or an overflow ends the run; without ANSI it would be a silent null
    "spark.sql.ansi.enabled": "true",
    # borders are exact: a fraction is never rounded off to make room for digits that no amount has
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.legacy.decimal.retainFractionDigitsOnTruncate": "true",
    # Spark 4.0 hands a checkpoint constraints on columns that are gone: a union of such ones fails
    "spark.sql.constraintPropagation.enabled": "false",
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
    "spark.sql.catalogImplementation": "in-memory",
    # a range of clients comes back in one piece; its size is bounded where ranges are cut
    "spark.driver.maxResultSize": "0",
    # ranges follow each other within minutes; what was kept of the last one goes as soon as that
    "spark.cleaner.periodicGC.interval": "1min",
}
"""Set where the driver runs in this process."""

QUIET_LOG = """\
rootLogger.level = error
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %d{HH:mm:ss} %p %c{1}: %m%n
"""

ARROW_TYPES: Mapping[str, pa.DataType] = {
    "DATE": pa.date32(),
    "BOOLEAN": pa.bool_(),
    "INTEGER": pa.int32(),
}

PATTERN = re.compile(r"([\\*?\[\]{}])")
"""What Spark takes for a pattern in a path."""

ORDERED_PRODUCT = parse_one(
    "AGGREGATE(TRANSFORM(ARRAY_SORT(COLLECT_LIST(NAMED_STRUCT('dated', :dated, 'value', :value)) "
    "FILTER (WHERE NOT :value IS NULL)), pair -> pair.value), "
    "CAST(1 AS DOUBLE), (product, value) -> product * value)",
    dialect="spark",
)
"""What is not null, multiplied in the order of the dates; one where there is nothing."""


class Spark:
    """The engine on a Spark session. What is kept stays with the workers, in memory and then on disk."""

    def __init__(self, session: SparkSession) -> None:
        self.session = session
        self.only: exp.Expr | None = None
        self._kept: dict[str, list[DataFrame]] = {}

    def scan(self, name: str, paths: Sequence[str], columns: Sequence[Column]) -> None:
        schema = ", ".join(f"`{column.name}` {_spark_type(column)}" for column in columns)
        with _named_failures():
            if paths:
                literal = [PATTERN.sub(r"\\\1", path) for path in paths]
                found = self.session.read.schema(schema).parquet(*literal)
            else:
                found = self.session.createDataFrame([], schema)
            if concerns_clients(self.only, columns):
                found = found.where(self.prepared(self.only))
            found.createOrReplaceTempView(name)

    def small(self, name: str, columns: Small) -> None:
        arrays = {column: pa.array(values, ARROW_TYPES[type_]) for column, (type_, values) in columns.items()}
        with _named_failures():
            self.session.createDataFrame(pa.table(arrays)).createOrReplaceTempView(name)

    def prepared(self, query: exp.Expr) -> Prepared:
        return Prepared(query.transform(_in_spark).sql(dialect="spark"))

    def keep(self, name: str, query: Query, values: Values = NO_VALUES) -> None:
        self.forget(name)
        self.append(name, query, values)

    def append(self, name: str, query: Query, values: Values = NO_VALUES) -> None:
        asked = self._frame(query, values)
        with _named_failures():
            # a checkpoint, not a cache: every later query would plan a cache anew, with all that it came from
            parts = [*self._kept.get(name, []), asked.localCheckpoint()]
            reduce(DataFrame.unionAll, parts).createOrReplaceTempView(name)
        self._kept[name] = parts

    def forget(self, name: str) -> None:
        """Drops a kept result; Spark's cleaner takes its blocks away once nothing here refers to them."""
        with _named_failures():
            self._kept.pop(name, None)
            self.session.catalog.dropTempView(name)

    def rows(self, query: exp.Expr) -> list[tuple[object, ...]]:
        found = self._frame(query)
        with _named_failures():
            return [tuple(row) for row in found.collect()]

    def batches(self, query: Query) -> pa.RecordBatchReader:
        found = self._frame(query)
        with _named_failures():
            table = found.toArrow()
        return table.cast(pa.schema(map(_nullable, table.schema))).to_reader(ROWS_PER_BATCH)

    def _frame(self, query: Query, values: Values = NO_VALUES) -> DataFrame:
        text = query if isinstance(query, Prepared) else self.prepared(query)
        with _named_failures():
            return self.session.sql(str(text), args=dict(values) or None)


@contextmanager
def spark_engine(
    address: str, *, memory_mb: int | None = None, settings: Mapping[str, str] | None = None
) -> Iterator[Spark]:
    """Spark at an address (``local[2]``, ``spark://host:port``, ``sc://host:port``) while the context lasts.

    ``memory_mb`` is that of the driver, or of each executor of a cluster; a Connect server has its own.
    Raises EnvironmentFailed where no session comes about.
    """
    with TemporaryDirectory(prefix="wanliu-spark-") as folder:
        if address.startswith("sc://"):
            session = _connected(address, settings or {})
        else:
            session = _started(address, {**_driver(address, Path(folder), memory_mb), **(settings or {})})
        try:
            yield Spark(session)
        finally:
            session.stop()


def _driver(address: str, folder: Path, memory_mb: int | None) -> dict[str, str]:
    own_machine = address.startswith("local")
    quiet = folder / "log4j2.properties"
    quiet.write_text(QUIET_LOG, encoding="ascii")
    asked = {
        **DRIVER,
        **(OWN_MACHINE if own_machine else {}),
        "spark.local.dir": str(folder),
        "spark.sql.warehouse.dir": str(folder),
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={quiet.as_uri()}",
    }
    if memory_mb:
        asked["spark.driver.memory" if own_machine else "spark.executor.memory"] = f"{memory_mb}m"
    return asked


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


def _in_spark(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Anonymous) and node.name.upper() == "ORDERED_PRODUCT":
        value, dated = node.expressions
        return exp.replace_placeholders(ORDERED_PRODUCT.copy(), value=value.copy(), dated=dated.copy())
    return node


def _nullable(field: pa.Field) -> pa.Field:
    """Spark also says which columns cannot be null; DuckDB does not, and both shall write the same files."""
    inner = field.type
    return pa.field(field.name, pa.struct(map(_nullable, inner)) if pa.types.is_struct(inner) else inner)


def _spark_type(column: Column) -> str:
    return exp.DataType.build(column.sql_type, dialect="duckdb").sql(dialect="spark")


@contextmanager
def _named_failures() -> Iterator[None]:
    """Spark's own message stays out of the sentence: it may quote a client's row. Our own faults stay."""
    try:
        yield
    except AnalysisException:
        raise
    except (PySparkException, Py4JError) as fault:
        condition = fault.getCondition() if isinstance(fault, PySparkException) else None
        raise EnvironmentFailed(_GAVE_UP.format(why=condition or type(fault).__name__)) from fault


_GAVE_UP = Text(
    zh="Spark 没有算完（{why}），没有写出任何结果。请查看 Spark 的日志：常见的原因是执行器内存不足、"
    "磁盘已满，或各节点读不到账簿所在的目录（集群各节点须能以同一路径读到它）。",
    en="Spark did not finish ({why}); nothing was written. Look into Spark's log: the usual causes are "
    "executors short of memory, a full disk, or workers that cannot read the book (every node must see it "
    "under the same path).",
)
