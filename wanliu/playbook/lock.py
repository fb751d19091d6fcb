"""``lock.json``: the version and hash of every item, so that changed words need a new number."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from wanliu.playbook.load import Playbook

FILE_NAME = "lock.json"


@dataclass(frozen=True)
class Locked:
    version: int
    hash: str


def read_lock(folder: Path) -> dict[str, Locked]:
    """What was locked: ``methods/affirming`` → version and hash; empty where there is no lock yet."""
    file = folder / FILE_NAME
    if not file.exists():
        return {}
    told = json.loads(file.read_text(encoding="utf-8"))
    return {name: Locked(one["version"], one["hash"]) for name, one in told.items()}


def lock_of(playbook: Playbook, *, only: Path | None = None) -> dict[str, Locked]:
    """Every item as it is now; ``only`` those that have a file in this folder."""
    items = {f"{item.folder}/{item.id}": item.version for item in playbook.all()}
    return {
        name: Locked(items[name], playbook.hashes[name])
        for name in sorted(items)
        if only is None or (only / f"{name}.toml").exists()
    }


def write_lock(folder: Path, lock: dict[str, Locked]) -> None:
    told = {name: {"version": one.version, "hash": one.hash} for name, one in lock.items()}
    (folder / FILE_NAME).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def changed_without_a_number(before: dict[str, Locked], now: dict[str, Locked]) -> list[str]:
    """Items whose words changed while their version did not rise."""
    return [
        name
        for name, one in now.items()
        if name in before and one.hash != before[name].hash and one.version <= before[name].version
    ]


def not_locked(before: dict[str, Locked], now: dict[str, Locked]) -> list[str]:
    """Items that the lock does not know as they are, and items that it still has and that are gone."""
    return sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
