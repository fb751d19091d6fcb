"""The rows of the workbench's benchmark, made by arithmetic: the same place gives the same client."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

TODAY = date(2010, 1, 4)
AS_OF = date(2009, 12, 31)
BRANCHES, MANAGERS = 200, 4000
KNOWN_MANAGERS = 400
"""Of the first ones every client is in the sealed book, so that advice about them can be asked for."""
CASES_IN = 5
"""One client in so many has or had a case."""
ADVISERS, HEADS, CLERKS, COMPLIANCE = 40, 5, 3, 2
EXITS_IN, COMPLAINTS_IN = 500, 1000
OPENED_ON = (date(2009, 12, 29), date(2009, 12, 30), date(2009, 12, 31), TODAY)
LEVELS = ("yellow", "orange", "yellow", "red", "yellow", "orange", "yellow")
SIGNS = {
    "red": ("fund_outflow", "trade_drop", "exit_request"),
    "orange": ("commission_drop",),
    "yellow": ("trade_drop",),
}
SURNAMES, GIVEN = "王李张刘陈杨黄赵吴周徐孙", "伟芳娜敏静丽强磊军洋勇艳"


# --- who there is ---------------------------------------------------------------------------------


def client_id(place: int) -> str:
    """As ``benchmarks/books.py`` names them."""
    return f"C{place:011d}"


def manager_of(place: int, in_book: int) -> int:
    """Clients of the book belong to the first managers; each has about as many as any other."""
    if place < in_book:
        return place % KNOWN_MANAGERS
    return KNOWN_MANAGERS + place % (MANAGERS - KNOWN_MANAGERS)


def branch_of(manager: int) -> str:
    return f"B{manager * BRANCHES // MANAGERS:03d}"


def staff_id(manager: int) -> str:
    return f"S{manager:05d}"


def phone_of(place: int) -> str:
    return f"138{place:08d}"


def account_of(place: int) -> str:
    return f"A{place:09d}"


def level_of(case: int) -> str:
    return LEVELS[case % len(LEVELS)]


def has_case(place: int) -> bool:
    return place % CASES_IN == 0


def is_at_work(case: int) -> bool:
    """A quarter of the cases."""
    return case % 4 == 0


def opened_on(case: int) -> date | None:
    """Of cases at work: one of the last days; None for those that were opened before."""
    place = case // 4 % 40
    return OPENED_ON[place] if place < len(OPENED_ON) else None


def client_row(place: int, in_book: int, *, changed: bool = False) -> Any:
    from wanliu.people.sync import ClientRow

    manager = manager_of(place, in_book)
    return ClientRow(
        client_id=client_id(place),
        branch_id=branch_of(manager),
        manager_id=staff_id(manager),
        opened_on=date(1998, 1, 5) + timedelta(days=place % 4000),
        segment="large" if place % 50 == 0 else "regular",
        status="normal",
        birth_year=1940 + place % 55,
        risk_level=1 + (place + changed) % 5,
        commission_rate=Decimal("0.0003") + Decimal(place % 25) / 10000,
        is_employee=False,
        do_not_contact=place % 61 == 0,
        scoring_opt_out=False,
        marketing_consent="given",
        name=SURNAMES[place % 12] + GIVEN[place // 12 % 12] + GIVEN[place // 144 % 12],
        phone=phone_of(place),
        city="广州",
        accounts=(account_of(place),),
    )


def standing(place: int, in_book: int) -> Any:
    from wanliu.directory.rows import Standing, Told
    from wanliu.nightly.why_now import why_line

    case, manager = place // CASES_IN, manager_of(place, in_book)
    level = level_of(case) if has_case(place) and is_at_work(case) else "none"
    fired = SIGNS.get(level, ())
    signals = _signals(fired) if fired else {}
    assets = Decimal(place % 9_000_000) + Decimal("10000.50")
    row = Standing(
        client_id(place),
        branch_of(manager),
        staff_id(manager),
        level,
        value_at_stake=assets / 100,
        net_assets=assets,
        cash=assets / 4,
        position_value=assets - assets / 4,
        peak_assets=assets * 2,
        net_out=assets / 10,
        commission=Decimal(place % 5000),
        last_trade_on=AS_OF - timedelta(days=place % 90),
        last_login_on=AS_OF - timedelta(days=place % 30),
        fired=fired,
        why=why_line(_rules(), fired, signals) if fired else _nothing(),
    )
    return Told(row, signals, _months(place))


def _signals(fired: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Every sign of the rule set, with evidence as wide as the real ones'."""
    evidence = {
        "first": "2009-12-03",
        "last": "2009-12-31",
        "now": 12.5,
        "then": 50.25,
        "days": 20,
        "rows": 60,
    }
    return {
        rule.id: {
            "status": "fired" if rule.id in fired else "clear",
            "severity": "strong" if rule.id in fired else None,
            "value": 0.62 if rule.id in fired else 0.12,
            "threshold": 0.3,
            **evidence,
        }
        for rule in _rules().rules
    }


def _months(place: int) -> dict[str, list[Any]]:
    count = 24
    names = [f"{2008 + at // 12}-{at % 12 + 1:02d}" for at in range(count)]
    return {
        "month": names,
        "net_assets": [10000.5 + place % 977 * at for at in range(count)],
        "net_flow": [(place * 7 + at * 1013) % 9001 - 4500.25 for at in range(count)],
        "trades": [(place + at) % 9 for at in range(count)],
        "commission": [(place * 3 + at) % 211 + 0.35 for at in range(count)],
    }


@cache
def _rules() -> Any:
    from wanliu.ruleset import load

    return load("standard")


def _nothing() -> Any:
    from wanliu.directory.rows import NOTHING

    return NOTHING


def alarm_of(place: int, in_book: int) -> Any:
    from wanliu.cases.actions import Alarm

    told = standing(place, in_book).standing
    return Alarm(
        told.client_id,
        told.branch_id,
        told.manager_id,
        told.level,
        told.value_at_stake,
        told.net_assets,
        told.fired,
    )
