"""Where the rows go: Parquet in month folders, or one CSV file per table."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol, Self

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from wanliu.simulator.arrow import schema

ROW_GROUP = 100_000
"""Rows that are gathered before they are written as one row group."""
LEVEL = 1
"""Of zstd: the fastest; sealing compresses once more."""


class Sink(Protocol):
    def write(self, table: str, month: str | None, rows: pa.Table) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class ParquetSink:
    """``assets/month=2009-10/part-000.parquet``; the other tables ``clients/part-000.parquet``.

    Row groups are cut at blocks of clients, so they are the same however many processes write.
    """

    def __init__(self, folder: Path, part: int, expected: dict[str, str | None]) -> None:
        self._folder, self._part = folder, part
        self._waiting: dict[tuple[str, str | None], list[pa.Table]] = defaultdict(list)
        self._rows: dict[tuple[str, str | None], int] = defaultdict(int)
        self._writers: dict[tuple[str, str | None], pq.ParquetWriter] = {}
        self._expected = expected

    def write(self, table: str, month: str | None, rows: pa.Table) -> None:
        key = (table, month)
        self._waiting[key].append(rows)
        self._rows[key] += rows.num_rows
        if self._rows[key] >= ROW_GROUP:
            self._flush(key)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            for key in sorted(self._waiting, key=str):
                self._flush(key)
            # a table without a single row is still delivered: absent would mean unknown
            seen = {table for table, _ in self._writers}
            for table, month in self._expected.items():
                if table not in seen:
                    self._writer((table, month))
        for writer in self._writers.values():
            writer.close()

    def _flush(self, key: tuple[str, str | None]) -> None:
        if self._rows[key]:
            together = pa.concat_tables(self._waiting[key])
            self._writer(key).write_table(together, row_group_size=together.num_rows)
        self._waiting[key], self._rows[key] = [], 0

    def _writer(self, key: tuple[str, str | None]) -> pq.ParquetWriter:
        if key not in self._writers:
            table, month = key
            folder = self._folder / table / f"month={month}" if month else self._folder / table
            folder.mkdir(parents=True, exist_ok=True)
            self._writers[key] = _parquet_writer(folder / f"part-{self._part:03d}.parquet", table)
        return self._writers[key]


def _parquet_writer(path: Path, table: str) -> pq.ParquetWriter:
    columns = schema(table)
    repeated = [
        field.name
        for field in columns
        if field.type in (pa.string(), pa.date32())
        and field.name not in ("flow_id", "order_id", "contact_id")
    ]
    return pq.ParquetWriter(
        path,
        columns,
        compression="zstd",
        compression_level=LEVEL,
        use_dictionary=repeated,
        store_schema=False,  # plain types, not Arrow's own: every reader sees the same
        store_decimal_as_integer=True,  # 8 bytes for DECIMAL(18,2), as the engine reads fastest
        write_statistics=True,
    )


class CsvSink:
    """``assets.csv`` … in UTF-8; used by one process alone."""

    def __init__(self, folder: Path, expected: dict[str, str | None]) -> None:
        self._folder = folder
        self._files: dict[str, BinaryIO] = {}
        folder.mkdir(parents=True, exist_ok=True)
        for table in expected:
            self._file(table)

    def write(self, table: str, month: str | None, rows: pa.Table) -> None:  # noqa: ARG002  # one file for all months
        options = pc.WriteOptions(include_header=False, quoting_style="none")
        pc.write_csv(rows, self._file(table), options)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in self._files.values():
            file.close()

    def _file(self, table: str) -> BinaryIO:
        if table not in self._files:
            file = (self._folder / f"{table}.csv").open("wb")
            file.write((",".join(schema(table).names) + "\n").encode())
            self._files[table] = file
        return self._files[table]
