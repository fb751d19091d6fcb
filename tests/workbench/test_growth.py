"""What pages cost: few queries however full the house is, and nothing that grows with the firm."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from tests.workbench.full_house import BUSY, LEAVING, OVER, FullHouse, full, grow
from tests.workbench.house import browser
from tests.workbench.routes import address, names_in
from wanliu.people.rights import can
from wanliu.workbench.pages import Page, pages

pytestmark = pytest.mark.django_db
MOST, MOST_SAVED = 25, 40
"""What a page may ask to be shown; a save locks what it changes, writes it, its list and its record."""
FEW, MANY = 5, 60
GROW = re.compile(
    r"people_(?:client|account|view|choice)|directory_(?!run)|cases_|exits_|concessions_|audit_"
)
"""Tables that a larger firm fills; users, sessions, runs and nights it does not."""


@pytest.fixture(autouse=True)
def _one_factor(settings: LazySettings) -> None:
    settings.WANLIU_MFA = []


def addresses(page: Page, house: FullHouse) -> Iterator[str]:
    """The page for each kind of client; one address where no client stands in it."""
    for client_id in (BUSY, LEAVING, OVER) if "client_id" in names_in(page) else (BUSY,):
        yield address(page, {**house.ids, "client_id": client_id})


def test_no_page_asks_more_than_twenty_five_queries() -> None:
    house, most = full(), {}
    for page in pages():
        for role, user in house.people.items():
            if page.action is not None and not can(user, page.action):
                continue
            for path in addresses(page, house):
                for method in sorted({"GET", page.methods[0]} & set(page.methods)):
                    there = browser(user)
                    with CaptureQueriesContext(connection) as asked:
                        there.generic(method, path)
                    most[method, path, role] = len(asked)

    assert {page.name for page in pages() if "GET" in page.methods} >= {"today", "client", "client_work"}
    bound = {asked: MOST_SAVED if asked[0] == "POST" else MOST for asked in most}
    assert {asked: number for asked, number in most.items() if number > bound[asked]} == {}


def asked_for(user_of: FullHouse) -> dict[str, list[tuple[str, dict[str, str]]]]:
    """The pages that people work on, by role: address and form."""
    del user_of
    look: list[tuple[str, dict[str, str]]] = [
        ("/today", {}),
        ("/warnings", {}),
        ("/warnings?tab=overdue", {}),
        (f"/clients/{BUSY}", {}),
        (f"/clients/{BUSY}/work", {}),
        (f"/clients/{LEAVING}", {}),
        (f"/clients/{BUSY}/terms", {}),
        ("/commission?tab=decide", {}),
        ("/commission?tab=answer", {}),
    ]
    find = [("/search", {"text": text}) for text in (BUSY, "13800000001", "A2")]
    return {"adviser": look + find, "branch_head": [("/today?team=1", {}), *look, *find]}


def ask(there: Browser, address: str, form: dict[str, str]) -> None:
    answer = there.post(address, form) if form else there.get(address)
    assert answer.status_code == 200, address


class Counted:
    """Rows that came from the database, and the SELECTs that asked for them."""

    def __init__(self) -> None:
        self.rows = 0
        self.selects: list[tuple[str, Any]] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().upper().startswith("SELECT"):
            self.selects.append((sql, params))
        return execute(sql, params, many, context)


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counted]:
    found, plain = Counted(), CursorWrapper.__getattr__

    def counting(cursor: CursorWrapper, name: str) -> Any:
        there = plain(cursor, name)
        if name not in ("fetchone", "fetchmany", "fetchall"):
            return there

        def fetch(*given: Any) -> Any:
            rows = there(*given)
            found.rows += len(rows) if name != "fetchone" else rows is not None
            return rows

        return fetch

    with monkeypatch.context() as patched, connection.execute_wrapper(found):
        patched.setattr(CursorWrapper, "__getattr__", counting)
        yield found


@pytest.mark.parametrize("role", ["adviser", "branch_head"])
def test_pages_read_no_more_of_a_larger_firm(role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same person with the same clients, in a small firm and in one of many more clients."""
    house = full(FEW)
    user = house.people[role]  # type: ignore[index]  # a role
    small = cost(user, asked_for(house)[role], monkeypatch)
    grow(FEW, MANY)
    assert cost(user, asked_for(house)[role], monkeypatch) == small


def cost(user: Any, asked: list[tuple[str, dict[str, str]]], patch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Queries and rows of each page."""
    found = {}
    for path, form in asked:
        there = browser(user)
        with counted(patch) as seen:
            ask(there, path, form)
        assert seen.rows > 0
        found[f"{path} {form}"] = (len(seen.selects), seen.rows)
    return found


@pytest.mark.parametrize("role", ["adviser", "branch_head"])
def test_every_large_table_is_read_by_an_index(role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    house = full(MANY)
    for path, form in asked_for(house)[role]:
        with counted(monkeypatch) as seen:
            ask(browser(house.people[role]), path, form)  # type: ignore[index]  # a role
        for sql, params in seen.selects:
            scanned = [step for step in scans(sql, params) if GROW.search(step)]
            assert scanned == [], f"{path}: {sql}"


def scans(sql: str, params: Any) -> list[str]:
    """The steps of a query that read a whole table although they would rather not."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
            return [
                row[3] for row in cursor.fetchall() if row[3].startswith("SCAN ") and "USING" not in row[3]
            ]
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {sql}", params)
        found = [row[0] for row in cursor.fetchall() if "Seq Scan" in row[0]]
        cursor.execute("SET LOCAL enable_seqscan = on")
    return found
