"""The summary in the terminal: whole, within the width, in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from tests.report.runs import DAY, LEAVING, OUTFLOW, QUIET, Judged, fired, result, run_of
from wanliu.report.terminal import summary
from wanliu.text import Language

UNKNOWN = Judged("000200", "unknown", {"fund_outflow": result("missing_data")})
DATES: dict[str, Any] = {"first": date(2009, 8, 31), "last": DAY}


def told(
    folder: Path, judged: Sequence[Judged], *, language: Language = "zh", width: int = 80, **run: Any
) -> str:
    rules = run_of(folder / "OUT", judged, **run)
    return summary(folder / "OUT", rules, language=language, book="示例营业部", width=width)


def widest(text: str) -> int:
    return max(map(cell_len, text.splitlines()))


def flowing(text: str) -> str:
    """The text as if lines never ended, and without blanks."""
    return "".join(text.split())


def line_with(text: str, start: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(start))


def test_title_names_book_day_and_rule_set(tmp_path: Path) -> None:
    text = told(tmp_path, [LEAVING])

    for part in ("2009-10-30", "示例营业部 1f6e430ef116", "日常标准", "standard 第 1 版"):
        assert part in text


def test_levels_are_counted_with_their_share_of_the_judged(tmp_path: Path) -> None:
    text = told(tmp_path, [LEAVING, QUIET, replace(QUIET, client_id="3"), replace(QUIET, client_id="4")])

    assert line_with(text, "橙").split() == ["橙", "1", "25%"]
    assert line_with(text, "合计判断").split() == ["合计判断", "4"]


def test_signs_are_counted_by_their_five_results(tmp_path: Path) -> None:
    text = told(tmp_path, [LEAVING, UNKNOWN, QUIET])

    assert line_with(text, "资金转出 ").split() == ["资金转出", "1", "1", "0", "0", "1"]


def test_absent_table_is_named_as_the_cause(tmp_path: Path) -> None:
    text = told(tmp_path, [LEAVING], absent={"contact_drop": ["contacts"]})

    assert "没有表contacts（服务记录）：沟通减少" in flowing(text)
    assert "记录不全" not in flowing(text)


def test_absent_column_is_named_as_the_cause(tmp_path: Path) -> None:
    text = told(tmp_path, [LEAVING], absent={"commission_drop": ["trades.commission"]}, language="en")

    assert "no column trades.commission" in text


def test_lost_days_are_named_with_the_signs_that_read_them(tmp_path: Path) -> None:
    days = ["2009-10-12", "2009-10-13"]

    text = told(tmp_path, [UNKNOWN], lost_days={"assets": days})

    assert "表assets（资产）有2个交易日整天没有数据（2009-10-122009-10-13）：资金转出" in flowing(text)


def test_incomplete_clients_are_the_cause_that_is_left(tmp_path: Path) -> None:
    assert "：资金转出1" in flowing(told(tmp_path, [UNKNOWN]))


def test_lines_break_between_characters_and_never_within_a_number(tmp_path: Path) -> None:
    days = [f"2009-10-{day}" for day in range(12, 31)]

    text = told(tmp_path, [UNKNOWN], lost_days={"assets": days}, width=60)

    broken = [line for line in text.splitlines() if line.startswith(" - 表 assets")]
    assert cell_len(broken[0]) > 50
    assert not any(line.strip().startswith(("，", "）", "：", "、")) for line in text.splitlines())
    for day in days[:5]:
        assert day in text


def test_nothing_missing_gives_no_causes(tmp_path: Path) -> None:
    assert "数据缺失的原因" not in told(tmp_path, [QUIET])


def test_top_of_the_list_is_the_ten_first(tmp_path: Path) -> None:
    clients = [replace(LEAVING, client_id=f"{n:06}", value_at_stake=Decimal(1000 - n)) for n in range(12)]

    text = told(tmp_path, clients)

    assert "名单前 10 位（共 12 位）" in text
    assert "000009" in text
    assert "000010" not in text


def test_clients_not_to_be_contacted_are_counted_and_not_listed(tmp_path: Path) -> None:
    text = told(tmp_path, [LEAVING, replace(LEAVING, client_id="000999", do_not_contact=True)])

    assert "另有 1 位客户已登记勿扰" in text
    assert "000999" not in text


def test_clients_outside_are_counted(tmp_path: Path) -> None:
    assert "3 位客户不判断" in told(tmp_path, [LEAVING, QUIET], clients=5)


def test_no_warnings_are_said_in_a_sentence(tmp_path: Path) -> None:
    assert "2009-10-30 没有客户达到预警等级。" in told(tmp_path, [QUIET])


def test_nobody_judged_is_no_fault(tmp_path: Path) -> None:
    assert line_with(told(tmp_path, []), "合计判断").split() == ["合计判断", "0"]


def test_many_days_are_counted_day_by_day(tmp_path: Path) -> None:
    before = date(2009, 9, 30)
    judged = [replace(LEAVING, as_of=before), LEAVING, replace(UNKNOWN, as_of=before), QUIET]

    text = told(tmp_path, judged)

    assert "2009-09-30 至 2009-10-30 共 2 个判定日" in text
    assert line_with(text, "2009-09-30 ").split() == ["2009-09-30", "0", "1", "0", "1"]
    assert line_with(text, "全部判定日").split() == ["全部判定日", "0", "2", "0", "1"]
    assert "2009-10-30 名单前 1 位" in text


def test_days_of_long_ago_are_counted_not_listed(tmp_path: Path) -> None:
    judged = [replace(LEAVING, as_of=DAY - timedelta(days=n)) for n in range(30)]

    text = told(tmp_path, judged)

    assert "（更早 18 天）" in text
    assert "2009-10-01" not in text.split("全部判定日")[0].split("\n\n", 1)[1]


@pytest.mark.parametrize("width", [80, 100])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_line_keeps_within_the_width(language: Language, width: int, tmp_path: Path) -> None:
    signs = {
        "fund_outflow": fired(0.4, 0.3, **OUTFLOW),
        "commission_drop": fired(0.5, 0.3),
        "empty_position": fired(1.0, 0.95),
        "complaint": fired(1.0, 1.0, **DATES),
        "demand": fired(3.0, 1.0, **DATES),
        "contact_drop": result("missing_data"),
    }
    long = Judged(
        "CLIENT-NUMBER-OF-A-VERY-LONG-SOURCE-SYSTEM-0000000001",
        "red",
        signs,
        branch_id="上海浦东新区世纪大道证券营业部",
        manager_id="MANAGER-0000000001",
        value_at_stake=Decimal("9876543210.12"),
    )

    text = told(
        tmp_path,
        [long, LEAVING, UNKNOWN],
        language=language,
        width=width,
        absent={"contact_drop": ["contacts"]},
        lost_days={"assets": [f"2009-10-{day}" for day in range(10, 30)]},
    )

    assert widest(text) <= width
    assert "9,876,543,210.12" in text
    assert "…" in text


def test_signs_that_do_not_fit_are_counted(tmp_path: Path) -> None:
    signs = {id_: fired(1.0, 0.5) for id_ in ("commission_drop", "empty_position", "trade_drop")}

    text = told(tmp_path, [Judged("SIM0000000001", "red", signs)])

    assert "佣金贡献明显降低 +2" in text or "佣金贡献明显降低、持续空仓 +1" in text


def test_colours_are_there_only_when_asked_for(tmp_path: Path) -> None:
    rules = run_of(tmp_path, [LEAVING])

    plain = summary(tmp_path, rules, language="zh")
    coloured = summary(tmp_path, rules, language="zh", colour=True)

    assert "\x1b[" not in plain
    assert "\x1b[1;38;5;208m橙" in coloured
