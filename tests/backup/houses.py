"""Houses to back up, places to restore into, and a second look at tables that shares nothing with ours."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from django.conf import settings

from tests.outside import database_url, environment
from tests.workbench.full_house import FullHouse, full
from wanliu.audit.chain import write_head
from wanliu.clock import today

ON_POSTGRES: Final = "DATABASE_URL" in os.environ
NEVER_KEPT: Final = ("django_session",)
FILES: Final = {
    "book/manifest.json": b"{}",
    "book/trades/2026-10.parquet": bytes(range(256)) * 40,
    "runs/2026-11-20/run.json": b'{"as_of": "2026-11-20"}',
    "models/2026-10/model.json": b"{}",
    "predictions/2026-11-20.parquet": b"P" * 999,
    "studies/one/study.json": b"[]",
    "calendar.csv": b"date\n2027-01-04\n",
    "mapping.toml": b"fills = true\n",
    "内容/自有.toml": '标题 = "自有"\n'.encode(),
    "inbox/2026-12/assets.csv": b"client_id\n",
}
LEFT: Final = {
    "inbox/2027-01.part/assets.csv": b"half",
    "taken/2026-10/assets.csv": b"client_id\n",
    ".wanliu-cache/x": b"x",
    "nightly.lock": b"",
}


def furnished(home: Path) -> FullHouse:
    """The full house in the test's database, and a home with something of every kind in it."""
    house = full(others=5)
    for name, content in {**FILES, **LEFT}.items():
        file = home / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    (home / "models/current").symlink_to("2026-10")
    write_head(home / "heads", today())
    return house


def run(*words: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """A command of ours, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "wanliu", *words], env=env, check=False, capture_output=True, text=True
    )


@contextmanager
def empty_house(home: Path, *, postgres: bool = ON_POSTGRES) -> Iterator[dict[str, str]]:
    """The environment of a house with nothing in it: a home of its own, and a database of its own."""
    home.mkdir(parents=True, exist_ok=True)
    told = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    told |= {"WANLIU_HOME": str(home), "DJANGO_SETTINGS_MODULE": "wanliu.settings"}
    if not postgres:
        yield told
        return
    name = f"restored_{uuid4().hex}"  # each worker's own: they share the server
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield {
                **told,
                "DATABASE_URL": urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl(),
            }
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


Rows = dict[str, list[tuple[Any, ...]]]


def rows_here() -> Rows:
    """Every row of every table of the test's own database, as the driver gives it."""
    return rows_of(environment(settings.WANLIU_HOME))


def rows_of(env: dict[str, str]) -> Rows:
    url = env.get("DATABASE_URL", f"sqlite:///{env['WANLIU_HOME']}/wanliu.sqlite3")
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as lite:
            return _rows(lite.cursor(), postgres=False)
    with psycopg.connect(url) as found, found.cursor() as cursor:
        return _rows(cursor, postgres=True)


def write_elsewhere() -> int:
    """How many rows another process saved just now, without having to wait."""
    url = database_url()
    put = "INSERT INTO workbench_usedform (key, at) VALUES ('k', '2026-01-01')"
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=0.1)) as lite, lite:
            return lite.execute(put).rowcount
    with psycopg.connect(url, options="-c lock_timeout=100") as other:
        return other.execute(put).rowcount


def _rows(cursor: Any, postgres: bool) -> Rows:
    tables = (
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'huey%'"
        if postgres
        else "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    )
    cursor.execute(tables)
    names = sorted(name for (name,) in cursor.fetchall() if name not in (*NEVER_KEPT, "django_migrations"))
    found: Rows = {}
    for name in names:
        cursor.execute(f'SELECT * FROM "{name}"')
        found[name] = sorted((tuple(map(_plain, row)) for row in cursor.fetchall()), key=repr)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, memoryview):
        return bytes(value)
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True, ensure_ascii=False)
    return value


def files_in(home: Path) -> dict[str, bytes]:
    """What a house keeps as files: all but its own locks, keys and database."""
    own = ("keys.json", "house.lock", "nightly.lock", "rounds.lock", "backup.json", "worker.beat")
    return {
        one.relative_to(home).as_posix(): one.read_bytes()
        for one in sorted(home.rglob("*"))
        if one.is_file() and one.name not in own and ".sqlite3" not in one.name
    }
