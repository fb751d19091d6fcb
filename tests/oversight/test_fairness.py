"""The quarterly report: who counts, what is said when, that nobody is named, and that nothing is written."""

from __future__ import annotations

import ast
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

import wanliu
from tests.concessions.desk import MONDAY, House, facts, on
from tests.small_books import sealed_from
from tests.web import make_client
from wanliu.concessions.actions import withdraw
from wanliu.directory.actions import publish
from wanliu.directory.rows import RunFacts, Standing, Told
from wanliu.oversight.fairness import (
    Finding,
    Observed,
    Quarter,
    _adjusted,
    _finding,
    age_band,
    fairness,
    quarter_of,
)
from wanliu.oversight.told import group_named, sentences, verdict
from wanliu.oversight.workbook import workbook_of

ROOM = Path(wanliu.__file__).parent / "oversight"
NOWHERE = Path("/nowhere")
Q4 = Quarter(2026, 4)


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with on(MONDAY):
        yield


def rows(**groups: tuple[int, int]) -> list[Observed]:
    """So many of each level, so many of them with the outcome, all of one tier."""
    return [
        Observed("t", {"level": level, "branch": "B1", "age": "35-49"}, number < yes)
        for level, (count, yes) in groups.items()
        for number in range(count)
    ]


def found(given: list[Observed] | None, factor: Any = "level") -> Finding:
    (one,) = _adjusted([_finding("granted", factor, given)])
    return one


# --- what is said -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "why", "said"),
    [
        (None, "no_book", "没有算"),
        ([], "nobody", "没有这样的申请"),
        (rows(red=(10, 5), none=(15, 5)), "too_few", "太少，不能判断"),
        (rows(red=(20, 18), none=(30, 30)), "too_few", "太少，不能判断"),
        (rows(red=(20, 20), none=(30, 30)), "all_alike", "全都一样"),
        (rows(none=(60, 30)), "one_group", "不能比较"),
        (rows(red=(9, 1), none=(60, 30)), "one_group", "不能比较"),
    ],
    ids=["no-book", "nobody", "few", "few-rare", "alike", "one", "small-joined"],
)
def test_too_little_is_said_in_words_and_not_tested(given: Any, why: str, said: str) -> None:
    one = found(given)
    assert (one.tested, one.adjusted, one.why) == (None, None, why)
    assert said in verdict(one).zh and verdict(one).en


def test_a_difference_is_called_one_and_none_is_not_called_absent() -> None:
    apart, alike = found(rows(red=(60, 55), none=(60, 20))), found(rows(red=(60, 30), none=(60, 31)))
    assert apart.differs and "有差别" in verdict(apart).zh
    assert not alike.differs and "不等于没有" in verdict(alike).zh and "not ruled out" in verdict(alike).en


def test_many_tests_count_as_one_family() -> None:
    """A p that would do alone does not among nine."""
    one = _finding("granted", "level", rows(red=(40, 30), none=(40, 20)))
    alone = next(iter(_adjusted([one])))
    assert alone.adjusted is not None and 0.01 < alone.adjusted < 0.05 and alone.differs
    alike = _finding("granted", "level", rows(red=(60, 30), none=(60, 31)))
    assert not next(iter(_adjusted([one, *[alike] * 8]))).differs


def test_small_groups_are_joined_and_none_is_shown_by_itself() -> None:
    one = found(rows(red=(4, 4), orange=(7, 2), yellow=(40, 20), none=(40, 22)))
    assert one.tested is not None
    assert [(group.name, group.count) for group in one.tested.groups] == [
        ("yellow", 40),
        ("none", 40),
        ("rest", 11),
    ]


@pytest.mark.parametrize(
    ("born", "band", "zh"),
    [
        (2000, "-34", "35 岁以下"),
        (1991, "35-49", "35–49 岁"),
        (1961, "65-", "65 岁及以上"),
        (None, "unknown", "未知"),
    ],
)
def test_age_bands(born: int | None, band: str, zh: str) -> None:
    assert age_band(born) == band and group_named("age", band).zh == zh


def test_quarters_follow_each_other() -> None:
    quarter = quarter_of(date(2026, 1, 5))
    assert (quarter.code, quarter.before.code, quarter.before.next) == ("2026Q1", "2025Q4", quarter)
    assert (Q4.first, Q4.last) == (date(2026, 10, 1), date(2026, 12, 31))


# --- who counts -------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_requests_are_counted_by_what_was_met_and_when_they_were_answered() -> None:
    """C1: met, granted, in time; C2: not met; C3: met, refused, its answer overdue; C4: withdrawn."""
    house = House()
    for one in ("C2", "C3", "C4"):
        make_client(one)
    house.answers(house.grants(house.asks()))
    house.answers(
        house.refuses(house.asks(client_id="C2", facts=facts(assets=Decimal(1))), reason="criteria_not_met")
    )
    house.refuses(house.asks(client_id="C3"))
    taken = house.refuses(house.asks(client_id="C4"))
    withdraw(request_id=taken.id, version=taken.version, by=house.adviser)
    with on(date(2026, 12, 15)):
        report = fairness(Q4, NOWHERE)
    counted = {one.question: (one.count, one.yes) for one in report.findings}
    assert counted == {"terms": (0, 0), "granted": (3, 1), "in_time": (3, 2)}
    assert {one.count for one in fairness(Q4.before, NOWHERE).findings} == {0}
    assert not report.whole and report.tests == 0


