"""The seven roles, and the matrix role × action × scope that says who may do what to whom."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final, Literal, get_args

from wanliu.text import Text

Role = Literal[
    "adviser", "duty_adviser", "counter_clerk", "branch_head", "compliance", "head_office", "administrator"
]
Scope = Literal["none", "own", "branch", "all"]

ROLES: Final[Mapping[Role, Text]] = {
    "adviser": Text(zh="客户经理", en="Adviser"),
    "duty_adviser": Text(zh="值班投顾", en="Adviser on duty"),
    "counter_clerk": Text(zh="柜台经办", en="Counter clerk"),
    "branch_head": Text(zh="营业部负责人", en="Branch head"),
    "compliance": Text(zh="合规", en="Compliance"),
    "head_office": Text(zh="总部", en="Head office"),
    "administrator": Text(zh="系统管理员", en="Administrator"),
}


@cache
def matrix() -> Mapping[str, Mapping[Role, Scope]]:
    """Action → role → scope; every action names all seven roles. Raises ValueError if one does not."""
    content = tomllib.loads((files("wanliu.people") / "matrix.toml").read_text("utf-8"))
    rows = {f"{room}.{action}": row for room, actions in content.items() for action, row in actions.items()}
    for action, row in rows.items():
        _check(action, row)
    return rows


def _check(action: str, row: Mapping[str, str]) -> None:
    if set(row) != set(ROLES) or not set(row.values()) <= set(get_args(Scope)):
        raise ValueError(f"matrix.toml: {action} must give each of the seven roles one of {get_args(Scope)}")
