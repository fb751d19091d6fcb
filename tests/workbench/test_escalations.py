"""What is overdue and was told upwards, seen by those who were told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.exits.desk import an_exit, on
from tests.workbench.house import FOREIGN, OWN, browser, furnished, names
from wanliu.audit.record import System
from wanliu.cases.actions import escalate_overdue
from wanliu.cases.models import Task
from wanliu.clock import today, trading_days
from wanliu.people.roles import Role
from wanliu.people.user import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _one_factor(settings: LazySettings) -> None:
    settings.WANLIU_MFA = []


@pytest.fixture
def people() -> dict[Role, User]:
    return furnished()


def overdue(days: int) -> None:
    """Every first contact of the house is overdue by so many trading days, and was told of."""
    Task.objects.filter(state="open").update(due_on=today() - timedelta(days=2 * days + 5))
    escalate_overdue(today=today(), by=System)


def test_nothing_overdue_is_said_so(people: dict[Role, User]) -> None:
    page = browser(people["branch_head"]).get("/escalations").content.decode()
    assert "没有超时的离开手续" in page
    assert (
        "没有上报的超时任务" in browser(people["compliance"]).get("/escalations?tab=tasks").content.decode()
    )


def test_compliance_begins_with_what_was_told_to_it(people: dict[Role, User]) -> None:
    assert browser(people["compliance"]).get("/")["Location"] == "/escalations"


def test_a_branch_head_sees_the_branch_and_compliance_the_firm(people: dict[Role, User]) -> None:
    overdue(10)
    head = browser(people["branch_head"]).get("/escalations?tab=tasks").content.decode()
    watch = browser(people["compliance"]).get("/escalations?tab=tasks").content.decode()
    assert names(head, OWN) and not names(head, FOREIGN)
    assert OWN in watch and FOREIGN in watch and "已报合规" in watch
    assert "张三丰" not in watch and "13800005678" not in watch


def test_exits_come_first_and_lead_to_their_course(people: dict[Role, User]) -> None:
    overdue(10)
    with on(today() - timedelta(days=20)):
        first = an_exit(by=people["counter_clerk"], client=OWN)
    with on(today() - timedelta(days=10)):
        second = an_exit(by=people["counter_clerk"], client=FOREIGN)
    page = browser(people["compliance"]).get("/escalations").content.decode()
    assert 0 < page.index(f'href="/exits/{first.id}"') < page.index(f'href="/exits/{second.id}"')
    head = browser(people["branch_head"]).get("/escalations").content.decode()
    assert f"/exits/{first.id}" in head and f"/exits/{second.id}" not in head and not names(head, FOREIGN)


def test_many_are_paged_in_few_queries(people: dict[Role, User]) -> None:
    overdue(10)
    one = Task.objects.exclude(escalated_to="").first()
    assert one is not None
    rows = []
    for n in range(1000):
        one.pk, one.title = None, f"第{n}件"
        rows.append(
            Task(**{f.attname: getattr(one, f.attname) for f in Task._meta.fields if f.attname != "id"})
        )
    Task.objects.bulk_create(rows)
    there = browser(people["compliance"])
    with CaptureQueriesContext(connection) as asked:
        page = there.get("/escalations?tab=tasks&page=3").content.decode()
    assert len(asked) <= 25 and "第 3 /" in page
    for odd in ("x", "0", "-1", "99999999999"):
        assert there.get(f"/escalations?tab=tasks&page={odd}").status_code == 200


def test_days_are_trading_days(people: dict[Role, User]) -> None:
    overdue(10)
    due = Task.objects.exclude(escalated_to="").values_list("due_on", flat=True)[0]
    page = browser(people["compliance"]).get("/escalations?tab=tasks").content.decode()
    assert f"{trading_days().between(due, today())} 个交易日" in page