@pytest.fixture
def a_book(tmp_path: Path) -> Path:
    """Sixty clients with 600,000 each: red ones pay the tier's 万2, others 万2.5; one is not judged."""
    days = [date(2026, 10, 1 + back) for back in range(31)]
    levels = {f"C{n}": "red" if n < 30 else "none" for n in range(60)}
    clients = [
        {"client_id": one, "branch_id": "B1", "opened_on": date(2020, 1, 2), "min_commission": Decimal(5),
         "commission_rate": Decimal("0.0002" if level == "red" and one != "C0" else "0.00025")}
        for one, level in levels.items()
    ]  # fmt: skip
    clients.append({**clients[0], "client_id": "X"})
    trades = [
        {"client_id": "C1", "order_id": f"o{n}", "side": "buy", "kind": "ordinary", "date": day,
         "turnover": 1000, "commission": 5}
        for n, day in enumerate(days)
    ]  # fmt: skip
    assets = [
        {"client_id": one["client_id"], "date": day, "net_assets": 600_000} for one in clients for day in days
    ]
    sealed_from({"clients": clients, "trades": trades, "assets": assets}, tmp_path / "book")
    told = [Told(Standing(one, "B1", "S1", level), {}, {}) for one, level in levels.items()]
    publish(RunFacts("r1", date(2026, 10, 30), "book", "standard", "1", {}), told)
    for one in levels:
        make_client(one, birth_year=1985)
    return tmp_path / "book"


@pytest.mark.django_db
def test_clients_of_one_tier_with_other_terms_by_level_are_found_out(a_book: Path) -> None:
    report = fairness(Q4, a_book)
    level, branch, age = (one for one in report.findings if one.question == "terms")
    assert (level.count, level.yes) == (60, 29) and level.differs
    assert level.tested is not None
    assert [(one.name, one.count, one.yes) for one in level.tested.groups] == [
        ("red", 30, 29),
        ("none", 30, 0),
    ]
    assert (branch.why, age.why) == ("one_group", "one_group")


@pytest.mark.django_db
def test_the_report_writes_nothing_and_names_nobody(a_book: Path) -> None:
    before = {model: list(model._default_manager.order_by("pk").values()) for model in tables()}
    statements: list[str] = []

    def watch(execute: Any, sql: str, *given: Any) -> Any:
        statements.append(sql)
        return execute(sql, *given)

    with connection.execute_wrapper(watch):
        report = fairness(Q4, a_book)
        sheet = workbook_of(report, "zh")

    assert statements and all(sql.lstrip().upper().startswith("SELECT") for sql in statements)
    assert {model: list(model._default_manager.order_by("pk").values()) for model in tables()} == before
    told = repr(report) + " ".join(re.findall(r"<t[^>]*>([^<]*)", texts(sheet)))
    assert not re.search(r"\bC\d+\b|张", told)


def tables() -> list[Any]:
    return [one for one in apps.get_models() if one.__module__.startswith("wanliu.")]


def test_the_room_asks_queries_alone() -> None:
    for file in ROOM.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            module = getattr(node, "module", None) or ""
            forbidden = module.endswith(("actions", "models", "record", "moving", "sync"))
            assert not (module.startswith("wanliu.") and forbidden)


# --- the sheet --------------------------------------------------------------------------------------


def texts(sheet: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(sheet)) as parts:
        return "".join(parts.read(name).decode("utf-8") for name in parts.namelist() if name.endswith(".xml"))


@pytest.mark.django_db
def test_nothing_in_the_sheet_runs_and_equal_reports_give_equal_bytes() -> None:
    evil = "=cmd|' /C calc'!A0"
    given = [Observed("t", {"level": "red", "branch": name, "age": "-34"}, n % 3 > 0)
             for name in (evil, "@SUM(A1)", "+1", "B2") for n in range(40)]  # fmt: skip
    report = fairness(Q4, NOWHERE)
    findings = tuple(_adjusted([_finding("granted", "branch", given)]))
    report = type(report)(report.quarter, report.as_of, report.whole, findings)
    sheet = workbook_of(report, "zh")
    assert "<f>" not in texts(sheet) and "cmd|" in texts(sheet) and "hyperlink" not in texts(sheet)
    assert sheet == workbook_of(report, "zh") != workbook_of(report, "en")


@pytest.mark.django_db
def test_every_word_stands_in_both_languages() -> None:
    report = fairness(Q4, NOWHERE)
    for one in [*sentences(report), *(verdict(each) for each in report.findings)]:
        assert one.zh and one.en and not re.search(r"[一-鿿]", one.en)
