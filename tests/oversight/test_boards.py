"""The boards: every number counted a second time, the rows behind it, and what is not known."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import connection

from tests.cases.desk import Clock, running
from tests.oversight.board_house import DAY, House, clients_slowly, furnished, slowly
from tests.web import make_client, make_user
from wanliu.cases.models import Case, OutcomeCheck, Task
from wanliu.cases.tallies import TALLIES, Counted, rows_behind, tallied
from wanliu.errors import Refused
from wanliu.oversight.board_days import before, month_named, month_of, week_named, week_of
from wanliu.oversight.board_measures import boards, formula_of
from wanliu.oversight.board_rows import COLUMNS, Row, Whose, key_of, nothing, rows, total
from wanliu.oversight.board_told import TABS, change_told, interval_told, notes, pair_told, value_told
from wanliu.oversight.board_workbook import workbook_of
from wanliu.oversight.boards import board, quartiles, share, team
from wanliu.oversight.weekly import said
from wanliu.text import choose_language

pytestmark = pytest.mark.django_db
NOVEMBER, OCTOBER = month_of(date(2026, 11, 2)), month_of(date(2026, 10, 2))
CJK = re.compile(r"[一-鿿]")


@pytest.fixture(autouse=True)
def _a_day() -> Iterator[None]:
    choose_language("zh")
    with running(Clock().set(DAY)):
        yield
    choose_language(None)


@pytest.fixture
def house() -> House:
    return furnished()


# --- the numbers ------------------------------------------------------------------------------------


def test_every_number_is_what_a_loop_over_all_rows_counts(house: House) -> None:
    """A month that is over and one that is not; the firm, a branch and one person."""
    some = 0
    for period, whose, tabs in (
        (OCTOBER, Whose(), tuple(COLUMNS)),
        (NOVEMBER, Whose("B1"), ("adviser", "sign")),
        (OCTOBER, Whose("B1", house.advisers[0]), ("reason",)),
    ):
        asked = whose.asked(period, 30)
        for by in tabs:
            quick = {key: values for (key,), values in tallied(asked, by).items()}
            slow = slowly(asked, by)
            for key in quick.keys() | slow.keys():
                for name in TALLIES:
                    ours = quick.get(key, {}).get(name, nothing((name,))[name])
                    assert ours == slow.get(key, {}).get(name, nothing((name,))[name]), (by, key, name)
                    some += ours is not None and ours.part > 0
    assert some > 150


@pytest.mark.usefixtures("house")
def test_rows_behind_a_number_are_as_many_as_the_number() -> None:
    asked = Whose().asked(OCTOBER, 30)
    for by in COLUMNS:
        for (key,), values in tallied(asked, by).items():
            for name, value in values.items():
                sides = {"part": value.part, "whole": value.part if value.whole is None else value.whole}
                for side, count in sides.items():
                    found = rows_behind(asked, name, side, by, key)  # type: ignore[arg-type]  # a side
                    assert found.total == count, (by, key, name, side)
                    assert len(
                        {(one.case_id, one.client_id, one.kind, one.day) for one in found.lines}
                    ) == min(count, len(found.lines))


@pytest.mark.usefixtures("house")
def test_clients_at_start_and_those_who_left_are_counted_by_branch() -> None:
    told = {one.key: one.values for one in rows(Whose().asked(OCTOBER, 30), "branch", Whose())}
    for branch in ("B1", "B2"):
        there, gone = clients_slowly(OCTOBER.first, OCTOBER.last, branch)
        assert told[branch]["clients"] == Counted(there) and told[branch]["lost"] == Counted(gone, there)
    assert total(rows(Whose().asked(OCTOBER, 30), "branch", Whose()), "branch").values["clients"] == Counted(
        sum(clients_slowly(OCTOBER.first, OCTOBER.last, one)[0] for one in ("B1", "B2"))
    )


@pytest.mark.usefixtures("house")
def test_totals_are_the_same_whatever_the_rows_are() -> None:
    """Where rows add up, by their sum; where a case stands in several, by counting it once."""
    names = (
        "alarms",
        "load",
        "first_contact",
        "connected",
        "promises",
        "overdue",
        "stayed",
        "clients",
        "lost",
    )
    told = [board(OCTOBER, tab, Whose(), 30).total for tab in COLUMNS]
    assert all({n: one.values[n] for n in names} == {n: told[0].values[n] for n in names} for one in told)
    assert len({(one.held, one.hands) for one in told if one.values}) >= 1
    months = dict(board(NOVEMBER, "branch", Whose(), 30).trend)
    assert months[OCTOBER]["stayed"] == told[0].values["stayed"]


def test_a_worked_example() -> None:
    """Two cases of October: one called the next day and kept; one never called, its promise broken."""
    adviser = make_user("adviser", name="员甲")
    for number, client in enumerate(("C1", "C2")):
        make_client(client)
        Case.objects.create(
            client_id=client, branch_id="B1", manager_id="S1", kind="retention", state="assigned",
            opened_on=date(2026, 10, 12), assignee=adviser, assigned_at=Clock().moment,
            first_contact_at=Clock().set("2026-10-13").moment if number == 0 else None,
            reached_at=Clock().set("2026-10-13").moment if number == 0 else None,
        )  # fmt: skip
    one, two = Case.objects.order_by("client_id")
    given: dict[str, Any] = {"branch_id": "B1", "must": True, "assignee": adviser, "created_by": "system"}
    given |= {"created_at": Clock().set("2026-10-12").moment, "due_on": date(2026, 10, 13)}
    ended = {"ended_at": Clock().set("2026-10-13", 23).moment, "ended_by": "system"}
    Task.objects.create(case=one, client_id="C1", kind="first_contact", state="done", **given, **ended)
    Task.objects.create(case=two, client_id="C2", kind="first_contact", **given)
    promise: dict[str, Any] = {"kind": "promise", "to_whom": "客户", **given}
    Task.objects.create(case=one, client_id="C1", state="kept", **promise, **ended)
    Task.objects.create(case=two, client_id="C2", **promise)
    OutcomeCheck.objects.create(
        case=one, client_id="C1", horizon=30, due_on=date(2026, 10, 30), result="stayed", judged_on=DAY
    )

    told = board(OCTOBER, "adviser", Whose("B1"), 30)

    (row,) = told.rows
    assert (row.name.zh, row.held, row.hands) == ("S1 员甲", 2, 1)
    assert {name: (v.part, v.whole) for name, v in row.values.items() if v} == {
        "clients": (2, None), "lost": (0, 2), "alarms": (2, None), "load": (2, None), "first_contact": (1, 2),
        "connected": (1, 2), "dismissed": (0, 1), "promises": (1, 2), "overdue": (2, None), "stayed": (1, 1),
        "left": (0, 1), "unjudged": (0, None),
    }  # fmt: skip
    half = row.values["first_contact"]
    # by hand, z = 1.96: middle 0.5, half of the width 0.405: from 9.5 to 90.5
    assert (value_told(half), pair_told(half), interval_told(half)[:3]) == ("50.0%", "1/2", "9.5")


# --- what is not known ------------------------------------------------------------------------------


def test_an_empty_house_knows_nothing_and_says_so() -> None:
    told = board(NOVEMBER, "branch", Whose(), 30)
    assert told.rows == () and told.total.values["clients"] is None and told.total.values["lost"] is None
    shares = [n for n in told.total.values if boards().measures[n].unit == "share"]
    assert {value_told(told.total.values[name]) for name in shares} == {"未知"}
    assert value_told(told.total.values["alarms"]) == "0"
    assert workbook_of(told, NOVEMBER, 30, "zh") and said(week_named(""), Whose(), by="周")["empty"]


@pytest.mark.parametrize(
    ("value", "told", "pair", "interval"),
    [
        (None, "未知", "", ""),
        (Counted(0, 0), "未知", "0/0", ""),
        (Counted(0, 4), "0.0%", "0/4", "0.0\u2060–\u206049.0"),
        (Counted(1234), "1,234", "", ""),
    ],
)
def test_zero_of_nothing_is_unknown_and_zero_of_something_has_its_interval(
    value: Counted | None, told: str, pair: str, interval: str
) -> None:
    assert (value_told(value), pair_told(value), interval_told(value)) == (told, pair, interval)


def test_a_change_from_or_to_the_unknown_is_unknown() -> None:
    assert change_told(Counted(1, 2), Counted(0, 0)) == change_told(None, Counted(1)) == "未知"
    assert change_told(Counted(1, 2), Counted(1, 4)) == "+25.0 个百分点"
    assert change_told(Counted(3), Counted(5)) == "-2"
    assert share(Counted(0, 0)).value is None


def test_there_is_no_comparison_group_and_every_tab_says_so() -> None:
    for tab in COLUMNS:
        assert any("没有对照组" in one.zh and "no comparison group" in one.en for one in notes(tab))


# --- people -----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("house")
def test_rows_come_in_the_order_of_staff_numbers() -> None:
    told = board(OCTOBER, "adviser", Whose("B1"), 30)
    named = [one.name.zh for one in told.rows if one.key != "-"]
    assert named == sorted(named) and named[:2] == ["S1 员S1", "S2 员S2"]
    assert told.rows[-1].key == "-" and told.rows[-1].name.zh == "无人承接"


def test_a_team_of_few_shows_no_distribution_and_one_of_many_no_names(house: House) -> None:
    assert {one.middle for one in team(OCTOBER, house.advisers[0], 30).values()} == {None}
    for number in range(4):
        make_user("adviser", staff=f"T{number}", name=f"同事{number}")
    loads = team(OCTOBER, house.advisers[0], 30)["load"]
    assert loads.count == 6 and loads.low == 0 and loads.high is not None and loads.high > 0
    assert (quartiles([1, 2, 3, 4, 5]).low, quartiles([1, 2, 3, 4, 5]).middle) == (2.0, 3)
    assert "同事" not in repr(loads)


def test_one_sees_ones_own_rows_alone(house: House) -> None:
    """One who has no staff number has no clients, not those whom nobody looks after."""
    make_client("NOBODYS", manager="")
    own = board(OCTOBER, "reason", Whose(user=house.advisers[0]), 30)
    assert own.total.values["alarms"] == slowly_total(house, "alarms")
    nobody = board(OCTOBER, "reason", Whose(user=make_user("adviser", staff="")), 30)
    assert nobody.total.values["clients"] is None


def slowly_total(house: House, name: str) -> Counted:
    asked = replace(Whose().asked(OCTOBER, 30), assignee_id=house.advisers[0].pk)
    return sum((one[name] for one in slowly(asked, "branch").values() if name in one), Counted(0))


# --- sheets, words, days ----------------------------------------------------------------------------


def test_the_sheet_holds_the_pages_numbers_no_client_and_nothing_that_runs(house: House) -> None:
    evil = house.advisers[0]
    evil.name = "=cmd|' /C calc'!A0"
    evil.save()
    told = board(OCTOBER, "adviser", Whose("B1"), 30)
    made = workbook_of(told, OCTOBER, 30, "zh")
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        text = "".join(parts.read(one).decode() for one in parts.namelist() if one.endswith(".xml"))
    assert "<f>" not in text and "cmd|" in text and "hyperlink" not in text
    assert not re.search(r"\bC\d\d\b|张", " ".join(re.findall(r"<t[^>]*>([^<]*)", text)))
    assert made == workbook_of(told, OCTOBER, 30, "zh") != workbook_of(told, OCTOBER, 30, "en")


@pytest.mark.usefixtures("house")
def test_the_weekly_report_says_both_weeks_in_either_language() -> None:
    week = week_of(date(2026, 11, 18))
    for language in ("zh", "en"):
        choose_language(language)
        told = said(week, Whose("B1"), by="Z")
        assert told["number"].startswith("2026-W47 · 2026-11-16") and "2026-W46" in told["against"]
        assert len(told["rows"]) >= 3 and len(told["tiles"]) == 10
    assert not CJK.search(repr({k: v for k, v in told.items() if k not in ("rows", "footer")}))


def test_every_measure_is_defined_in_both_languages() -> None:
    for name, one in boards().measures.items():
        formula = formula_of(name, 30)
        for text in (one.name, formula, one.source):
            assert text.zh and text.en and not CJK.search(text.en) and "{" not in text.zh + text.en
    assert set(TALLIES) | {"clients", "lost"} == set(boards().measures) and set(TABS) == set(COLUMNS)


def test_months_and_weeks_are_named_and_follow_each_other() -> None:
    assert (NOVEMBER.last, NOVEMBER.is_over, OCTOBER.last) == (DAY, False, date(2026, 10, 31))
    assert before(month_of(date(2026, 1, 5))).code == "2025-12" and before(NOVEMBER) == OCTOBER
    assert (week_named("").code, week_named("2026-W01").first) == ("2026-W47", date(2025, 12, 29))
    assert month_named("2026-11") == month_named("") == NOVEMBER
    for wrong in ("2026-12", "2026-13", "0001-01", "x", "２０２６-01"):
        with pytest.raises(Refused):
            month_named(wrong)
    for wrong in ("2026-W49", "2025-W53", "2026-W00", "x"):
        with pytest.raises(Refused):
            week_named(wrong)


def test_a_key_that_no_row_has_is_none() -> None:
    assert (key_of("adviser", "12"), key_of("branch", "B1"), key_of("sign", "-")) == (12, "B1", None)
    with pytest.raises(ValueError, match="number"):
        key_of("adviser", "9" * 40)
    assert Row("", TABS["sign"], {}).hands == 0


@pytest.mark.usefixtures("house")
def test_counting_writes_nothing() -> None:
    statements: list[str] = []

    def watch(execute: Any, sql: str, *given: Any) -> Any:
        statements.append(sql)
        return execute(sql, *given)

    with connection.execute_wrapper(watch):
        for tab in COLUMNS:
            board(OCTOBER, tab, Whose(), 30)
    assert statements and all(one.lstrip().upper().startswith("SELECT") for one in statements)
