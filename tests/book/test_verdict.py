"""The one-page verdict on a delivery."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len

from wanliu.book.verdict import WIDTH, Verdict, check_delivery, render
from wanliu.errors import UsageError
from wanliu.text import Language


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def without_day(file: Path, day: str) -> None:
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if day not in line), encoding="utf-8")


def test_good_delivery_is_usable(october: Path) -> None:
    found = check_delivery(october)
    assert found.answer == "usable"
    assert {table.name: table.rows_used for table in found.tables}["assets"] == 48
    assert render(found, "en").splitlines()[-1] == "Verdict: usable."
    assert render(found, "zh").splitlines()[-1] == "结论：可用。"


def test_delivery_with_broken_rows_is_usable_with_quarantine(october: Path) -> None:
    change(october / "flows.csv", "2009-10-12", "2009-13-12")
    found = check_delivery(october)
    page = render(found, "en")
    assert found.answer == "quarantine"
    assert [(fault.table, fault.column, fault.rows) for fault in found.faults] == [("flows", "date", 1)]
    assert "“2009-13-12”" in page
    assert "usable with quarantine. 1 row(s) are rejected" in " ".join(page.split())


def test_missing_and_thin_days_are_named(october: Path) -> None:
    without_day(october / "assets.csv", "2009-10-15")
    found = check_delivery(october)
    assert found.days is not None
    assert [day.isoformat() for day in found.days["assets"].missing] == ["2009-10-15"]
    assert "--accept-gaps" in render(found, "zh")


def test_month_end_assets_have_no_missing_days(october: Path) -> None:
    (october / "book.toml").write_text('[assets]\nfrequency = "month_end"\n', encoding="utf-8")
    without_day(october / "assets.csv", "2009-10-15")
    assert check_delivery(october).days_missing == 0


@pytest.mark.parametrize(("rows", "answer"), [(48, "usable"), (47, "refused")])
def test_control_totals_are_compared(october: Path, rows: int, answer: str) -> None:
    (october / "totals.csv").write_text(f"table,rows,column,sum\nassets,{rows},,\n", encoding="utf-8")
    found = check_delivery(october)
    assert found.answer == answer
    assert found.control is not None


def test_delivery_without_clients_is_refused_with_its_reason(october: Path) -> None:
    (october / "clients.csv").unlink()
    found = check_delivery(october)
    assert found.answer == "refused"
    assert "no table clients" in " ".join(render(found, "en").split())  # a long path may break the line


def test_delivery_whose_clients_are_all_broken_is_refused(october: Path) -> None:
    file = october / "clients.csv"
    header, *rows = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([header, *(row[: row.index(",")] for row in rows)]), encoding="utf-8")
    assert check_delivery(october).answer == "refused"


def test_unknown_mapping_is_wrong_usage(october: Path) -> None:
    with pytest.raises(UsageError):
        check_delivery(october, mapping="oracle")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_page_is_never_wider_than_a_terminal_and_loses_no_word(october: Path, language: Language) -> None:
    change(october / "flows.csv", "2009-10-12", "不是日期的一段很长很长的文字" * 4)
    change(october / "assets.csv", "000001", "999999")
    page = render(check_delivery(october), language)
    assert max(cell_len(line) for line in page.splitlines()) <= WIDTH
    assert "…" not in page.replace("… ", "")


def test_color_is_asked_for(october: Path) -> None:
    found: Verdict = check_delivery(october)
    assert "\x1b[" in render(found, "zh", color=True)
    assert "\x1b[" not in render(found, "zh")
