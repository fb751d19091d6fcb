"""Every action on staff leaves one event, and none of it stands where the event cannot be written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP

from tests.web import PASSWORD, make_user
from wanliu.audit.models import Event
from wanliu.errors import Changed, NotAllowed, NotFound, Refused
from wanliu.people import actions
from wanliu.people.models import SetupCode
from wanliu.people.roles import ROLES, Role
from wanliu.people.user import User

pytestmark = pytest.mark.django_db
NEW = "plum-rain-over-suzhou"


class Office:
    """An administrator, somebody at work, somebody who left, and somebody with a code."""

    def __init__(self) -> None:
        self.boss = make_user("administrator", branch="")
        self.one = make_user("adviser")
        TOTP.activate(self.one, "JBSWY3DPEHPK3PXP")
        self.gone = make_user("adviser", staff="S2", is_active=False)
        self.new, self.code = actions.add_staff(
            username="new.one", by=self.boss, name="新人", role="adviser", branch_id="B1"
        )


DEEDS: dict[str, Callable[[Office], Any]] = {
    "staff_added": lambda o: actions.add_staff(
        username="x.y", by=o.boss, name="李", role="compliance", branch_id=""
    ),
    "staff_changed": lambda o: actions.change_staff(user_id=o.one.pk, by=o.boss, capacity=20),
    "staff_stopped": lambda o: actions.change_staff(user_id=o.one.pk, by=o.boss, is_active=False),
    "staff_returned": lambda o: actions.let_back(user_id=o.gone.pk, version=1, by=o.boss),
    "sign_in_code_issued": lambda o: actions.issue_code(user_id=o.one.pk, by=o.boss),
    "second_factor_reset": lambda o: actions.reset_second_factor(user_id=o.one.pk, by=o.boss),
    "first_password_set": lambda o: actions.use_code(username="new.one", code=o.code, password=NEW),
    "password_changed": lambda o: actions.change_own_password(old=PASSWORD, new=NEW, by=o.one),
}
BY_THE_OFFICE = ("staff_added", "staff_changed", "staff_stopped", "staff_returned", "sign_in_code_issued")


@pytest.fixture
def office() -> Iterator[Office]:
    yield Office()


def snapshot() -> list[list[dict[str, Any]]]:
    tables: tuple[Any, ...] = (User, SetupCode, Authenticator)
    return [list(model.objects.order_by("pk").values()) for model in tables]


@pytest.mark.parametrize("verb", DEEDS)
def test_an_action_on_staff_leaves_one_event(office: Office, verb: str) -> None:
    before, events = snapshot(), Event.objects.count()

    DEEDS[verb](office)

    assert snapshot() != before
    assert Event.objects.count() == events + 1
    assert Event.objects.latest("pk").verb == verb


@pytest.mark.parametrize("verb", DEEDS)
def test_where_the_event_cannot_be_written_nobody_has_changed(
    office: Office, verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = snapshot()

    def fail(_event: Any) -> str:
        raise RuntimeError("no event today")

    monkeypatch.setattr("wanliu.audit.record.hash_of", fail)
    with pytest.raises(RuntimeError, match="no event"):
        DEEDS[verb](office)

    assert snapshot() == before


@pytest.mark.parametrize("role", [role for role in ROLES if role != "administrator"])
@pytest.mark.parametrize("verb", [*BY_THE_OFFICE, "second_factor_reset"])
def test_nobody_but_the_administrator_touches_staff(office: Office, verb: str, role: Role) -> None:
    office.boss = make_user(role)
    before = snapshot()
    with pytest.raises(NotAllowed):
        DEEDS[verb](office)
    assert snapshot() == before


def test_nobody_is_not_found_and_an_old_form_is_told(office: Office) -> None:
    with pytest.raises(NotFound):
        actions.issue_code(user_id=10_000, by=office.boss)
    with pytest.raises(Changed):
        actions.change_staff(user_id=office.one.pk, by=office.boss, version=7, capacity=3)
    with pytest.raises(Refused):
        actions.issue_code(user_id=office.gone.pk, by=office.boss)


def test_a_number_given_with_the_new_branch_is_kept(office: Office) -> None:
    moved = actions.change_staff(user_id=office.one.pk, by=office.boss, branch_id="B2", staff_id="S9")
    assert moved.staff_id == "S9"
    moved = actions.change_staff(user_id=office.one.pk, by=office.boss, branch_id="B3")
    assert moved.staff_id == ""
