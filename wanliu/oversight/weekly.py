"""The weekly report as a PDF: a branch by advisers, or the firm by branches, beside the week before."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from typing import Any, Final

from wanliu.cases.figures import outcomes
from wanliu.clock import now
from wanliu.oversight.board_days import Period, before
from wanliu.oversight.board_measures import name_of
from wanliu.oversight.board_rows import COLUMNS, Row, Tab, Value, Whose, rows, total
from wanliu.oversight.board_told import (
    HEADS,
    a_head,
    change_told,
    definitions,
    interval_told,
    notes,
    pair_told,
    value_told,
)
from wanliu.report.typeset import set_in_type
from wanliu.text import Text, current_language

TILES: Final = (
    "alarms", "load", "first_contact", "connected", "dismissed", "promises", "overdue",
    "stayed", "left", "lost",
)  # fmt: skip


def report(week: Period, whose: Whose, *, by: str) -> bytes:
    """In the language that is chosen. Raises EnvironmentFailed where the machine has no Chinese font."""
    template = (files("wanliu.oversight") / "weekly.typ").read_bytes()
    return set_in_type(template, said(week, whose, by=by), at=now())


def said(week: Period, whose: Whose, *, by: str) -> dict[str, Any]:
    """All that the template shows, as strings and lists of strings, in the language that is chosen."""
    tab: Tab = "branch" if whose.branch_id is None else "adviser"
    horizon = outcomes().horizons[0]
    told = rows(whose.asked(week, horizon), tab, whose)
    last = before(week)
    whole, earlier = total(told, tab), total(rows(whose.asked(last, horizon), tab, whose), tab)
    place = str(_FIRM) if whose.branch_id is None else str(_BRANCH.format(branch=whose.branch_id))
    columns = COLUMNS[tab]
    return {
        "language": current_language(),
        "house": str(_HOUSE),
        "title": str(_TITLE.format(place=place)),
        "number": f"{week.code} · {week.first} – {week.last}",
        "footer": str(_FOOTER.format(place=place, week=week.code, at=f"{now():%Y-%m-%d %H:%M}", by=by)),
        "against": str(_AGAINST.format(week=last.code)),
        "tiles": [_tile(name, whole, earlier) for name in TILES],
        "table": str(_TABLE),
        "head": [str(HEADS[tab]), *(str(name_of(name)) for name in columns)],
        "rows": [_row(one, columns) for one in (*told, whole)],
        "empty": str(_EMPTY) if not told else "",
        "reading": str(_READING),
        "notes": [str(one) for one in notes(tab, until=None if week.is_over else week.last)],
        "defined": str(_DEFINED),
        "definitions": list(_definitions(horizon, columns)),
    }


def _tile(name: str, whole: Row, earlier: Row) -> dict[str, str]:
    value, then = whole.values[name], earlier.values[name]
    stands = _stands(value)
    if name == "load":
        stands = str(_A_HEAD.format(number=a_head(whole)))
    if name == "stayed":
        stands = f"{stands} · {_NO_GROUP}".removeprefix(" · ")
    return {
        "name": str(name_of(name)),
        "value": value_told(value),
        "stands": stands,
        "change": change_told(value, then),
    }


def _row(one: Row, columns: tuple[str, ...]) -> list[list[str]]:
    return [
        [str(one.name), ""],
        *([value_told(one.values[name]), _stands(one.values[name])] for name in columns),
    ]


def _stands(value: Value) -> str:
    """What a share stands on."""
    interval = interval_told(value)
    return f"{pair_told(value)} ({interval})" if interval else pair_told(value)


def _definitions(horizon: int, columns: tuple[str, ...]) -> Iterator[list[str]]:
    for name, formula, source in definitions(dict.fromkeys((*columns, *TILES)), horizon):
        yield [str(name), str(formula), str(source)]


_HOUSE = Text(zh="挽留工作台", en="Wanliu workbench")
_TITLE = Text(zh="挽留周报 · {place}", en="Weekly report · {place}")
_FIRM = Text(zh="全公司", en="the firm")
_BRANCH = Text(zh="营业部 {branch}", en="branch {branch}")
_FOOTER = Text(
    zh="挽留周报 · {place} · {week} · 生成于 {at} · {by} · 内部资料，不含客户",
    en="Weekly report · {place} · {week} · made {at} by {by} · internal, no clients in it",
)
_AGAINST = Text(zh="与上一周（{week}）相比", en="against the week before ({week})")
_TABLE = Text(zh="明细", en="The table")
_EMPTY = Text(zh="本周没有数字。", en="Nothing in this week.")
_READING = Text(zh="怎么读", en="How to read it")
_DEFINED = Text(zh="每个数字怎么算", en="How each number is made")
_A_HEAD = Text(zh="人均 {number}", en="{number} a head")
_NO_GROUP = Text(zh="无对照组", en="no comparison group")
