"""The database's tables out into files and back, the same files for SQLite and PostgreSQL.

Tables are read as the migrations that the database has seen describe them, and filled as the migrations of
the archive describe them: an archive of an earlier version is restored as it was, then brought up.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Final

from django.apps.registry import Apps
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import AutoField, Model

from wanliu.backup.manifest import Table
from wanliu.backup.rows import columns, names, reader, written

AT_ONCE: Final = 2000
LEVEL: Final = 6
"""Of gzip: what a table has is repeated often, more effort saves little."""
LEFT_OUT: Final = frozenset(("django_session",))
"""Who is signed in is no one's work: after a restore everybody signs in again."""


@contextmanager
def snapshot() -> Iterator[None]:
    """Within the block every query sees the database of one moment; nobody who writes waits for it."""
    if connection.vendor == "postgresql":
        with transaction.atomic():
            _execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    connection.ensure_connection()
    _execute("BEGIN")  # Django's own would be IMMEDIATE, and hold up everybody who writes
    try:
        yield
    finally:
        _execute("ROLLBACK")


def applied() -> dict[str, list[str]]:
    """The migrations that this database has seen, by app."""
    found: dict[str, list[str]] = {}
    for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
        found.setdefault(app, []).append(name)
    return found


def to_come() -> list[str]:
    """The migrations that this database has not seen yet."""
    seen = MigrationRecorder(connection).applied_migrations()
    return [
        f"{app}.{name}"
        for app, name in MigrationLoader(connection).disk_migrations
        if (app, name) not in seen
    ]


def unknown(migrations: dict[str, list[str]]) -> list[str]:
    """Those of them that this version of the software does not have: somebody newer wrote them."""
    known = MigrationLoader(connection).disk_migrations
    return [
        f"{app}.{name}" for app, names in migrations.items() for name in names if (app, name) not in known
    ]


def models_at(migrations: dict[str, list[str]]) -> list[type[Model]]:
    """The tables as they are after these migrations, by name; without those that are left out."""
    nodes = [(app, name) for app, names in migrations.items() for name in names]
    apps: Apps = MigrationLoader(connection).project_state(nodes).apps
    found = [
        one
        for one in apps.get_models(include_auto_created=True)
        if one._meta.managed and not one._meta.proxy and one._meta.db_table not in LEFT_OUT
    ]
    return sorted(found, key=lambda one: one._meta.db_table)


def dump(model: type[Model], file: Path) -> Table:
    """Writes every row, by its key; the same rows give the same bytes."""
    fields = columns(model)
    found = model._base_manager.order_by("pk").values_list(*(field.attname for field in fields))
    count = 0
    with file.open("wb") as out, gzip.GzipFile("", "wb", LEVEL, out, mtime=0) as stream:
        for row in found.iterator(chunk_size=AT_ONCE):
            stream.write(written(fields, row))
            count += 1
    return Table(count, tuple(names(fields)), _last_number(model))


def fill(model: type[Model], file: Path) -> int:
    """How many rows were written into the empty table."""
    fields = columns(model)
    table = model._meta.db_table
    with gzip.open(file, "rb") as lines:
        rows = reader(fields, table)(iter(lines))
        put = _copy if connection.vendor == "postgresql" else _insert
        return put(table, names(fields), rows)


def _copy(table: str, into: Sequence[str], rows: Iterator[list[Any]]) -> int:
    count = 0
    command = f"COPY {_quoted(table)} ({', '.join(map(_quoted, into))}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


def _insert(table: str, into: Sequence[str], rows: Iterator[list[Any]]) -> int:
    count = 0
    marks = ", ".join(["%s"] * len(into))
    command = f"INSERT INTO {_quoted(table)} ({', '.join(map(_quoted, into))}) VALUES ({marks})"
    with connection.cursor() as cursor:
        while some := list(islice(rows, AT_ONCE)):
            cursor.executemany(command, some)
            count += len(some)
    return count


def count(model: type[Model]) -> int:
    return model._base_manager.count()


def go_on_counting(models: Sequence[type[Model]], tables: dict[str, Table]) -> None:
    """No number is given twice, be it to what was deleted: records name rows by their number."""
    for statement in connection.ops.sequence_reset_sql(no_style(), list(models)):
        _execute(statement)
    for model in models:
        last = tables[model._meta.db_table].last
        if last is not None:
            _count_from(model, last)


def _count_from(model: type[Model], last: int) -> None:
    table = model._meta.db_table
    if connection.vendor == "postgresql":
        name = _one("SELECT pg_get_serial_sequence(%s, %s)", _quoted(table), model._meta.pk.column)
        given = _one(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {name}")
        if last > given:
            _execute("SELECT setval(%s, %s)", name, last)
    elif _one("SELECT seq FROM sqlite_sequence WHERE name = %s", table) is None:
        _execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", table, last)
    else:
        _execute("UPDATE sqlite_sequence SET seq = max(seq, %s) WHERE name = %s", last, table)


def _last_number(model: type[Model]) -> int | None:
    """The last number that the database gave to a row; None where it gives none, or gave none yet."""
    key = model._meta.pk
    if not isinstance(key, AutoField):
        return None
    if connection.vendor == "postgresql":
        name = _one("SELECT pg_get_serial_sequence(%s, %s)", _quoted(model._meta.db_table), key.column)
        given = _one(f"SELECT last_value FROM {name} WHERE is_called")
    else:
        given = _one("SELECT seq FROM sqlite_sequence WHERE name = %s", model._meta.db_table)
    return None if given is None else int(given)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _execute(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)


def _one(statement: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        row = cursor.fetchone()
    return None if row is None else row[0]
