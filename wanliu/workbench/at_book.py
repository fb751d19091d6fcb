"""The sealed book behind the pages: each process opens and checks a state of it once, and reads by clicks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path

import duckdb
from django.conf import settings

from wanliu.book.manifest import FILE_NAME
from wanliu.book.sealed import Book


def current_book() -> Book:
    """The state that the last ingest made. Raises BookRefused where there is none, or it is damaged."""
    path: Path = settings.WANLIU_HOME / "book"
    try:
        told = (path / FILE_NAME).stat()
    except OSError:
        return Book.open(path)  # which says what is wrong
    return _opened(path, (told.st_ino, told.st_mtime_ns, told.st_size))


@contextmanager
def reader() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection for reading a few rows of many files, whose footers all requests of a process share."""
    with _engine().cursor() as connection:
        yield connection


@lru_cache(maxsize=1)
def _opened(path: Path, _state: tuple[int, int, int]) -> Book:
    return Book.open(path)


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    engine = duckdb.connect()
    # a request reads with the one thread that it has: many are answered side by side
    engine.execute("SET threads = 1")
    engine.execute("SET parquet_metadata_cache = true")
    return engine
