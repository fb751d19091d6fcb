"""SIGKILL in the middle of each action, before each of its writes: no half action, no missing event.

The action runs in a process of its own, which kills itself before its n-th write, for n = 1, 2, … until it
comes through. Reads change nothing, so a kill between two of them is a kill before the next write.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import pytest
from django.apps import apps
from django.db import connection, connections, transaction

from tests.cases.desk import Clock, running
from tests.kills.found import actions
from tests.kills.scenes import IN_PARTS, SCENES, Call
from wanliu.audit.chain import verify
from wanliu.audit.models import Event
from wanliu.cases.models import Case, Contact
from wanliu.directory.models import Run
from wanliu.exits.models import Exit

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
MOST: Final = 200
READS: Final = ("SELECT", "BEGIN", "PRAGMA", "SET")
CAME_THROUGH, RAISED = 0, 9
MOMENTS: Final = ("DateTimeField",)


@pytest.fixture(autouse=True)
def _a_monday() -> Iterator[None]:
    with running(Clock()):
        yield


def test_every_action_has_its_scene() -> None:
    assert set(SCENES) == set(actions())


@pytest.mark.parametrize("name", sorted(SCENES))
def test_an_action_that_is_killed_is_whole_or_not_at_all_and_can_be_done_again(name: str) -> None:
    act = SCENES[name]()
    before, untouched = stored(), told_after(act)
    assert stored() == before
    kills = 0
    for number in range(1, MOST):
        ended = killed_before(act, number)
        if ended == CAME_THROUGH:
            break
        assert ended == -signal.SIGKILL, f"{name} failed before its write {number}"
        kills += 1
        if name in IN_PARTS:
            whole()
        else:
            assert stored() == before, f"half of {name} stayed, killed before its write {number}"
    assert kills, "nothing was written, so nothing was killed"
    whole()
    assert told() == untouched


def killed_before(act: Call, number: int) -> int:
    """How a child that acts ended: by our kill before its n-th write, or by itself."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        _act_and_die(act, number)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def _act_and_die(act: Call, number: int) -> None:
    """Never returns: whatever happens, the child ends here."""
    writes = 0

    def count(execute: Any, sql: str, *given: Any) -> Any:
        nonlocal writes
        if not sql.lstrip().upper().startswith(READS):
            writes += 1
            if writes == number:
                os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, *given)

    try:
        with connection.execute_wrapper(count):
            act()
        os._exit(CAME_THROUGH)
    except BaseException:
        os._exit(RAISED)


def told_after(act: Call) -> Any:
    """What would be told had nobody been killed; it is undone."""
    with transaction.atomic():
        act()
        found = told()
        transaction.set_rollback(True)
    return found


def stored() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of ours."""
    return {
        model._meta.db_table: list(model._default_manager.order_by("pk").values())
        for model in apps.get_models()
        if model.__module__.startswith("wanliu.")
    }


def told() -> dict[str, Any]:
    """What people would see, without moments, numbers and what counts attempts."""
    rows: dict[str, Any] = {
        model._meta.db_table: Counter(
            tuple(str(row[name]) for name in _lasting(model)) for row in model._default_manager.values()
        )
        for model in apps.get_models()
        if model.__module__.startswith("wanliu.") and model._meta.db_table not in LEFT_OUT
    }
    rows["verbs"] = Counter(
        map(str, Event.objects.exclude(verb__in=COUNTED_ANEW).values_list("verb", "client_id", "actor_id"))
    )
    return rows


LEFT_OUT: Final = ("audit_event", "audit_payload", "nightly_night")
SALTED: Final = ("password", "code_hash")
"""Another hash each time."""
NUMBERED: Final = ("subject",)
"""Names a row by its number, as a relation does; PostgreSQL gives none twice, be it to what was undone."""
COUNTED_ANEW: Final = ("clients_synced", "book_taken")
"""These say how much the last attempt found to do."""


def _lasting(model: Any) -> list[str]:
    return [
        field.attname
        for field in model._meta.concrete_fields
        if not field.primary_key
        and not field.is_relation
        and field.get_internal_type() not in (*MOMENTS, "BinaryField")
        and field.attname not in ("exits", "tasks", *SALTED, *NUMBERED)
    ]


def whole() -> None:
    """The chains hold, and what is there has its event, and no more than one."""
    assert verify().holds
    opened = Event.objects.filter(
        verb__in=("case_opened", "complaint_recorded", "complaint_found_in_book")
    ).values_list("stream", flat=True)
    assert set(Case.objects.values_list("pk", flat=True)) == {int(one.split("/")[1]) for one in opened}
    asked = Event.objects.filter(verb="exit_requested").values_list("stream", flat=True)
    assert sorted(asked) == sorted(f"exit/{one}" for one in Exit.objects.values_list("pk", flat=True))
    noted = Event.objects.filter(verb__in=("contact_started", "contact_recorded", "contact_corrected"))
    assert Contact.objects.count() <= noted.count() + Event.objects.filter(verb="talk_held").count() + 10
    assert Run.objects.filter(is_current=True).count() <= 1
