"""What lies in a home, and what of it belongs into a backup; and who is in the house at this moment."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

from wanliu import keys
from wanliu.book.atomic import machine_faults
from wanliu.errors import Busy, EnvironmentFailed
from wanliu.keys import Keys
from wanliu.nightly.places import BEAT, UNFINISHED
from wanliu.text import Text

LOCK: Final = "house.lock"
NOTE: Final = "backup.json"
"""When the last backup was made, and how large it is."""
OWN: Final = frozenset((keys.FILE, LOCK, NOTE, BEAT, "nightly.lock", "rounds.lock"))
"""Of this installation, not of the house's work; keys go along only when that is asked for."""
DATABASES: Final = (".sqlite3", ".sqlite3-wal", ".sqlite3-shm", ".sqlite3-journal")
"""The tables are written apart, as of one moment; the queue holds nothing (see ``jobs.py``)."""
TAKEN: Final = "taken"
"""Deliveries whose content is in the book."""


def belongs(name: str, *, with_taken: bool) -> bool:
    """Whether this file or folder of the home belongs into a backup."""
    return not (
        name in OWN or name.startswith(".") or name.endswith(DATABASES) or (name == TAKEN and not with_taken)
    )


def files_of(home: Path, *, with_taken: bool) -> tuple[dict[str, Path], dict[str, str]]:
    """Files and links, by their names from the home. A link that leads out of it counts as what is there."""
    files: dict[str, Path] = {}
    links: dict[str, str] = {}
    for one in sorted(home.iterdir()):
        if belongs(one.name, with_taken=with_taken):
            _add(one, one.name, home.resolve(), files, links)
    return files, links


def _add(path: Path, name: str, home: Path, files: dict[str, Path], links: dict[str, str]) -> None:
    if path.is_symlink() and path.resolve().is_relative_to(home):
        links[name] = os.path.relpath(path.resolve(), path.parent.resolve())
    elif path.is_dir():
        for one in sorted(path.iterdir()):
            if not one.name.startswith(".") and not one.name.endswith(UNFINISHED):
                _add(one, f"{name}/{one.name}", home, files, links)
    elif path.is_file():
        files[name] = path


def print_of(own: Keys) -> str:
    """Says whether two houses have the same keys, and nothing about the keys."""
    return hashlib.sha256(f"wanliu keys:{own.seal}:{own.find}".encode()).hexdigest()[:16]


@contextmanager
def in_use(home: Path) -> Iterator[None]:
    """Whoever serves or works holds this: nobody restores meanwhile. Raises EnvironmentFailed where a
    restore is under way, or was interrupted half-way."""
    with _held(home, fcntl.LOCK_SH) as lock:
        if lock.read():
            raise EnvironmentFailed(_HALF.format(home=home))
        yield


@contextmanager
def alone(home: Path) -> Iterator[Path]:
    """The file of the lock, for who restores. Raises Busy where somebody serves or works."""
    with _held(home, fcntl.LOCK_EX):
        yield home / LOCK


@contextmanager
def _held(home: Path, how: int) -> Iterator[TextIO]:
    home.mkdir(parents=True, exist_ok=True)
    with machine_faults(home), (home / LOCK).open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, how | fcntl.LOCK_NB)
        except BlockingIOError as failure:
            raise Busy((_IN_USE if how == fcntl.LOCK_EX else _RESTORING).format(home=home)) from failure
        lock.seek(0)
        yield lock


_HALF = Text(
    zh="{home} 的恢复中途断了，里面的数据不完整。请再运行一次 wanliu restore … --replace。",
    en="A restore into {home} was interrupted; what is there is not whole. Run wanliu restore … --replace "
    "again.",
)
_IN_USE = Text(
    zh="{home} 正在使用。请先停掉 wanliu serve、wanliu work 和夜间运行，再恢复。",
    en="{home} is in use. Stop wanliu serve, wanliu work and the nightly run first, then restore.",
)
_RESTORING = Text(
    zh="{home} 正在恢复备份。请等它结束后再试。",
    en="A backup is being restored into {home}. Wait until that has ended.",
)
