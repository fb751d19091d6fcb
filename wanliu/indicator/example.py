"""Worked examples as small tables: how they are written, and the rows that they mean.

A table is its name on a line, a line of columns, and rows; columns are two blanks apart, ``-`` is empty.
Without ``client_id`` the rows are client c1's; clients that are not listed opened in 2005. A date
``2009-06-01..2009-10-30`` stands for every trading day of the span, and an id ``a*3`` for three rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from textwrap import dedent

from wanliu.book.calendar import Calendar
from wanliu.book.tables import TABLES

Row = dict[str, str | None]

THE_CLIENT = "c1"
USUAL_CLIENT = {"branch_id": "b1", "opened_on": "2005-01-04"}


def rows_of(given: str, calendar: Calendar) -> dict[str, list[Row]]:
    """The rows of each table that the example names, and of clients in any case."""
    tables = {
        name: list(_expanded(name, (_row(columns, cells) for cells in lines), calendar))
        for name, columns, lines in blocks(given)
    }
    for rows in tables.values():
        for row in rows:
            row.setdefault("client_id", THE_CLIENT)
    if "clients" not in tables:
        named = {str(row["client_id"]) for rows in tables.values() for row in rows}
        tables["clients"] = [{"client_id": name, **USUAL_CLIENT} for name in sorted(named)]
    return tables


def blocks(given: str) -> Iterator[tuple[str, list[str], list[list[str]]]]:
    """Each table of an example as it is written: its name, its columns, and the cells of its lines."""
    for block in re.split(r"\n\s*\n", dedent(given).strip()):
        name, header, *lines = block.splitlines()
        if name not in TABLES:
            raise ValueError(f"an example names a table {name!r} that does not exist")
        yield name, _cells(header), [_cells(line) for line in lines]


def _row(columns: list[str], cells: list[str]) -> Row:
    return {column: None if cell == "-" else cell for column, cell in zip(columns, cells, strict=True)}


def _cells(line: str) -> list[str]:
    return re.split(r"\s{2,}", line.strip())


def _expanded(table: str, rows: Iterable[Row], calendar: Calendar) -> Iterator[Row]:
    key = next(
        (c for c in TABLES[table].key if c.endswith("_id") and c not in ("client_id", "account_id")), None
    )
    for number, row in enumerate(rows):
        copies = _copies(row.get(key) if key else None)
        for day in _days(row.get("date"), calendar):
            for copy in range(copies):
                one = row | ({"date": day} if day else {})
                if key and "*" in str(one[key]):
                    one[key] = f"{str(one[key]).split('*')[0]}-{number}-{day}-{copy}"
                yield one


def _copies(number: str | None) -> int:
    found = re.fullmatch(r"\w+\*(\d*)", number or "")
    return int(found[1] or 1) if found else 1


def _days(written: str | None, calendar: Calendar) -> list[str | None]:
    first, _, last = (written or "").partition("..")
    if not last:
        return [written]
    return [day.isoformat() for day in calendar.between(date.fromisoformat(first), date.fromisoformat(last))]
