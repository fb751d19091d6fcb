"""What a run of the engine leaves is what the reports read."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from python_calamine import CalamineWorkbook

from tests.small_books import sealed_from
from wanliu.book.engine import duckdb_engine
from wanliu.report.csv_files import write_csv
from wanliu.report.terminal import summary
from wanliu.report.xlsx_files import write_xlsx
from wanliu.ruleset import load
from wanliu.warning.output import write
from wanliu.warning.run import Run, plan_of

AS_OF = date(2009, 10, 30)
BOOK = {
    "clients": [{"client_id": "000123", "branch_id": "0901", "opened_on": date(2005, 1, 4)}],
    "assets": [
        {"client_id": "000123", "date": day, "cash": cash, "position_value": 0, "net_assets": cash}
        for day, cash in ((date(2009, 4, 30), "500000.55"), (AS_OF, "340000.00"))
    ],
    "flows": [
        {
            "flow_id": "f1",
            "client_id": "000123",
            "date": date(2009, 6, 1),
            "direction": "out",
            "amount": "180000.10",
            "kind": "bank",
        }
    ],
}


def test_run_of_the_engine_is_reported_whole(tmp_path: Path) -> None:
    book, out, rules = sealed_from(BOOK, tmp_path / "book"), tmp_path / "OUT", load("standard")
    out.mkdir()
    with duckdb_engine() as engine:
        write(Run(plan_of(book, rules, [AS_OF], accept_gaps=True), engine), out)

    write_csv(out, out, rules)
    write_xlsx(out, out, rules, language="zh", book="book")
    said = summary(out, rules, language="zh", book="book")

    with (out / "signals.csv").open(encoding="utf-8") as stream:
        first, *_ = csv.DictReader(stream)
    assert first["status"] == "fired"
    assert '"opening":500000.55' in first["evidence"]
    (row,) = CalamineWorkbook.from_path(out / "warnings.xlsx").get_sheet_by_name("预警").to_python()[2:]
    assert row[:2] == ["橙", "000123"]
    assert "期初净资产 500,000.55 元" in str(row[7])
    assert "没有表 trades" in said
