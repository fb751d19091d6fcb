"""The folder of a study: the page, the workbook, the figures as Parquet and CSV, and run.json."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from wanliu import __version__
from wanliu.foresight.study import Rows, Study
from wanliu.report.csv_files import FORMULA, PLAIN_NUMBER
from wanliu.report.study_page import study_page
from wanliu.report.study_sheets import write_sheets
from wanliu.text import Language

PAGE, SHEETS, ACCOUNT = "study.html", "study.xlsx", "run.json"


def write_study(study: Study, folder: Path, *, language: Language, book: str, seconds: float) -> None:
    """Writes everything into the folder; equal studies give equal bytes but for run.json's seconds."""
    tables = {name: _table(rows) for name, rows in study.tables.items()}
    if study.changes.num_rows:
        tables["changes"] = study.changes
    write_tables(tables, folder)
    (folder / PAGE).write_text(study_page(study, language, book=book), encoding="utf-8")
    write_sheets(study, folder / SHEETS, language, book=book)
    account = _plain(_account(study, seconds))
    (folder / ACCOUNT).write_text(json.dumps(account, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def write_tables(tables: Mapping[str, pa.Table], folder: Path) -> None:
    """Each as Parquet and as CSV that no spreadsheet runs."""
    for name, table in tables.items():
        pq.write_table(table, folder / f"{name}.parquet", compression="zstd", store_schema=False)
        with (folder / f"{name}.csv").open("wb") as file:
            pc.write_csv(_harmless(table), file)


def _table(rows: Rows) -> pa.Table:
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    arrays = {name: pa.array(values) for name, values in columns.items()}
    # a column in which nothing is known still is a column of numbers
    known = {
        name: one.cast(pa.float64()) if pa.types.is_null(one.type) else one for name, one in arrays.items()
    }
    return pa.table(known)


def _harmless(table: pa.Table) -> pa.Table:
    """A client number that a spreadsheet would run as a formula gets an apostrophe in front."""
    if "client_id" not in table.column_names:
        return table
    ids = [
        f"'{one}" if re.match(FORMULA, one) and not re.match(PLAIN_NUMBER, one) else one
        for one in table["client_id"].to_pylist()
    ]
    return table.set_column(table.column_names.index("client_id"), "client_id", pa.array(ids))


def _account(study: Study, seconds: float) -> dict[str, Any]:
    return {
        "program": __version__,
        "book": study.book,
        "as_of": study.days,
        "left_out": study.days_left_out,
        "horizon": study.horizon,
        "rules": [{"name": one.name, "version": one.version, **one.numbers()} for one in study.rules],
        "outcomes": study.outcomes,
        "survivors_only": study.survivors_only.en if study.survivors_only else None,
        "without_curve": study.without_curve,
        "clients_who_change_hands": study.clients_who_change_hands,
        "notes": [note.en for note in study.notes],
        "seconds": round(seconds, 3),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return value.isoformat() if isinstance(value, date) else value
