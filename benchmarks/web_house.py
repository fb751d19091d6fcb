"""A brokerage's workbench full of work, made through the product's own doors; each step is a process.

    python -m benchmarks.web_house STEP --last CLIENTS --in-book CLIENTS [--changed ROWS] [--run NAME]

``people`` is the nightly run's step of that name (``sync_clients``), ``publish`` the next one, both with rows
made here by arithmetic instead of read from a book: the same size gives the same house. One client in five
has or had a case. Cases of the last days are opened by ``open_or_update`` on their own days, exits and
complaints are taken by their actions; the history before is laid down in bulk (``web_history.py``).
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import django

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


# --- the steps ------------------------------------------------------------------------------------


def staff(_given: argparse.Namespace) -> dict[str, int]:
    """Every manager may sign in; beside them the heads, clerks and compliance who are at work."""
    from wanliu.people.user import User

    rows = [_user("adviser", branch_of(at), staff_id(at), f"adviser-{at}") for at in range(MANAGERS)]
    rows += [_user("branch_head", f"B{at:03d}", f"H{at}", f"branch_head-{at}") for at in range(BRANCHES)]
    rows += [_user("counter_clerk", f"B{at:03d}", f"K{at}", f"counter_clerk-{at}") for at in range(CLERKS)]
    rows += [_user("compliance", "", f"Q{at}", f"compliance-{at}") for at in range(COMPLIANCE)]
    User.objects.bulk_create(rows, batch_size=500)
    return {"users": len(rows)}


def _user(role: str, branch: str, staff: str, username: str) -> Any:
    from wanliu.people.user import User

    user = User(username=username, name=f"员工{staff}", role=role, branch_id=branch, staff_id=staff)
    user.set_unusable_password()
    return user


def people(given: argparse.Namespace) -> dict[str, int]:
    """The nightly step: the whole directory as delivered, ``changed`` of its rows different."""
    from wanliu.audit.record import System
    from wanliu.people.sync import sync_clients

    rows = (client_row(place, given.in_book, changed=place < given.changed) for place in range(given.last))
    synced = sync_clients(rows, by=System)
    return {"added": synced.added, "changed": synced.changed, "gone": synced.gone}


def laid_people(given: argparse.Namespace) -> dict[str, int]:
    """The rows that ``people`` would write, in one stream: filling a house is not what is measured."""
    from benchmarks.web_copy import copied
    from wanliu.people.models import Account
    from wanliu.people.sealing import finding_hash
    from wanliu.people.sync import _client

    clients = copied(_client(client_row(place, given.in_book)) for place in range(given.last))
    accounts = copied(
        Account(client_id=client_id(place), number_hash=finding_hash("account", account_of(place)))
        for place in range(given.last)
    )
    return {"clients": clients, "accounts": accounts}


def laid_run(given: argparse.Namespace) -> dict[str, int]:
    """The rows that ``publish`` would write, in one stream for each table."""
    from benchmarks.web_copy import copied
    from wanliu.clock import now
    from wanliu.directory import actions, models

    run = models.Run.objects.create(
        name=given.run, as_of=AS_OF, book="made-up", rules="standard", rules_version=_rules().version
    )
    places = range(given.last)
    copied(actions._standing(run, standing(place, given.in_book).standing) for place in places)
    copied(models.Months(run=run, client_id=client_id(at), points=_months(at)) for at in places)
    told = (standing(at, given.in_book) for at in places if has_case(at) and is_at_work(at // CASES_IN))
    signals = copied(
        models.Signals(run=run, client_id=one.standing.client_id, signs=one.signals) for one in told
    )
    run.is_current, run.published_at = True, now()
    run.save()
    return {"clients": given.last, "signals": signals}


def publish(given: argparse.Namespace) -> dict[str, int]:
    """The nightly step: a run brought before the pages in one swap, and the one before it cleared away."""
    from wanliu.directory import actions
    from wanliu.directory.rows import RunFacts

    told = (standing(place, given.in_book) for place in range(given.last))
    facts = RunFacts(given.run, AS_OF, "made-up", "standard", _rules().version, {})
    return {"clients": actions.publish(facts, told)}


def cases(given: argparse.Namespace) -> dict[str, int]:
    """Cases of the last days by the nightly run's own action, each on its day; the others in bulk before."""
    from benchmarks.web_history import lay_down
    from wanliu.cases.actions import open_or_update

    places = range(0, given.last, CASES_IN)
    laid = lay_down(places, given.in_book)
    opened = 0
    for day in OPENED_ON:
        fresh = (
            alarm_of(place, given.in_book)
            for place in places
            if is_at_work(place // CASES_IN) and opened_on(place // CASES_IN) == day
        )
        with on_day(day):
            opened += open_or_update(fresh, run_id=given.run, as_of=AS_OF).opened
    return {"laid down": laid, "opened": opened}


def doors(given: argparse.Namespace) -> dict[str, int]:
    """Exits and complaints, each taken by its action, and the night's look at deadlines."""
    from wanliu.cases.actions import escalate_overdue, reconcile, record_complaint
    from wanliu.exits.actions import request_exit
    from wanliu.people.user import User

    with on_day(OPENED_ON[2]):
        clerk = User.objects.get(username="counter_clerk-0")
        leaving = range(7, given.last, EXITS_IN)
        for place in leaving:
            request_exit(client_id=client_id(place), kind="transfer_custody", channel="counter", by=clerk)
            reconcile(client_id(place))
        complaining = range(13, given.last, COMPLAINTS_IN)
        for place in complaining:
            record_complaint(client_id=client_id(place), said="没有人回我的电话", method="phone", by=clerk)
    told = len(escalate_overdue(today=TODAY))
    return {"exits": len(leaving), "complaints": len(complaining), "escalated": told}


def forget(given: argparse.Namespace) -> dict[str, int]:
    """Takes a tenth of the clients, none with a case, out of the directory: the next delivery brings them."""
    from wanliu.people.models import Account, Client

    places = range(given.last - given.last // 8, given.last)
    ids = [client_id(place) for place in places if not has_case(place)]
    for start in range(0, len(ids), 2000):
        some = ids[start : start + 2000]
        Account.objects.filter(client_id__in=some).delete()
        Client.objects.filter(client_id__in=some).delete()
    return {"forgotten": len(ids)}


def sessions(given: argparse.Namespace) -> dict[str, Any]:
    """Everybody who is at work has signed in; with whom they deal."""
    from django.contrib.sessions.backends.db import SessionStore

    from wanliu.people.user import User

    found = []
    for name, places in at_work(given.in_book):
        user = User.objects.get(username=name)
        store = SessionStore()
        store["_auth_user_id"] = str(user.pk)
        store["_auth_user_backend"] = "allauth.account.auth_backends.AuthenticationBackend"
        store["_auth_user_hash"] = user.get_session_auth_hash()
        store.create()
        found.append({"role": user.role, "session": store.session_key, "places": places})
    return {"people": found}


def at_work(in_book: int) -> Iterator[tuple[str, tuple[int, int, int]]]:
    """User names, each with a range of clients in the book: an adviser's own, a branch's, anybody's."""
    per_branch = MANAGERS // BRANCHES
    step = KNOWN_MANAGERS // ADVISERS
    for at in range(0, KNOWN_MANAGERS, step):
        yield f"adviser-{at}", (at, in_book, KNOWN_MANAGERS)
    for at in range(HEADS):
        yield f"branch_head-{at}", (at * per_branch, in_book, KNOWN_MANAGERS)
    for at in range(CLERKS):
        yield f"counter_clerk-{at}", (at + 3, in_book, 7)
    for at in range(COMPLIANCE):
        yield f"compliance-{at}", (at, in_book, 3)


@contextmanager
def on_day(day: date) -> Iterator[None]:
    """The house's clock reads this day, as a demonstration's does."""
    from django.conf import settings

    before, settings.WANLIU_TODAY = settings.WANLIU_TODAY, day
    try:
        yield
    finally:
        settings.WANLIU_TODAY = before


def multiplied(given: argparse.Namespace) -> dict[str, int]:
    """The house of the book's clients again and again, until there are as many as asked for."""
    from benchmarks.web_many import multiply

    return {"rows": sum(multiply(given.in_book, given.last // given.in_book).values())}


def checked(_given: argparse.Namespace) -> dict[str, int]:
    """Whether what was laid down in bulk is as the actions would have left it."""
    from benchmarks.web_history import check

    return check()


STEPS = {
    one.__name__: one
    for one in (
        *(staff, laid_people, laid_run, cases, doors, checked, multiplied),
        *(people, publish, forget, sessions),
    )
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("step", choices=STEPS)
    parser.add_argument("--last", type=int, required=True, help="how many clients there are")
    parser.add_argument("--in-book", type=int, required=True, help="how many of them the sealed book knows")
    parser.add_argument("--changed", type=int, default=0, help="rows that a delivery has otherwise")
    parser.add_argument("--run", default="run-1", help="the run's name")
    given = parser.parse_args()
    django.setup()
    began = time.monotonic()
    counts = STEPS[given.step](given)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    seconds = round(time.monotonic() - began, 1)
    print(json.dumps({"step": given.step, "seconds": seconds, "peak_mb": peak, **counts}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
