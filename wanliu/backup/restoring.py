"""The way back: a backup is checked whole, laid down beside, and put in place in the last moment.

Until then nothing of the house has changed: SQLite gets a new file beside the old one, PostgreSQL one
transaction. Killed in that last moment, the house says so itself and nothing serves it (``house.in_use``).
"""

from __future__ import annotations

import os
import secrets
import shutil
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Model

from wanliu import keys
from wanliu.audit.chain import Verified, verify
from wanliu.audit.record import System
from wanliu.backup import tables
from wanliu.backup.house import alone, belongs, print_of
from wanliu.backup.making import Watch, file_of
from wanliu.backup.manifest import HOME, KEYS, Manifest, check_file, read
from wanliu.backup.rows import columns, names
from wanliu.book.atomic import locked, machine_faults, sync_tree
from wanliu.errors import ArchiveRefused, UsageError
from wanliu.people.lost_keys import let_go_of_names
from wanliu.text import Text

OWNER_ALONE: Final = 0o600
DATABASE: Final = "database"
DATABASE_FILES: Final = ("", "-wal", "-shm", "-journal")


@dataclass(frozen=True)
class Restored:
    """``aside``: where what was in the home before lies now, where it was replaced."""

    manifest: Manifest
    records: Verified
    aside: Path | None
    nameless: int
    """Clients whose names and phones were given up, for want of the keys."""


def restore(
    source: Path, home: Path, *, replace: bool = False, without_keys: bool = False, watch: Watch
) -> Restored:
    """Raises ArchiveRefused for a backup that is damaged, foreign or later; UsageError where the house holds
    something, or the keys are missing, and it was not said to go on; Busy where the house is in use."""
    manifest = read(source)
    with alone(home) as lock, _no_night(home):
        if not replace and (held := _held(home)):
            raise UsageError(_NOT_EMPTY.format(home=home, what=held))
        _check_keys(manifest, home, without_keys)
        models = _models(manifest)
        for number, (name, stored) in enumerate(manifest.files.items(), start=1):
            check_file(source, name, stored)
            watch(CHECKS, number, len(manifest.files))
        with machine_faults(home), _beside(home) as staged:
            _lay_down(source, staged, manifest, watch)
            nameless = _into_database(Filling(source, manifest, models, watch), staged, lock)
            aside = _into_place(staged, home, lock)
        if not replace:  # there was nothing but what every start makes
            shutil.rmtree(aside)
    return Restored(manifest, verify(_last_head(home)), aside if replace else None, nameless)


def _held(home: Path) -> str:
    """What of the house's work is there already; empty where nothing is."""
    for one in sorted(home.iterdir()):
        if belongs(one.name, with_taken=True):
            return one.name
    for name in set(_tables_there()) - {"django_migrations", "django_content_type", "auth_permission"}:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(name)} LIMIT 1")
            if cursor.fetchone():
                return name
    return ""


def _tables_there() -> list[str]:
    """Of ours: whatever else lies in the same database stays."""
    ours = connection.introspection.django_table_names(only_existing=True, include_views=False)
    there = connection.introspection.table_names()
    return sorted({*ours, *({"django_migrations"} & set(there))})


def _fits(manifest: Manifest) -> bool:
    """Whether names and phones can be read with the keys of this house."""
    return manifest.has_keys or manifest.keys == print_of(settings.WANLIU_KEYS)


def _check_keys(manifest: Manifest, home: Path, without_keys: bool) -> None:
    if not _fits(manifest) and not without_keys:
        raise UsageError(_NO_KEYS.format(file=home / keys.FILE))


def _models(manifest: Manifest) -> list[type[Model]]:
    """The archive's tables, as its own migrations describe them. Raises ArchiveRefused where they do not."""
    if newer := tables.unknown(dict(manifest.migrations)):
        raise ArchiveRefused(_NEWER.format(program=manifest.program, name=newer[0]))
    models = tables.models_at(dict(manifest.migrations))
    for model in models:
        name = model._meta.db_table
        table = manifest.tables.get(name)
        if table is None or list(table.columns) != names(columns(model)):
            raise ArchiveRefused(_FOREIGN.format(table=name))
    return models


