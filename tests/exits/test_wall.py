"""The wall around the exit desk: nothing of retention is imported, named, stored or asked for there."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Model, signals

import wanliu

PACKAGE = Path(wanliu.__file__).parent
ROOM = PACKAGE / "exits"
FORBIDDEN = (
    "cases",
    "directory",
    "nightly",
    "workbench",
    "warning",
    "reasons",
    "advice",
    "indicators",
    "foresight",
)
RETENTION = re.compile(
    r"retention|retain|talk|offer|persua|win_?back|stay|keep_client|score|warning|signal|level|segment|"
    r"value_at_stake|reason|case_?id|script|precedent|advice",
    re.IGNORECASE,
)
ALLOWED_NAMES: dict[str, str] = {}
"""Name → why it has nothing to do with retention."""


@cache
def imports_of(module: str) -> frozenset[str]:
    """The modules of ours that a module names in its imports, wherever they stand in it."""
    file = file_of(module)
    if file is None:
        return frozenset()
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: imports are absolute"
            found |= {node.module or "", *(f"{node.module}.{name.name}" for name in node.names)}
    return frozenset(name for name in found if name.split(".")[0] == "wanliu" and file_of(name))


def file_of(module: str) -> Path | None:
    place = PACKAGE.joinpath(*module.split(".")[1:])
    return next((file for file in (place.with_suffix(".py"), place / "__init__.py") if file.is_file()), None)


def modules_of_the_room() -> list[str]:
    return [
        ".".join(("wanliu", *file.relative_to(PACKAGE).with_suffix("").parts))
        for file in sorted(ROOM.rglob("*.py"))
        if "migrations" not in file.parts
    ]


def reachable_from(modules: list[str]) -> set[str]:
    seen, left = set(modules), list(modules)
    while left:
        for name in imports_of(left.pop()) - seen:
            seen.add(name)
            left.append(name)
    return seen


def names_in(file: Path) -> Iterator[tuple[str, int]]:
    """Every name in the file: functions, classes, parameters, fields, variables, keywords of calls."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.Name):
            yield node.id, node.lineno
        elif isinstance(node, ast.Attribute):
            yield node.attr, node.lineno
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.arg, node.lineno


def test_room_is_there_to_be_looked_at() -> None:
    assert {"wanliu.exits.actions", "wanliu.exits.track", "wanliu.exits.proof"} <= set(modules_of_the_room())
    assert "wanliu.people.actions" in reachable_from(["wanliu.exits.actions"])


def test_nothing_of_cases_or_scores_can_be_reached_by_import() -> None:
    found = {
        name
        for name in reachable_from(modules_of_the_room())
        for wall in FORBIDDEN
        if name.split(".")[1:2] == [wall]
    }

    assert found == set()


def test_no_name_in_the_room_is_of_retention() -> None:
    found = [
        f"{file.name}:{line}: {name}"
        for file in sorted(ROOM.rglob("*.py"))
        for name, line in names_in(file)
        if RETENTION.search(name) and name not in ALLOWED_NAMES
    ]

    assert found == []


def test_no_table_of_the_room_has_a_column_of_retention_or_points_to_another_room() -> None:
    for model in apps.get_app_config("exits").get_models():
        for field in model._meta.get_fields():
            assert not RETENTION.search(field.name), f"{model.__name__}.{field.name}"
        assert rooms_pointed_to(model) <= {"exits", "people"}, model.__name__


def test_no_other_room_points_into_the_tables_of_exits() -> None:
    """A foreign key from outside, protected or not, could make an exit wait."""
    for model in apps.get_models():
        assert model._meta.app_label == "exits" or "exits" not in rooms_pointed_to(model), model.__name__


def rooms_pointed_to(model: type[Model]) -> set[str]:
    """The rooms whose tables this table's foreign keys name."""
    pointed = {getattr(field, "related_model", None) for field in model._meta.get_fields() if field.concrete}
    return {one._meta.app_label for one in pointed if isinstance(one, type) and issubclass(one, Model)}


@pytest.mark.parametrize(
    "when", ["pre_init", "post_init", "pre_save", "post_save", "pre_delete", "post_delete"]
)
def test_nobody_hangs_anything_between_an_action_and_its_row(when: str) -> None:
    for model in apps.get_app_config("exits").get_models():
        assert not getattr(signals, when).has_listeners(model), model.__name__


def test_track_is_no_wider_for_the_matrix_than_the_table_says() -> None:
    matrix = tomllib.loads((PACKAGE / "people" / "matrix.toml").read_text("utf-8"))["exits"]

    assert set(matrix) == {"view", "request", "advance", "withdraw", "survey"}
    assert {role for role, scope in matrix["withdraw"].items() if scope != "none"} == {
        "counter_clerk",
        "branch_head",
    }
