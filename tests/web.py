"""A small named cast for everything that lives in the database."""

from __future__ import annotations

from datetime import date
from typing import Any

from wanliu.audit.record import System
from wanliu.people.models import Client
from wanliu.people.queries import Person, person
from wanliu.people.roles import Role
from wanliu.people.sync import ClientRow, _write
from wanliu.people.user import User

PASSWORD = "correct horse"


def make_user(role: Role, branch: str = "B1", staff: str = "S1", **given: Any) -> User:
    """A person of the role; a second one of the same role and place gets a number."""
    username = given.pop("username", None) or f"{role}-{branch}-{staff}-{User.objects.count()}"
    return User.objects.create_user(
        username,
        PASSWORD,
        name=given.pop("name", "员工"),
        role=role,
        branch_id=branch,
        staff_id=staff,
        **given,
    )


def make_client(client_id: str = "C1", branch: str = "B1", manager: str = "S1", **given: Any) -> Person:
    """A client in the directory; ``given`` are columns of ClientRow."""
    row = {"opened_on": date(2005, 3, 1), "name": "张三丰", "phone": "13800005678", **given}
    _write([ClientRow(client_id=client_id, branch_id=branch, manager_id=manager, **row)])
    return person(client_id)


__all__ = ["PASSWORD", "Client", "System", "make_client", "make_user"]