# --- laying down beside ---------------------------------------------------------------------------


@contextmanager
def _beside(home: Path) -> Iterator[Path]:
    """A hidden folder in the home, on its disk; what a killed restore left there goes."""
    for left in home.glob(".restoring-*"):
        shutil.rmtree(left, ignore_errors=True)
    staged = home / f".restoring-{secrets.token_hex(4)}"
    (staged / HOME).mkdir(parents=True)
    try:
        yield staged
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _lay_down(source: Path, staged: Path, manifest: Manifest, watch: Watch) -> None:
    names = list(manifest.in_home())
    for number, name in enumerate(names, start=1):
        target = staged / HOME / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source / HOME / name, target)
        check_file(staged, f"{HOME}/{name}", manifest.files[f"{HOME}/{name}"])
        watch(FILES, number, len(names))
    for name, leads_to in manifest.links.items():
        link = staged / HOME / name
        link.parent.mkdir(parents=True, exist_ok=True)
        if not Path(os.path.normpath(link.parent / leads_to)).is_relative_to(staged / HOME):
            raise ArchiveRefused(_LEADS_OUT.format(name=name))
        link.symlink_to(leads_to)
    if manifest.has_keys:
        shutil.copy2(source / KEYS, staged / KEYS)
        (staged / KEYS).chmod(OWNER_ALONE)
    sync_tree(staged)


# --- the database ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Filling:
    """What goes into the database, and from where."""

    source: Path
    manifest: Manifest
    models: Sequence[type[Model]]
    watch: Watch


def _into_database(what: Filling, staged: Path, lock: Path) -> int:
    """How many clients lost their names, for want of the keys."""
    try:
        if connection.vendor == "sqlite":
            with _new_file(staged / DATABASE):
                return _brought_up(what)
        with transaction.atomic():
            _empty()
            nameless = _brought_up(what)
            _mark(lock)  # from here on the database may be the new one, and the files the old ones
        return nameless
    except IntegrityError as fault:
        raise ArchiveRefused(_NO_SENSE) from fault


def _brought_up(what: Filling) -> int:
    """The archive's tables with all their rows, then as this version of the software has them."""
    _fill(what)
    if tables.to_come():
        call_command("migrate", interactive=False, verbosity=0)
    return 0 if _fits(what.manifest) else let_go_of_names(by=System)


@contextmanager
def _new_file(file: Path) -> Iterator[None]:
    """Within the block this file is SQLite's database."""
    own = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = str(file)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own


def _empty() -> None:
    with connection.cursor() as cursor:
        for name in _tables_there():
            cursor.execute(f"DROP TABLE {connection.ops.quote_name(name)} CASCADE")


def _fill(what: Filling) -> None:
    MigrationExecutor(connection).migrate(_ends(what.manifest))
    with transaction.atomic():
        for number, model in enumerate(what.models, start=1):
            _fill_table(what.source, model, what.manifest)
            what.watch(ROWS, number, len(what.models))
        connection.check_constraints()
    tables.go_on_counting(what.models, dict(what.manifest.tables))
    _compare(what.models, what.manifest)


def _ends(manifest: Manifest) -> list[tuple[str, str]]:
    """The last migrations of each app: those that no other one of the archive follows within the app."""
    graph = MigrationExecutor(connection).loader.graph
    seen = {(app, name) for app, names in manifest.migrations.items() for name in names}
    return sorted(
        one
        for one in seen & set(graph.nodes)
        if not any(child.key in seen and child.key[0] == one[0] for child in graph.node_map[one].children)
    )


def _fill_table(source: Path, model: type[Model], manifest: Manifest) -> None:
    name = model._meta.db_table
    try:
        rows = tables.fill(model, source / file_of(name))
    except (EOFError, OSError, zlib.error, DatabaseError) as fault:
        if isinstance(fault, IntegrityError | OperationalError):
            raise
        raise ArchiveRefused(_FOREIGN.format(table=name)) from fault
    if rows != manifest.tables[name].rows:
        raise ArchiveRefused(_FOREIGN.format(table=name))


