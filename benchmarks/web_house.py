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
from datetime import date
from typing import Any

import django

from benchmarks.web_rows import (
    ADVISERS,
    AS_OF,
    BRANCHES,
    CASES_IN,
    CLERKS,
    COMPLAINTS_IN,
    COMPLIANCE,
    EXITS_IN,
    HEADS,
    KNOWN_MANAGERS,
    MANAGERS,
    OPENED_ON,
    TODAY,
    _months,
    _rules,
    account_of,
    alarm_of,
    branch_of,
    client_id,
    client_row,
    has_case,
    is_at_work,
    opened_on,
    staff_id,
    standing,
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
