"""How it stands at this moment, as figures, and what of it is a fault."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from wanliu.backup.house import NOTE
from wanliu.backup.tables import to_come
from wanliu.exits.queries import late_size
from wanliu.nightly import jobs
from wanliu.nightly.places import Places
from wanliu.nightly.queries import last_done
from wanliu.people.rights import Sight
from wanliu.text import Text

Grade = Literal["ok", "attention", "failed"]
HOUR: Final = 60 * 60.0
DISK_LOW: Final = 5 << 30
"""Bytes free in the home: less than a night may need."""
DISK_FULL: Final = 200 << 20
"""Bytes free in the home: less than people's work needs."""
NIGHT_LATE: Final = 30 * HOUR
"""A night a day, and six hours for one that is long or tried again."""
BEAT_LATE: Final = 2 * HOUR
"""The worker looks every minute; those with a timetable of their own let it look every hour."""
BACKUP_LATE: Final = 26 * HOUR
QUEUE_LONG: Final = 1000
"""Two wake-ups come each minute and are done at once: so many mean that nobody takes them."""


@dataclass(frozen=True)
class State:
    """None: unknown, or there was none yet. Ages in seconds, by the machine's clock."""

    database: bool
    tables: bool = False
    disk_free: int | None = None
    night_age: float | None = None
    beat_age: float | None = None
    backup_age: float | None = None
    exits_overdue: int | None = None
    queue: int | None = None


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    name: str
    grade: Grade
    said: Text


def state() -> State:
    """Never raises: what cannot be found out is unknown, and a database that is away is said so."""
    home: Path = settings.WANLIU_HOME
    found = State(
        database=False,
        disk_free=_free(home),
        beat_age=_age_of_file(Places(home).beat),
        backup_age=_age_of_backup(home / NOTE),
    )
    try:
        if to_come():
            return replace(found, database=True)
        done = last_done()
        return replace(
            found,
            database=True,
            tables=True,
            night_age=None if done is None else time.time() - done.timestamp(),
            exits_overdue=late_size(Sight()),
            queue=jobs.waiting(),
        )
    except Exception as fault:  # whatever a driver raises when its server is gone
        if isinstance(fault, DatabaseError | InterfaceError):
            connection.close()
        return found


def worker_silent_for() -> float | None:
    """Hours, where that is too long; None where it is well, or never was here."""
    age = _age_of_file(Places(settings.WANLIU_HOME).beat)
    return None if age is None or age <= BEAT_LATE else age / HOUR


def _free(home: Path) -> int | None:
    with suppress(OSError):
        return shutil.disk_usage(home).free
    return None


def _age_of_file(file: Path) -> float | None:
    with suppress(OSError):
        return max(0.0, time.time() - file.stat().st_mtime)
    return None


def _age_of_backup(note: Path) -> float | None:
    with suppress(OSError, ValueError, KeyError, TypeError):
        made = datetime.fromisoformat(json.loads(note.read_text("utf-8"))["made_at"])
        return max(0.0, time.time() - made.timestamp())
    return None


def findings(found: State) -> list[Finding]:
    """What a person should know, the worst first. ``failed``: people cannot work. What the database alone
    knows is left out where it does not answer: unknown is not well."""
    told = [
        _finding("database", "ok" if found.database else "failed", DATABASE),
        _finding("disk", _disk(found.disk_free), DISK),
        _late("worker", found.beat_age, BEAT_LATE, WORKER, _NO_WORKER),
        _late("backup", found.backup_age, BACKUP_LATE, BACKUP, _NO_BACKUP),
    ]
    if found.database:
        told.append(_finding("tables", "ok" if found.tables else "failed", TABLES))
    if found.exits_overdue is not None and found.queue is not None:
        exits, waiting = found.exits_overdue, found.queue
        told += [
            _late("night", found.night_age, NIGHT_LATE, NIGHT, _NO_NIGHT),
            _finding("exits", "attention" if exits else "ok", EXITS, count=exits),
            _finding("queue", "attention" if waiting > QUEUE_LONG else "ok", QUEUE, count=waiting),
        ]
    order: dict[Grade, int] = {"failed": 0, "attention": 1, "ok": 2}
    return sorted(told, key=lambda one: order[one.grade])


def _disk(free: int | None) -> Grade:
    if free is None or free < DISK_FULL:
        return "failed"
    return "attention" if free < DISK_LOW else "ok"


def _late(name: str, age: float | None, limit: float, said: Said, never: Text) -> Finding:
    """What was never done yet wants attention as what was done too long ago."""
    if age is None:
        return Finding(name, "attention", never)
    grade: Grade = "attention" if age > limit else "ok"
    return Finding(name, grade, said(grade, {"hours": f"{age / HOUR:.1f}"}))


def _finding(name: str, grade: Grade, said: Said, **values: object) -> Finding:
    return Finding(name, grade, said(grade, values))


def worst(told: list[Finding]) -> Grade:
    return told[0].grade


Said = Callable[[Grade, dict[str, object]], Text]


def _says(good: Text, bad: Text) -> Said:
    return lambda grade, values: (good if grade == "ok" else bad).format(**values)


DATABASE = _says(
    Text(zh="数据库有应答", en="the database answers"),
    Text(
        zh="数据库没有应答：请检查它是否运行、能否连上",
        en="the database does not answer: is it running, reachable?",
    ),
)
TABLES = _says(
    Text(zh="表结构是本版本的", en="the tables are this version's"),
    Text(zh="表结构要升级：wanliu database prepare", en="the tables are not: run wanliu database prepare"),
)
DISK = _says(
    Text(zh="磁盘空间够用", en="there is room on the disk"),
    Text(zh="磁盘空间不足：请清理或扩容", en="the disk is nearly full: make room"),
)
NIGHT = _says(
    Text(zh="上次夜间运行成功于 {hours} 小时前", en="the last night went well {hours} h ago"),
    Text(
        zh="已有 {hours} 小时没有成功的夜间运行：见夜间运行页",
        en="no night went well for {hours} h: see Nights",
    ),
)
WORKER = _says(
    Text(zh="后台任务 {hours} 小时前还在", en="the worker was there {hours} h ago"),
    Text(
        zh="后台任务已 {hours} 小时没有动静：时限没有人看，请启动 wanliu work",
        en="the worker was silent for {hours} h: nobody watches deadlines; start wanliu work",
    ),
)
BACKUP = _says(
    Text(zh="上次备份在 {hours} 小时前", en="the last backup is {hours} h old"),
    Text(
        zh="上次备份距今 {hours} 小时：请运行 wanliu backup",
        en="the last backup: {hours} h ago; run wanliu backup",
    ),
)
_NO_WORKER = Text(zh="后台任务还没有来过：请启动 wanliu work", en="no worker was here yet: start wanliu work")
_NO_NIGHT = Text(zh="还没有成功的夜间运行", en="no night went well yet")
_NO_BACKUP = Text(zh="还没有备份：请运行 wanliu backup", en="there is no backup yet: run wanliu backup")
EXITS = _says(
    Text(zh="没有超时的离开手续", en="no exit is overdue"),
    Text(zh="有 {count} 项离开手续超时：请立即办理", en="exits overdue: {count}; carry them out at once"),
)
QUEUE = _says(
    Text(zh="队列里有 {count} 个唤醒", en="wake-ups in the queue: {count}"),
    Text(
        zh="队列里积了 {count} 个唤醒：后台任务可能停了",
        en="wake-ups in the queue: {count}; the worker may have stopped",
    ),
)
