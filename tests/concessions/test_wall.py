"""Price never sees a score: not by import, not by name, not by a query, and no decision changes with one."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction

import wanliu
from tests.cases.desk import alarm
from tests.concessions.desk import MONDAY, House, facts, on
from tests.exits.test_wall import imports_of, names_in, reachable_from
from wanliu.audit.models import Event
from wanliu.cases.actions import open_or_update
from wanliu.clock import now
from wanliu.concessions import actions
from wanliu.concessions.models import CommissionRequest, Concession
from wanliu.concessions.queries import history, in_force, queue, requests_of, reviews_due
from wanliu.directory.models import Run, Standing
from wanliu.errors import Refused
from wanliu.people.rights import Sight

ROOM = Path(wanliu.__file__).parent / "concessions"
FORBIDDEN = (
    "cases",
    "directory",
    "nightly",
    "exits",
    "warning",
    "reasons",
    "advice",
    "indicators",
    "foresight",
)
SCORES = re.compile(
    r"score|warning|signal|level|risk|value_at_stake|at_stake|retention|retain|churn|case_?id|hazard|probab|leaving",
    re.IGNORECASE,
)


def modules() -> list[str]:
    return [
        f"wanliu.concessions.{file.stem}" for file in sorted(ROOM.glob("*.py")) if file.stem != "__init__"
    ]


def test_nothing_of_scores_levels_or_cases_can_be_reached_by_import() -> None:
    assert "wanliu.concessions.actions" in modules()
    assert imports_of("wanliu.concessions.actions")

    found = {
        name for name in reachable_from(modules()) if name.split(".")[1:2] and name.split(".")[1] in FORBIDDEN
    }

    assert found == set()


def test_no_name_in_the_room_is_of_scores() -> None:
    found = [
        f"{file.name}:{line}: {name}"
        for file in sorted(ROOM.rglob("*.py"))
        if "migrations" not in file.parts
        for name, line in names_in(file)
        if SCORES.search(name)
    ]

    assert found == []


def test_no_table_points_to_another_room_but_people() -> None:
    for model in apps.get_app_config("concessions").get_models():
        for field in model._meta.get_fields():
            related = getattr(field, "related_model", None)
            assert not SCORES.search(field.name)
            assert related is None or related._meta.app_label in ("concessions", "people")


@contextmanager
def tables_read() -> Iterator[set[str]]:
    """The tables that every statement of the block names."""
    seen: set[str] = set()

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.update(re.findall(r'"([a-z]+_[a-z_]+)"', sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield seen


def everything(house: House) -> None:
    """Every action of the room, and every query."""
    house.answers(house.grants(house.asks()))
    (found,) = history("C1")
    actions.renew(concession_id=found.id, version=found.version, facts=facts(), by=house.head)
    actions.end(concession_id=found.id, version=found.version + 1, why="client_asked", by=house.head)
    house.answers(house.refuses(house.asks(channel="mobile")))
    again = house.asks()
    actions.withdraw(request_id=again.id, version=again.version, by=house.adviser)
    actions.end_expired(day=date(2030, 1, 1))
    requests_of("C1")
    in_force("C1", MONDAY)
    queue(Sight())
    reviews_due(MONDAY)


def test_no_statement_reads_a_table_of_another_room(house: House) -> None:
    with tables_read() as seen:
        everything(house)

    tables = {one for one in seen if one in connection.introspection.table_names()}
    assert {"concessions_commissionrequest", "concessions_concession", "people_client"} <= tables
    assert {one.split("_")[0] for one in tables} <= {"concessions", "tariffs", "approvals", "people", "audit"}


def a_course(house: House, assets: Decimal, by: str) -> list[tuple[Any, ...]]:
    """What becomes of one request, with every word of it, undone again."""
    with transaction.atomic():
        request = house.asks(facts=facts(assets=assets))
        outcome: tuple[Any, ...]
        try:
            house.answers(house.grants(request, by=getattr(house, by)))
            outcome = ("granted",)
        except Refused as refused:
            outcome = (refused.message,)
            house.answers(house.refuses(request, reason="criteria_not_met"))
        told = [
            outcome,
            *CommissionRequest.objects.order_by("pk").values_list(
                "state", "decision", "rate", "minimum", "letter_zh", "due_on"
            ),
            *Concession.objects.order_by("pk").values_list(
                "rate", "minimum", "effective_on", "until", "number"
            ),
            *Event.objects.filter(stream__startswith="commission_request/")
            .order_by("pk")
            .values_list("verb"),
        ]
        transaction.set_rollback(True)
    return told


LEVELS = ("none", "yellow", "orange", "red", "unknown")
CASES = (None, "yellow", "red")
ASSETS = (Decimal("499999.99"), Decimal("500000.00"), Decimal("9000000.00"))


@pytest.mark.parametrize(("assets", "by"), [*((one, "head") for one in ASSETS), (ASSETS[2], "office")])
def test_every_score_level_and_case_may_change_and_no_decision_does(
    house: House, assets: Decimal, by: str, a_world: Callable[[str, str | None, str], None]
) -> None:
    expected = a_course(house, assets, by)

    for (level, case), stake in zip(
        itertools.product(LEVELS, CASES), itertools.cycle(("0.00", "99999.99")), strict=False
    ):
        with transaction.atomic():
            a_world(level, case, stake)
            assert a_course(house, assets, by) == expected, (level, case, stake)
            transaction.set_rollback(True)


@pytest.fixture
def a_world() -> Callable[[str, str | None, str], None]:
    """Makes the client stand so in the directory, with such a case."""

    def made(level: str, case: str | None, stake: str) -> None:
        run = Run.objects.create(
            name="run-1", as_of=MONDAY, book="b", rules="standard", rules_version="1", published_at=now(),
            is_current=True,
        )  # fmt: skip
        Standing.objects.create(
            run=run, client_id="C1", branch_id="B1", level=level, value_at_stake=Decimal(stake), fired=["a"]
        )
        if case is not None:
            open_or_update([alarm("C1", case, value_at_stake=Decimal(stake))], run_id="run-1", as_of=MONDAY)

    return made


def test_the_test_sees_a_planted_dependence(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were a decision to ask for a case, the watch over statements would name its table."""
    from wanliu.cases.models import Case

    real = actions.check_may_grant
    monkeypatch.setattr(
        actions, "check_may_grant", lambda row, user: (Case.objects.exists(), real(row, user))
    )

    with tables_read() as seen, on(MONDAY):
        house.grants(house.asks())

    assert any(one.startswith("cases_") for one in seen)


def test_room_is_parsed_whole() -> None:
    assert all(ast.parse(file.read_text("utf-8")) for file in ROOM.rglob("*.py"))