def _compare(models: Sequence[type[Model]], manifest: Manifest) -> None:
    """What is in the database now, counted there."""
    for model in models:
        name = model._meta.db_table
        if tables.count(model) != manifest.tables[name].rows:
            raise ArchiveRefused(_FOREIGN.format(table=name))


# --- into place -----------------------------------------------------------------------------------


def _into_place(staged: Path, home: Path, lock: Path) -> Path:
    """From the first rename to the last the lock says that this is no whole house. Returns where all that
    was there before lies."""
    _mark(lock)
    aside = home / datetime.now(UTC).strftime(".replaced-%Y%m%dT%H%M%SZ")
    aside.mkdir()
    for one in sorted(home.iterdir()):
        if belongs(one.name, with_taken=True):
            one.rename(aside / one.name)
    if connection.vendor == "sqlite":
        _database_into_place(staged / DATABASE, Path(connection.settings_dict["NAME"]), aside)
    if (staged / KEYS).exists():
        os.link(home / keys.FILE, aside / keys.FILE)
        (staged / KEYS).replace(home / keys.FILE)
    for one in sorted((staged / HOME).iterdir()):
        one.rename(home / one.name)
    os.truncate(lock, 0)
    sync_tree(aside)
    return aside


def _database_into_place(new: Path, own: Path, aside: Path) -> None:
    connection.close()
    for ending in DATABASE_FILES:
        old = own.with_name(own.name + ending)
        if old.exists():
            shutil.move(old, aside / old.name)
    shutil.move(new, own)


def _mark(lock: Path) -> None:
    with lock.open("w", encoding="utf-8") as told:
        told.write("restoring\n")
        told.flush()
        os.fsync(told.fileno())


@contextmanager
def _no_night(home: Path) -> Iterator[None]:
    """Raises Busy: somebody runs a night or makes a backup."""
    with locked(home / "nightly.lock"), locked(home / "rounds.lock"):
        yield


def _last_head(home: Path) -> Path | None:
    return max((home / "heads").glob("????-??-??.json"), default=None)


CHECKS = Text(zh="核对备份", en="Checking the backup")
FILES = Text(zh="放回文件", en="Laying down files")
ROWS = Text(zh="写回各表", en="Filling the tables")
_NOT_EMPTY = Text(
    zh="{home} 里已经有数据（{what}），没有恢复任何内容。请换一个空的 WANLIU_HOME，或加 --replace："
    "原有文件会移到一旁，数据库会被替换。",
    en="There is something in {home} already ({what}); nothing was restored. Choose an empty WANLIU_HOME, "
    "or say --replace: the files there are moved aside, and the database is replaced.",
)
_NO_KEYS = Text(
    zh="备份里没有密钥，这里的密钥也不是当时那一份。请把当时的密钥文件放到 {file} 后重试。"
    "密钥真的丢了，可加 --without-keys：其余全部恢复；已加密的姓名和电话再也读不出来，会被清空，"
    "账簿里还有的客户在下一次夜间运行后重新写入，其他人的姓名和电话永远失去；所有人须重新登录。",
    en="The backup holds no keys, and those here are not the ones that it was made with. Put the keys file "
    "of that time at {file} and try again. If it is lost, say --without-keys: all else is restored; names "
    "and phones that were encrypted cannot be read again and are emptied. Those of clients in the book come "
    "back with the next night, all others are gone for good; everybody signs in again.",
)
_NEWER = Text(
    zh="这份备份由更新的版本（{program}，{name}）写成。请先升级软件。没有恢复任何内容。",
    en="A later version ({program}, {name}) wrote this backup. Upgrade the software first; nothing was "
    "restored.",
)
_FOREIGN = Text(
    zh="备份里的表 {table} 与清单或本软件不符，没有恢复任何内容。请换一份备份。",
    en="The table {table} in the backup is not what its manifest or this software says; nothing was "
    "restored. Use another backup.",
)
_NO_SENSE = Text(
    zh="备份里的行彼此对不上，没有恢复任何内容。请换一份备份。",
    en="Rows of the backup do not fit each other; nothing was restored. Use another backup.",
)
_LEADS_OUT = Text(
    zh="备份里的链接 {name} 指向备份之外，没有恢复任何内容。",
    en="The link {name} in the backup leads out of it; nothing was restored.",
)
