"""The workbooks as a branch manager, and as an analyst, opens them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from tests.report.runs import LEAVING, OUTFLOW, QUIET, Judged, fired, result, run_of
from wanliu.errors import EnvironmentFailed, UsageError
from wanliu.report import xlsx_files
from wanliu.report.xlsx_files import write_xlsx
from wanliu.text import Language

UNKNOWN = Judged("000200", "unknown", {"fund_outflow": result("missing_data")})


def written(
    folder: Path, judged: Sequence[Judged], *, language: Language = "zh", fired_only: bool = False
) -> Path:
    rules = run_of(folder / "run", judged, fired_only=fired_only)
    write_xlsx(folder / "run", folder, rules, language=language, book="示例")
    return folder


def rows(file: Path, sheet: str) -> list[list[Any]]:
    return CalamineWorkbook.from_path(file).get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def xml(file: Path, part: str) -> str:
    with zipfile.ZipFile(file) as archive:
        return archive.read(part).decode()


def test_warnings_have_three_sheets_in_chinese(tmp_path: Path) -> None:
    file = written(tmp_path, [LEAVING]) / "warnings.xlsx"

    assert CalamineWorkbook.from_path(file).sheet_names == ["预警", "无法判断", "说明"]


def test_warning_row_can_be_worked_with(tmp_path: Path) -> None:
    _, head, row = rows(written(tmp_path, [LEAVING, QUIET]) / "warnings.xlsx", "预警")

    assert head[:6] == ["等级", "客户号", "营业部", "客户经理", "判定日", "在险价值（元）"]
    assert row[:6] == ["橙", "000123", "0901", "S0901", date(2009, 10, 30), 12345.6]
    assert row[6] == "资金转出"
    assert row[8] == "沟通减少"


def test_grounds_hold_the_sum_of_each_fired_sign(tmp_path: Path) -> None:
    complaint = fired(2.0, 1.0, first=date(2009, 8, 31), last=date(2009, 10, 30))
    both = replace(LEAVING, signals={**LEAVING.signals, "complaint": complaint})

    _, _, row = rows(written(tmp_path, [both]) / "warnings.xlsx", "预警")

    outflow, complaints = row[7].split("\n")
    assert outflow.startswith("资金转出：")
    assert "180,000.00" in outflow
    assert "30.77%" in outflow
    assert complaints.startswith("出现投诉：")


def test_weak_sign_is_called_weak(tmp_path: Path) -> None:
    weak = {"fund_outflow": fired(0.31, 0.3, severity="weak", **OUTFLOW)}

    _, _, row = rows(written(tmp_path, [replace(LEAVING, signals=weak)]) / "warnings.xlsx", "预警")

    assert row[6] == "资金转出（弱）"


def test_clients_not_to_be_contacted_are_left_out_and_counted(tmp_path: Path) -> None:
    silent = replace(LEAVING, client_id="000999", do_not_contact=True)
    silent_unknown = replace(UNKNOWN, client_id="000998", do_not_contact=True)

    file = written(tmp_path, [LEAVING, silent, UNKNOWN, silent_unknown]) / "warnings.xlsx"

    assert "列出 1 人；另有 1 人已登记勿扰" in rows(file, "预警")[0][0]
    for sheet in ("预警", "无法判断"):
        assert {row[1] for row in rows(file, sheet)[2:]} in ({"000123"}, {"000200"})
    assert ["橙", 2.0, 1.0] in [row[:3] for row in rows(file, "说明")]


def test_unknown_clients_have_a_sheet_of_their_own(tmp_path: Path) -> None:
    file = written(tmp_path, [LEAVING, UNKNOWN]) / "warnings.xlsx"

    _, _, row = rows(file, "无法判断")
    assert row[:2] == ["无法判断", "000200"]
    assert row[6] == "资金转出"
    assert [row[1] for row in rows(file, "预警")[2:]] == ["000123"]


def test_warned_client_without_kept_signals_of_other_kinds_is_listed(tmp_path: Path) -> None:
    file = written(tmp_path, [LEAVING, UNKNOWN], fired_only=True) / "warnings.xlsx"

    assert rows(file, "预警")[2][8] == "沟通减少"
    assert len(rows(file, "无法判断")) == 3


def test_heads_stay_in_sight_and_can_be_filtered(tmp_path: Path) -> None:
    sheet = xml(written(tmp_path, [LEAVING]) / "warnings.xlsx", "xl/worksheets/sheet1.xml")

    assert 'xSplit="2" ySplit="2"' in sheet
    assert '<autoFilter ref="A2:I3"/>' in sheet


def test_level_has_a_colour_of_its_own(tmp_path: Path) -> None:
    levels = [replace(LEAVING, client_id=level, level=level) for level in ("red", "orange", "yellow")]

    styles = xml(written(tmp_path, levels) / "warnings.xlsx", "xl/styles.xml")

    assert all(colour in styles for colour in ("FFF7C9C4", "FFFFDDB0", "FFFFF1A6"))


def test_about_names_run_signs_and_numbers(tmp_path: Path) -> None:
    about = rows(written(tmp_path, [LEAVING, QUIET]) / "warnings.xlsx", "说明")

    cells = "\n".join(str(cell) for row in about for cell in row)
    for part in ("2009-10-30", "standard", "示例 1f6e430ef116", "净转出占比界线 30%", "fund_outflow"):
        assert part in cells
    assert [row[1] for row in about if row[0] == "合计"] == [2.0]


def test_english_speaks_english(tmp_path: Path) -> None:
    file = written(tmp_path, [LEAVING], language="en") / "warnings.xlsx"

    said = "".join(str(cell) for row in rows(file, "warnings") for cell in row)
    assert rows(file, "warnings")[1][0] == "Level"
    assert "30.77 %" in said
    assert not re.search(r"[\u4e00-\u9fff]", said)


def test_list_without_warnings_still_opens(tmp_path: Path) -> None:
    file = written(tmp_path, [QUIET]) / "warnings.xlsx"

    assert "列出 0 人" in rows(file, "预警")[0][0]
    assert len(rows(file, "预警")) == 2


def test_ids_that_look_like_formulas_stay_texts(tmp_path: Path) -> None:
    odd = replace(LEAVING, client_id="=1+1", branch_id="@x", manager_id="+1")
    folder = written(tmp_path, [odd])

    for name in ("warnings.xlsx", "signals.xlsx"):
        assert "<f>" not in xml(folder / name, "xl/worksheets/sheet1.xml")
    assert rows(folder / "warnings.xlsx", "预警")[2][1:4] == ["=1+1", "@x", "+1"]


def test_signals_have_the_columns_of_the_csv_and_words_beside(tmp_path: Path) -> None:
    head, first, *others = rows(written(tmp_path, [LEAVING, QUIET]) / "signals.xlsx", "信号")

    assert head == [
        *["client_id", "as_of", "rules", "indicator", "status", "severity", "value", "threshold", "evidence"],
        "指标名称",
        "算式",
    ]
    assert first[:6] == ["000123", date(2009, 10, 30), "standard", "fund_outflow", "fired", "strong"]
    assert first[6:8] == [160000 / 520000, 0.3]
    assert first[8].startswith('{"first":"2009-05-01"')
    assert first[9] == "资金转出"
    assert "30.77%" in first[10]
    assert len(others) == 19


def test_signals_without_a_result_have_no_sum(tmp_path: Path) -> None:
    signals = rows(written(tmp_path, [UNKNOWN]) / "signals.xlsx", "信号")

    assert signals[1][4] == "missing_data"
    assert signals[1][10] == ""


def test_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    one, other = (written(tmp_path / name, [LEAVING, QUIET, UNKNOWN]) for name in ("one", "other"))

    for name in ("warnings.xlsx", "signals.xlsx"):
        assert (one / name).read_bytes() == (other / name).read_bytes()


def test_workbook_carries_the_day_of_the_run_and_no_clock(tmp_path: Path) -> None:
    file = written(tmp_path, [LEAVING]) / "warnings.xlsx"

    assert set(re.findall(r"W3CDTF\">([^<]+)<", xml(file, "docProps/core.xml"))) == {"2009-10-30T00:00:00Z"}
    with zipfile.ZipFile(file) as archive:
        assert {part.date_time[0] for part in archive.infolist()} == {1980}


def test_folder_holds_the_two_workbooks_and_nothing_else(tmp_path: Path) -> None:
    files = [file.name for file in written(tmp_path, [LEAVING]).iterdir() if file.is_file()]

    assert sorted(files) == ["signals.xlsx", "warnings.xlsx"]


def test_more_signals_than_a_sheet_holds_are_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx_files, "ROWS_OF_A_SHEET", 20)

    with pytest.raises(UsageError) as refusal:
        written(tmp_path, [LEAVING, QUIET])

    assert "--signals fired" in refusal.value.message.zh
    assert "--format csv" in refusal.value.message.en
    assert [file for file in tmp_path.iterdir() if file.is_file()] == []


def test_more_warnings_than_a_sheet_holds_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx_files, "ROWS_OF_A_SHEET", 4)
    clients = [replace(LEAVING, client_id=f"{n:06}") for n in range(3)]

    with pytest.raises(UsageError, match="预警共 3 行"):
        written(tmp_path, clients, fired_only=True)


def test_signals_that_just_fit_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_files, "ROWS_OF_A_SHEET", 21)

    assert len(rows(written(tmp_path, [LEAVING, QUIET]) / "signals.xlsx", "信号")) == 21


def test_unwritable_place_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "warnings.xlsx").mkdir()

    with pytest.raises(EnvironmentFailed, match=r"warnings\.xlsx"):
        written(tmp_path, [LEAVING])


def test_money_of_large_clients_keeps_its_fen(tmp_path: Path) -> None:
    rich = replace(LEAVING, value_at_stake=Decimal("9876543210.12"))

    assert rows(written(tmp_path, [rich]) / "warnings.xlsx", "预警")[2][5] == 9876543210.12
