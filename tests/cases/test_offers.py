"""Offers: of the playbook alone, with its version; an accepted one starts its job."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.cases.desk import adviser, alarm, call, case_in, head, open_now, the_case
from tests.web import make_client, make_user
from wanliu.cases.actions import (
    answer_offer,
    can_offer,
    check_may_offer,
    make_offer,
    record_complaint,
)
from wanliu.cases.figures import jobs
from wanliu.cases.models import Offer, Task
from wanliu.cases.offers import playbook
from wanliu.cases.queries import offers_for, offers_of_client, tasks_of_client
from wanliu.errors import NotFound, Refused
from wanliu.people.queries import person
from wanliu.people.user import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> User:
    boss = head()
    case_in("in_contact", boss)
    return boss


def offer(by: User, method: str = "named_adviser", reason: str = "service") -> int:
    case = the_case()
    return make_offer(case_id=case.pk, method=method, reason=reason, version=case.version, by=by)


def test_every_method_that_may_be_offered_has_a_job_and_no_other() -> None:
    living = {id for id, method in playbook().methods.items() if method.standing != "retired"}
    assert set(jobs().methods) == living
    assert set(jobs().methods.values()) == set(jobs().jobs)


def test_an_offer_keeps_the_version_that_was_shown(by: User) -> None:
    offer(by)

    (view,) = offers_of_client("C1")
    item = playbook().methods["named_adviser"]
    assert (view.method, view.method_version, view.state) == ("named_adviser", item.version, "offered")
    assert view.method_hash == playbook().hashes["methods/named_adviser"]
    assert the_case().state == "offered"


@pytest.mark.parametrize(
    "method", [id for id, one in playbook().methods.items() if one.standing == "retired"]
)
def test_a_retired_method_is_never_offered(by: User, method: str) -> None:
    for reason in ("", *playbook().reasons):
        with pytest.raises(Refused, match="已停用"):
            offer(by, method, reason)
    assert not Offer.objects.exists()


def test_what_fits_no_reason_is_not_offered(by: User) -> None:
    with pytest.raises(Refused, match="原因"):
        offer(by, "transfer_inside_firm", "commission_competition")
    with pytest.raises(NotFound):
        offer(by, "free_lunch")
    with pytest.raises(Refused):
        offer(by, "named_adviser", "weather")


def test_marketing_needs_consent_that_was_given() -> None:
    make_client()
    make_client("C2", marketing_consent="given")

    assert not can_offer(person("C1"), "service_facts", reason="service")
    assert can_offer(person("C2"), "service_facts", reason="service")
    assert can_offer(person("C1"), "named_adviser", reason="service")
    with pytest.raises(Refused, match="营销"):
        check_may_offer(person("C1"), "service_facts", reason="service")


def test_an_open_complaint_bars_every_offer_but_its_answer(by: User) -> None:
    record_complaint(client_id="C1", said="没人回电话", method="phone", by=by)

    with pytest.raises(Refused, match="投诉"):
        offer(by)
    assert not can_offer(person("C1"), "named_adviser", reason="service", channel="counter")
    assert can_offer(person("C1"), "complaint_handling", reason="service", channel="counter")


@pytest.mark.parametrize(
    ("method", "reason", "job", "due", "owner"),
    [
        ("named_adviser", "service", "assign_adviser", date(2026, 11, 24), "head"),
        ("transfer_inside_firm", "relocation", "move_service", date(2026, 11, 26), "head"),
        ("published_standard_commission", "cut_demand", "commission_request", date(2026, 11, 24), "adviser"),
        ("account_diagnosis", "heavy_loss", "diagnosis_appointment", date(2026, 11, 26), "adviser"),
    ],
)
def test_an_accepted_offer_starts_its_job(method: str, reason: str, job: str, due: date, owner: str) -> None:
    make_client(marketing_consent="given")
    people = {"adviser": adviser(), "head": make_user("branch_head", staff="S0")}
    open_now(alarm())
    call(people["adviser"])
    offer_id = offer(people["adviser"], method, reason)

    task_id = answer_offer(offer_id=offer_id, accepted=True, by=people["adviser"])

    assert task_id is not None
    task = Task.objects.get(pk=task_id)
    assert (task.kind, task.job, task.due_on, task.assignee) == ("job", job, due, people[owner])
    view = next(one for one in tasks_of_client("C1") if one.id == task_id)
    assert view.name == jobs().jobs[job].name


def test_a_declined_offer_starts_nothing_and_an_answer_is_given_once(by: User) -> None:
    offer_id = offer(by)

    assert answer_offer(offer_id=offer_id, accepted=False, by=by) is None
    assert not Task.objects.filter(kind="job").exists()
    with pytest.raises(Refused, match="已有答复"):
        answer_offer(offer_id=offer_id, accepted=True, by=by)
    with pytest.raises(NotFound):
        answer_offer(offer_id=99, accepted=True, by=by)


def test_the_same_offer_waits_for_its_answer_once(by: User) -> None:
    first = offer(by)
    with pytest.raises(Refused, match="还在等"):
        offer(by)
    answer_offer(offer_id=first, accepted=False, by=by)

    offer(by)


def test_no_level_and_no_value_changes_what_is_offered() -> None:
    case_in("in_contact", head())

    def ids(**figures: Any) -> list[str]:
        case = the_case()
        for name, value in figures.items():
            setattr(case, name, value)
        case.save()
        return [one.id for one in offers_for(person("C1"), reasons=["cut_demand"], channel="counter").offered]

    assert ids(level="yellow", value_at_stake=1) == ids(level="red", value_at_stake=10**9)
