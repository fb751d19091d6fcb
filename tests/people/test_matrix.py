"""The matrix, whole: every role × action × scope against a client of one's own, of the branch, of another."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from wanliu.errors import NotAllowed
from wanliu.people.rights import Sight, can, check_may, sight
from wanliu.people.roles import ROLES, Role, matrix
from wanliu.people.user import User


@dataclass(frozen=True)
class Somebody:
    branch_id: str
    manager_id: str


OWN, COLLEAGUES, FOREIGN = Somebody("B1", "S1"), Somebody("B1", "S2"), Somebody("B2", "S3")
SEEN = {"none": (), "own": (OWN,), "branch": (OWN, COLLEAGUES), "all": (OWN, COLLEAGUES, FOREIGN)}
SIGHTS = {
    "none": Sight(nothing=True),
    "own": Sight(manager_id="S1"),
    "branch": Sight(branch_id="B1"),
    "all": Sight(),
}


def someone(role: Role, branch: str = "B1", staff: str = "S1", *, is_active: bool = True) -> User:
    return User(username="x", role=role, branch_id=branch, staff_id=staff, is_active=is_active)


@pytest.mark.parametrize("action", matrix())
@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_do_what_the_matrix_says_and_nothing_else(role: Role, action: str) -> None:
    user, scope = someone(role), matrix()[action][role]

    assert can(user, action) == (scope != "none")
    assert sight(user, action) == SIGHTS[scope]
    for client in (OWN, COLLEAGUES, FOREIGN):
        assert can(user, action, client) == (client in SEEN[scope])


@pytest.mark.parametrize("action", matrix())
@pytest.mark.parametrize("role", ROLES)
def test_somebody_who_left_may_do_nothing(role: Role, action: str) -> None:
    assert not can(someone(role, is_active=False), action)
    assert sight(someone(role, is_active=False), action) == Sight(nothing=True)


@pytest.mark.parametrize("action", matrix())
def test_without_branch_or_number_one_sees_no_client_that_has_none_either(action: str) -> None:
    nobodys = Somebody("", "")

    for role in ROLES:
        user = someone(role, branch="", staff="")
        assert can(user, action, nobodys) == (matrix()[action][role] == "all")


def test_refusals_say_whether_it_is_the_role_or_the_client() -> None:
    with pytest.raises(NotAllowed, match="没有这项权限"):
        check_may(someone("head_office"), "client.view", OWN)
    with pytest.raises(NotAllowed, match="不在您的服务范围内"):
        check_may(someone("adviser"), "client.view", FOREIGN)


def test_the_counter_sees_no_retention_script_and_head_office_and_administrators_no_client() -> None:
    assert matrix()["client.script"]["counter_clerk"] == "none"
    for action, row in matrix().items():
        if action.startswith(("client.", "people.search", "people.unmask", "exits.", "cases.")):
            assert row["head_office"] == row["administrator"] == "none", action
