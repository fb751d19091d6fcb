"""The broken rows of a delivery, written out for the person who mends them."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb

from wanliu.book.atomic import appearing, vanish
from wanliu.errors import BookRefused
from wanliu.text import Text, current_language

HEADER = ("table", "file", "line", "column", "value", "why", "mend", "client_id")

SHOWN = 3
"""Broken rows told in the error sentence; all of them are in the files."""

BATCH_ROWS = 10_000

_STOPPED = Text(
    zh="数据有 {count} 处错误，未予采用。明细在 {folder}。\n{first}\n"
    "请改正后重来；如要剔除坏行继续，请用 --on-bad-rows quarantine。",
    en="The delivery has {count} faults; nothing was taken from it. All are listed in {folder}.\n{first}\n"
    "Mend them and try again, or go on without the broken rows: --on-bad-rows quarantine.",
)
_ONE = Text(
    zh="  表 {table}，文件 {file}，第 {line} 行，列 {column}，值“{value}”：{why}；{mend}",
    en="  table {table}, file {file}, line {line}, column {column}, value “{value}”: {why}; {mend}",
)


def rejects_folder(book: Path) -> Path:
    return book.with_name(f"{book.name}.rejects")


def count_rejects(connection: duckdb.DuckDBPyConnection) -> int:
    return int(connection.execute("SELECT count(*) FROM rejects").fetchall()[0][0])


def write_rejects(connection: duckdb.DuckDBPyConnection, book: Path) -> Path | None:
    """Replaces a book's rejects folder by this delivery's: one CSV per table, with BOM for Excel.

    Returns None, and leaves no folder of an earlier run, where nothing was rejected.
    """
    folder = rejects_folder(book)
    found = connection.execute("SELECT DISTINCT table_name FROM rejects ORDER BY table_name").fetchall()
    if not found:
        vanish(folder)
        return None
    with appearing(folder, replace=True) as unfinished:
        for (table,) in found:
            _write_table(connection, table, unfinished / f"{table}.csv")
    return folder


def refusal(connection: duckdb.DuckDBPyConnection, folder: Path) -> BookRefused:
    """The error that says how many rows are broken, tells the first, and where all are listed."""
    columns = "table_name, file, line, column_name, value"
    shown = {
        language: connection.execute(
            f"SELECT {columns}, why_{language}, mend_{language} FROM rejects "
            f"ORDER BY table_name, file, line, column_name LIMIT {SHOWN}"
        ).fetchall()
        for language in ("zh", "en")
    }
    count = count_rejects(connection)
    return BookRefused(
        Text(
            zh=_STOPPED.zh.format(count=count, folder=folder, first=_told(_ONE.zh, shown["zh"])),
            en=_STOPPED.en.format(count=count, folder=folder, first=_told(_ONE.en, shown["en"])),
        )
    )


def _told(sentence: str, rows: list[tuple[object, ...]]) -> str:
    names = ("table", "file", "line", "column", "value", "why", "mend")
    blank_free = ([("-" if value is None else value) for value in row] for row in rows)
    return "\n".join(sentence.format(**dict(zip(names, row, strict=True))) for row in blank_free)


def _write_table(connection: duckdb.DuckDBPyConnection, table: str, file: Path) -> None:
    language = current_language()
    found = connection.execute(
        f"SELECT table_name, file, line, column_name, value, why_{language}, mend_{language}, client_id "
        "FROM rejects WHERE table_name = $table ORDER BY file, line, column_name, value",
        {"table": table},
    )
    with file.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        while rows := found.fetchmany(BATCH_ROWS):
            writer.writerows(rows)
