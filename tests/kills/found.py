"""Every action of every room, found: what changes something for somebody (``by``)."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, Final

ROOMS: Final = (
    "people",
    "directory",
    "exits",
    "concessions",
    "approvals",
    "drafts",
    "tariffs",
    "cases",
    "nightly",
    "privacy",
)
ROWS: Final = (
    "Row",
    "models.Approval",
    "models.RuleDraft",
    "models.TariffVersion",
    "Exit",
    "Case",
    "Contact",
    "Folder",
    "Task",
)


def actions() -> dict[str, Callable[..., Any]]:
    """``room.name`` → the action."""
    return {
        f"{room}.{name}": function
        for room in ROOMS
        for module in _modules(room)
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if not name.startswith("_")
        and inspect.unwrap(function).__module__ == module.__name__
        and _is_action(function, module)
    }


def _modules(room: str) -> Iterator[ModuleType]:
    folder = importlib.import_module(f"wanliu.{room}")
    for found in pkgutil.iter_modules(folder.__path__):
        if not found.ispkg:
            yield importlib.import_module(f"wanliu.{room}.{found.name}")


def _is_action(function: Callable[..., Any], module: ModuleType) -> bool:
    """Whoever takes a row in hand is a part of an action, and is none itself."""
    given = inspect.signature(function).parameters
    if "by" not in given or "verb" in given or function.__name__.startswith("locked"):
        return False
    if any(one.annotation in ROWS for one in given.values()):
        return False
    named = all(one.kind is one.KEYWORD_ONLY for one in given.values())
    atomic = hasattr(function, "__wrapped__")
    offered = any(
        vars(importlib.import_module(f"wanliu.{room}.actions")).get(function.__name__) is function
        for room in ROOMS
    )
    return named or atomic or offered or module.__name__ == "wanliu.people.sync"
