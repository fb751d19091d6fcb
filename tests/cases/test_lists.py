"""The list of warnings, saved filters, and what a client's page asks for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cases.desk import Clock, adviser, alarm, call, head, open_now, the_case
from tests.web import make_client, make_user
from wanliu.cases.actions import assign, close, delete_filter, dismiss, record_complaint, save_filter
from wanliu.cases.filters import MOST
from wanliu.cases.queries import (
    WarningFilters,
    case_of,
    cases_of_client,
    contacts_of_client,
    saved_filters,
    waiting_for_assignment,
    warnings_list,
)
from wanliu.cases.warnings import TABS
from wanliu.errors import NotAllowed, NotFound, Refused
from wanliu.people.user import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    for client_id in ("C1", "C2", "C3"):
        make_client(client_id)
    made = adviser()
    open_now(
        alarm("C1", "yellow", value_at_stake=None),
        alarm("C2", "red", value_at_stake=Decimal(5)),
        alarm("C3", "yellow", value_at_stake=Decimal(9), fired=("heavy_loss",)),
    )
    return made


def listed(user: User, **filters: Any) -> list[str]:
    return [line.case.client_id for line in warnings_list(user, WarningFilters(**filters)).lines]


def test_the_list_is_in_the_order_of_urgency(user: User) -> None:
    found = warnings_list(user)

    assert [line.case.client_id for line in found.lines] == ["C2", "C3", "C1"]
    assert (found.total, found.pages) == (3, 1)
    assert found.lines[1].signs == ("heavy_loss",)
    assert [line.days_left for line in found.lines] == [1, 10, 10]


def test_filters_and_tabs_narrow_it(clock: Clock, user: User) -> None:
    record_complaint(client_id="C1", said="没人回电话", method="phone", by=user)
    assert listed(user, level="yellow") == ["C3", "C1"]
    assert listed(user, sign="heavy_loss") == ["C3"]
    assert listed(user, client_id="C2") == ["C2"]
    assert listed(user, assignee_id=user.pk + 99) == listed(user, branch_id="B2") == []
    assert listed(user, tab="suspended") == ["C1"]
    assert listed(user, tab="nonsense") == ["C2", "C3", "C1"]
    clock.set("2026-11-25")
    assert listed(user, tab="overdue") == ["C2"]
    assert warnings_list(user, WarningFilters(client_id="C2")).lines[0].days_left == -1

    call(user, "C2")
    close(case_id=the_case("C2").pk, outcome="left", version=the_case("C2").version, by=user)
    dismiss(case_id=the_case("C3").pk, reason="seasonal", version=1, by=user)
    assert listed(user, tab="overdue") == listed(user, tab="waiting") == []
    assert listed(user, tab="tracking") == ["C2"]
    assert listed(user, tab="dismissed") == listed(user, tab="closed") == ["C3"]
    assert all(tab in TABS for tab in ("working", "waiting", "closed"))


def test_each_role_sees_its_own_part(user: User) -> None:
    make_client("C4", branch="B2", manager="S9")
    open_now(alarm("C4", branch_id="B2", manager_id="S9"))

    assert listed(user) == listed(make_user("duty_adviser", staff="S2")) == ["C2", "C3", "C1"]
    assert listed(adviser("S3")) == []
    assert listed(make_user("compliance", staff="")) == ["C4", "C2", "C3", "C1"]
    for role in ("counter_clerk", "head_office", "administrator"):
        with pytest.raises(NotAllowed):
            warnings_list(make_user(role))


def test_a_case_that_was_assigned_is_in_the_list_of_who_has_it(user: User) -> None:
    boss, other = head(username="boss"), adviser("S2")
    assert listed(other) == []
    assign(case_id=the_case("C1").pk, to=other.pk, version=1, by=boss)

    assert listed(other) == ["C1"]
    assert listed(user) == ["C2", "C3", "C1"]  # still the client's manager


def test_three_queries_for_a_page_and_pages_of_twenty(user: User) -> None:
    for number in range(10, 40):
        make_client(f"C{number}")
    open_now(*(alarm(f"C{number}") for number in range(10, 40)))

    with CaptureQueriesContext(connection) as asked:
        found = warnings_list(user, page=2)

    assert (len(asked), len(found.lines), found.total, found.pages) == (3, 13, 33, 2)
    assert warnings_list(user, page=99).page == 2


def test_filters_are_one_s_own(user: User) -> None:
    other = adviser("S2")
    first = save_filter(page="today", name="红色", query={"level": "red"}, by=user)
    assert save_filter(page="today", name="红色", query={"level": "orange"}, by=user) == first
    assert saved_filters(user, "today") == [(first, "红色", {"level": "orange"})]
    assert saved_filters(other, "today") == saved_filters(user, "warnings") == []

    with pytest.raises(NotFound):
        delete_filter(filter_id=first, by=other)
    delete_filter(filter_id=first, by=user)
    assert saved_filters(user, "today") == []


def test_filters_have_a_name_a_page_and_an_end(user: User) -> None:
    for wrong in ({"page": "home"}, {"name": " "}, {"query": {"level": "x" * 3000}}):
        with pytest.raises(Refused):
            save_filter(**{"page": "today", "name": "红", "query": {}, "by": user, **wrong})  # type: ignore[arg-type]  # wrong on purpose
    for number in range(MOST):
        save_filter(page="today", name=str(number), query={}, by=user)
    with pytest.raises(Refused):
        save_filter(page="today", name="one more", query={}, by=user)
    save_filter(page="today", name="3", query={"level": "red"}, by=user)


def test_a_case_tells_all_that_belongs_to_it(user: User) -> None:
    call(user, "C1", note="客户会考虑")

    detail = case_of(the_case("C1").pk)

    assert (detail.case.state, detail.case.assignee_name) == ("in_contact", user.actor_name)
    assert [one.kind for one in detail.tasks] == ["callback", "first_contact"]
    assert [one.note for one in detail.contacts] == ["客户会考虑"]
    assert "make_offer" in detail.moves and "claim" not in detail.moves
    assert not cases_of_client("C9") and not contacts_of_client("C9")
    with pytest.raises(NotFound):
        case_of(99)


def test_only_who_assigns_sees_what_waits(user: User) -> None:
    with pytest.raises(NotAllowed):
        waiting_for_assignment(user)
    assert waiting_for_assignment(head(username="boss")) == []
