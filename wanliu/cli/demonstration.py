"""The people of the demonstration: the staff of the invented brokerage, and one for each other role."""

from __future__ import annotations

from typing import Any

import duckdb

from wanliu.book.sealed import Book
from wanliu.people.roles import ROLES, Role
from wanliu.people.user import User

NAMES: dict[Role, str] = {
    "duty_adviser": "周值班",
    "counter_clerk": "吴柜台",
    "branch_head": "郑经理",
    "compliance": "王合规",
    "head_office": "冯总部",
    "administrator": "陈管理",
}
WHOLE_FIRM: tuple[Role, ...] = ("compliance", "head_office", "administrator")


def make_people(book: Book) -> None:
    """Nobody has a password: the sign-in page of a demonstration has a button for each role. Done once."""
    if User.objects.exists():
        return
    staff = _staff(book)
    for row in staff:
        _make(
            "adviser",
            f"demo-{row['staff_id']}",
            row["name"] or row["staff_id"],
            row["branch_id"],
            row["staff_id"],
        )
    branch_id = staff[0]["branch_id"] if staff else ""
    for role in (one for one in ROLES if one in NAMES):
        place = "" if role in WHOLE_FIRM else branch_id
        _make(role, f"demo-{role}", NAMES[role], place, "")


def _make(role: Role, username: str, name: str, branch_id: str, staff_id: str) -> None:
    User.objects.create_user(username, None, name=name, role=role, branch_id=branch_id, staff_id=staff_id)


def _staff(book: Book) -> list[dict[str, Any]]:
    """Whoever has most clients comes first."""
    with duckdb.connect() as connection:
        found = connection.execute(
            f"SELECT s.staff_id, s.branch_id, s.name FROM ({book.rows_of('staff')}) s "
            f"LEFT JOIN ({book.rows_of('clients')}) c ON c.manager_id = s.staff_id "
            f"GROUP BY ALL ORDER BY count(c.client_id) DESC, s.staff_id"
        )
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
