"""Asked by one, decided by another with the authority, in time, on exactly what was sent; on record."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests.concessions.desk import MONDAY, on
from tests.web import make_user
from wanliu.approvals import models
from wanliu.approvals.actions import ask, decide, expire, take_back
from wanliu.approvals.authority import kinds
from wanliu.approvals.queries import (
    Approval,
    approval_of,
    decided,
    granted,
    history,
    latest,
    waiting,
    why_not,
)
from wanliu.approvals.states import STATES
from wanliu.audit.queries import events_of_stream
from wanliu.clock import trading_days
from wanliu.errors import Changed, NotAllowed, NotFound, Refused
from wanliu.people.rights import can
from wanliu.people.roles import ROLES, Role, matrix
from wanliu.people.user import User

pytestmark = pytest.mark.django_db
DIGEST = "a" * 64


def office(**given: Any) -> User:
    return make_user("head_office", branch="", staff="", **given)


def asked(by: User, **given: Any) -> Approval:
    told: dict[str, Any] = {
        "kind": "tariff",
        "subject": "1",
        "name": "新标准",
        "digest": DIGEST,
        "why": "太远",
    }
    return ask(**(told | given), by=by)


def decides(one: Approval, by: User, **given: Any) -> Approval:
    told: dict[str, Any] = {"decision": "granted", "reason": "同意", "digest": DIGEST, "version": one.version}
    return decide(approval_id=one.id, by=by, **(told | given))


def test_one_asks_another_decides_and_both_are_on_record() -> None:
    with on(MONDAY):
        maker, checker = office(), office()
        one = asked(maker, size=Decimal("0.3"))
        assert waiting(checker) == [one] and one.until == trading_days().after(MONDAY, 10)

        done = decides(one, checker)

    assert (done.state, done.asked_by, done.decided_by, done.reason) == (
        "granted",
        maker.pk,
        checker.pk,
        "同意",
    )
    assert granted("tariff") == {"1": done} == latest("tariff", ["1", "2"]) and history("tariff", "1") == [
        done
    ]
    assert decided(maker) == [done] and waiting(checker) == []
    events = events_of_stream(f"approval/{one.id}")
    assert {event.verb for event in events} == {"approval_asked", "approval_granted"}
    assert all(event.ids["hash"] == DIGEST and event.client_id is None for event in events)


def test_nobody_decides_on_their_own_whatever_the_role() -> None:
    maker = office()
    one = asked(maker)
    with pytest.raises(Refused, match="自己提交的"):
        decides(one, maker)
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Approval.objects.update(
            state="granted", decided_by=maker, decided_at=one.asked_at, reason="自批"
        )


@pytest.mark.parametrize(("size", "may"), [("0.20", True), ("0.200001", False), (None, True)])
def test_a_role_decides_up_to_its_limit_and_not_a_hair_further(size: str | None, may: bool) -> None:
    one = asked(office(), size=None if size is None else Decimal(size))
    checker = make_user("compliance", branch="", staff="")
    assert (why_not(checker, one) is None) is may
    if may:
        assert decides(one, checker).state == "granted"
    else:
        with pytest.raises(Refused, match="超出您的审批权限"):
            decides(one, checker)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("kind", kinds())
def test_the_matrix_alone_says_who_asks_and_who_decides(kind: str, role: Role) -> None:
    user = make_user(role, branch="B1")
    if can(user, kinds()[kind].asks):
        one = asked(user, kind=kind)
    else:
        with pytest.raises(NotAllowed):
            asked(user, kind=kind)
        one = asked(office(), kind=kind)
    by = make_user(role, branch="B1")
    if can(by, kinds()[kind].decides):
        assert decides(one, by).state == "granted"
    else:
        with pytest.raises(NotAllowed):
            decides(one, by)


def test_every_kind_names_actions_of_the_matrix_and_roles_that_may_decide() -> None:
    for kind in kinds().values():
        assert {kind.asks, kind.decides} <= set(matrix())
        may = {role for role, scope in matrix()[kind.decides].items() if scope != "none"}
        assert set(kind.up_to) == may and kind.name.zh and kind.size.en
    assert all(one.zh and one.en for one in STATES.values())


def test_what_was_changed_since_is_not_approved() -> None:
    one = asked(office())
    with pytest.raises(Changed, match="内容变了"):
        decides(one, office(), digest="b" * 64)
    assert approval_of(one.id).state == "waiting"


@pytest.mark.parametrize("reason", ["", " \n", "长" * 501, "a\x1b[2J", "\u202e"])
def test_without_a_plain_reason_nothing_is_asked_or_decided(reason: str) -> None:
    with pytest.raises(Refused):
        asked(office(), why=reason)
    one = asked(office())
    with pytest.raises(Refused):
        decides(one, office(), reason=reason)
    assert approval_of(one.id) == one


def test_it_waits_once_and_is_granted_once() -> None:
    one = asked(office())
    with pytest.raises(Refused, match="已经在审批"):
        asked(office())
    decides(one, office())
    with pytest.raises(Refused, match="已经批准"):
        asked(office())
    with pytest.raises(Refused, match="已经结束"):
        decides(approval_of(one.id), office())


def test_refused_it_may_be_asked_anew_and_the_history_stays() -> None:
    one = decides(asked(office()), office(), decision="refused", reason="依据不足")
    two = asked(office(), why="补了依据")
    assert [each.state for each in history("tariff", "1")] == ["refused", "waiting"]
    assert latest("tariff", ["1"])["1"] == two != one


def test_undecided_it_expires_after_its_last_day_and_once() -> None:
    with on(MONDAY):
        one = asked(office())
    assert expire(day=one.until) == [] and approval_of(one.id).state == "waiting"
    with on(one.until + timedelta(days=1)), pytest.raises(Refused, match="期限"):
        decides(one, office())
    assert expire(day=one.until + timedelta(days=1)) == [one.id]
    assert expire(day=date(2030, 1, 1)) == [] and approval_of(one.id).state == "expired"


def test_only_whoever_asked_takes_it_back() -> None:
    maker = office()
    one = asked(maker)
    with pytest.raises(Refused, match="只有报送的人"):
        take_back(approval_id=one.id, version=one.version, by=office())
    with pytest.raises(Changed):
        take_back(approval_id=one.id, version=one.version + 1, by=maker)
    assert take_back(approval_id=one.id, version=one.version, by=maker).state == "withdrawn"


@pytest.mark.parametrize("decision", ["", "waiting", "withdrawn", "maybe"])
def test_a_decision_is_one_of_two(decision: str) -> None:
    with pytest.raises(Refused, match="批准或不批准"):
        decides(asked(office()), office(), decision=decision)


def test_what_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound):
        approval_of(1)
    with pytest.raises(NotFound):
        asked(office(), kind="no_such")


def test_a_decision_without_its_record_does_not_come_about(monkeypatch: pytest.MonkeyPatch) -> None:
    one = asked(office())

    def fail(_: object) -> str:
        raise RuntimeError("no record")

    monkeypatch.setattr("wanliu.audit.record.hash_of", fail)
    with pytest.raises(RuntimeError):
        decides(one, office())
    assert approval_of(one.id) == one
