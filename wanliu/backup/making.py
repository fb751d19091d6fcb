"""Making a backup: the tables as of one moment, the files of the home, and a manifest over both."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection

import wanliu
from wanliu import keys
from wanliu.backup import tables
from wanliu.backup.house import NOTE, TAKEN, files_of, print_of
from wanliu.backup.manifest import HOME, KEYS, SUM, TABLES, Manifest, Stored, Table, hash_of, write
from wanliu.book.atomic import appearing, locked, sweep, vanish, write_file
from wanliu.errors import Busy, EnvironmentFailed
from wanliu.text import Text

Watch = Callable[[Text, int, int], None]
PATIENCE: Final = 3 * 60 * 60.0
"""Seconds that a backup waits for a night to end."""
PAUSE: Final = 2.0
OWNER_ALONE: Final = 0o700
NAMED: Final = "wanliu-%Y%m%dT%H%M%SZ"
NAME: Final = re.compile(r"wanliu-\d{8}T\d{6}Z")
TOLD: Final = ("WANLIU_RULES", "WANLIU_NIGHTLY_AT", "WANLIU_MFA", "ALLOWED_HOSTS", "SECURE_SSL_REDIRECT")


@dataclass(frozen=True)
class Made:
    """A backup that is whole."""

    folder: Path
    manifest: Manifest
    seconds: float


def back_up(
    home: Path, target: Path, *, with_keys: bool = False, with_taken: bool = False, watch: Watch
) -> Made:
    """Writes the folder, whole or not at all; people work on meanwhile, a night waits.

    Raises UsageError where something is at the target, Busy where a night does not end, EnvironmentFailed
    where the database is of a later version than this software.
    """
    began = time.monotonic()
    with _no_night(home, watch), appearing(target) as folder:
        folder.chmod(OWNER_ALONE)
        manifest = _filled(folder, home, with_keys, with_taken, watch)
        write(folder, manifest)
    made = Made(target.absolute(), manifest, time.monotonic() - began)
    _note(home, made)
    return made


def back_up_into(
    shelf: Path, home: Path, *, keep: int | None, with_keys: bool, with_taken: bool, watch: Watch
) -> Made:
    """A backup under the name of this moment; of older ones the newest ``keep`` stay, this one among them."""
    shelf.mkdir(parents=True, exist_ok=True)
    for left in shelf.glob(".wanliu-*.unfinished-*"):
        sweep(shelf / left.name.removeprefix(".").partition(".unfinished-")[0])
    target = shelf / datetime.now(UTC).strftime(NAMED)
    made = back_up(home, target, with_keys=with_keys, with_taken=with_taken, watch=watch)
    if keep is not None:
        whole = sorted(one for one in shelf.iterdir() if NAME.fullmatch(one.name) and (one / SUM).is_file())
        for old in whole[: -max(keep, 1)]:
            vanish(old)
    return made


def _filled(folder: Path, home: Path, with_keys: bool, with_taken: bool, watch: Watch) -> Manifest:
    migrations, found = _tables(folder, watch)
    files, links = files_of(home, with_taken=with_taken)
    for number, (name, source) in enumerate(files.items(), start=1):
        _copy(source, folder / HOME / name)
        watch(FILES, number, len(files))
    if with_keys:
        _copy(home / keys.FILE, folder / KEYS)
    return Manifest(
        made_at=datetime.now(UTC),
        program=wanliu.__version__,
        engine=connection.vendor,
        keys=print_of(settings.WANLIU_KEYS),
        migrations=migrations,
        tables=found,
        files=_hashed(folder, watch),
        links=links,
        left_out=(
            *sorted(tables.LEFT_OUT),
            *(() if with_taken else (TAKEN,)),
            *(() if with_keys else (KEYS,)),
        ),
        settings={name: getattr(settings, name) for name in TOLD},
    )


def _tables(folder: Path, watch: Watch) -> tuple[dict[str, list[str]], dict[str, Table]]:
    (folder / TABLES).mkdir()
    found: dict[str, Table] = {}
    with tables.snapshot():
        migrations = tables.applied()
        if newer := tables.unknown(migrations):
            raise EnvironmentFailed(_NEWER.format(name=newer[0]))
        models = tables.models_at(migrations)
        for number, model in enumerate(models, start=1):
            name = model._meta.db_table
            found[name] = tables.dump(model, folder / file_of(name))
            watch(ROWS, number, len(models))
    return migrations, found


def file_of(table: str) -> str:
    return f"{TABLES}/{table}.jsonl.gz"


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)


def _hashed(folder: Path, watch: Watch) -> dict[str, Stored]:
    """Of what lies in the backup, read again from there."""
    files = sorted(one for one in folder.rglob("*") if one.is_file())
    found: dict[str, Stored] = {}
    for number, file in enumerate(files, start=1):
        found[file.relative_to(folder).as_posix()] = Stored(file.stat().st_size, hash_of(file))
        watch(HASHES, number, len(files))
    return found


@contextmanager
def _no_night(home: Path, watch: Watch) -> Iterator[None]:
    """Holds the lock of the nights; waits where one is running."""
    home.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + PATIENCE
    with ExitStack() as held:
        while True:
            try:
                held.enter_context(locked(home / "nightly.lock"))
                break
            except Busy:
                if time.monotonic() > until:
                    raise
                watch(WAITS, 0, 1)
                time.sleep(PAUSE)
        yield


def _note(home: Path, made: Made) -> None:
    """For whoever watches over the house: when the last backup was made."""
    told: dict[str, Any] = {
        "made_at": made.manifest.made_at.isoformat(),
        "bytes": made.manifest.bytes,
        "rows": made.manifest.rows,
        "seconds": round(made.seconds, 1),
    }
    write_file(home / NOTE, (json.dumps(told) + "\n").encode("utf-8"))


WAITS = Text(zh="等夜间运行结束", en="Waiting for the night to end")
ROWS = Text(zh="写出各表", en="Writing the tables")
FILES = Text(zh="复制文件", en="Copying files")
HASHES = Text(zh="计算校验值", en="Taking hashes")
_NEWER = Text(
    zh="数据库属于更新的版本（{name}），本版本不能备份。请用较新的软件备份。",
    en="The database is of a later version ({name}); this one cannot back it up. Use the later software.",
)
