"""SIGKILL of a real server under real requests, again and again: nothing half, twice or lost."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from http.client import HTTPConnection, HTTPException  # noqa: TID251 (a test asks its own server)
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import pytest

pytestmark = pytest.mark.slow
ROUNDS: Final = 12
AT_ONCE: Final = 3
LIVES: Final = (0.0, 1.0)
"""Seconds that a server lives on after it has saved something."""
PATIENCE: Final = 60.0
ROOM: Final = 8 << 20
"""Bytes of stack that a thread of Python's own has."""
HOUSE: Final = """
from datetime import date
from wanliu.people.sync import ClientRow, sync_clients
from wanliu.people.user import User
from wanliu.audit.record import System
sync_clients([ClientRow("C1", "B1", date(2005, 3, 1), manager_id="S1", name="张三丰")], by=System)
place = {"branch_id": "B1", "staff_id": "S1"}
print(User.objects.create_user("demo-S1", None, name="拟员工", role="adviser", **place).pk)
"""
FOUND: Final = """
import json
from collections import Counter
from wanliu.audit.chain import verify
from wanliu.audit.models import Event
from wanliu.cases.models import Task
told = Counter(Task.objects.values_list("title", flat=True))
events = Event.objects.filter(verb="promised").count()
print(json.dumps({"holds": verify().holds, "told": told, "events": events}))
"""
ROOMY: Final = """
import sys
from wanliu.cli import main
from wanliu.cli.commands import serve
serve.TARGET = "tests.kills.roomy:application"
sys.exit(main(sys.argv[1:]))
"""


class Server:
    """A workbench of its own: home, database, port; it may be killed and begun again."""

    def __init__(self, home: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        own = {"WANLIU_HOME": str(home), "WANLIU_DEMO": "1", "WANLIU_TODAY": "2026-11-23"}
        left = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        self.environment = {**left, **own, "DJANGO_SETTINGS_MODULE": "wanliu.settings"}
        self.process: subprocess.Popen[bytes] | None = None

    def run(self, *command: str) -> str:
        """What a command of its own prints."""
        done = subprocess.run(
            [sys.executable, *command], env=self.environment, check=True, capture_output=True, text=True
        )
        return done.stdout

    def asked(self, script: str) -> str:
        return self.run("-c", f"import django; django.setup()\n{script}")

    def begin(self, command: Sequence[str] = ("-m", "wanliu"), ready: str = "/sign-in") -> None:
        command = [*command, "serve", "--no-work", "--port", str(self.port)]
        self.process = subprocess.Popen(
            [sys.executable, *command],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with suppress(OSError, HTTPException):
                if Browser(self.port).ask("GET", ready)[0] == 200:
                    return
            time.sleep(0.05)
        raise AssertionError("the server did not answer")

    def workers(self) -> set[int]:
        """The processes that answer."""
        assert self.process is not None
        own = self.process.pid
        return {int(pid) for pid in Path(f"/proc/{own}/task/{own}/children").read_text("ascii").split()}

    def kill(self) -> None:
        """With all its workers, and without a word."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


class Browser:
    """A visitor with cookies, who asks one thing after another."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode({**form, "csrfmiddlewaretoken": self.cookies.get("csrftoken", "")})
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            page = answer.read().decode()
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, page

    def sign_in(self, user: str) -> None:
        self.ask("GET", "/sign-in")
        assert self.ask("POST", f"/sign-in/as/{user}", {})[0] == 302


class Promiser(threading.Thread):
    """Makes promise after promise, and sends each again until somebody says that it is saved."""

    def __init__(self, browser: Browser, number: int, ended: threading.Event) -> None:
        super().__init__(daemon=True)
        self.browser, self.number, self.ended = browser, number, ended
        self.saved: list[str] = []

    def run(self) -> None:
        count = 0
        while not self.ended.is_set():
            count += 1
            what = f"回电{self.number}-{count}"
            key = f"{self.number:04d}{count:012d}"
            form = {"what": what, "to_whom": "客户", "due_on": "2026-11-30", "key": key}
            while not self.ended.is_set():
                with suppress(OSError, HTTPException):
                    # 409: it was saved, only the answer was lost with the server
                    if self.browser.ask("POST", "/clients/C1/promises", form)[0] in (302, 409):
                        self.saved.append(what)
                        break
                time.sleep(0.02)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    found = Server(tmp_path)
    found.run("-m", "wanliu", "database", "prepare")
    yield found
    found.kill()


def test_a_server_killed_under_work_leaves_nothing_half_and_nothing_twice(server: Server) -> None:
    user = server.asked(HOUSE).strip().splitlines()[-1]
    chance, ended = random.Random(7), threading.Event()
    server.begin()
    people = []
    for number in range(AT_ONCE):
        browser = Browser(server.port)
        browser.sign_in(user)
        people.append(Promiser(browser, number, ended))
    for one in people:
        one.start()
    for _ in range(ROUNDS):
        _one_more_is_saved(people)
        time.sleep(chance.uniform(*LIVES))
        server.kill()
        server.begin()
    _one_more_is_saved(people)
    ended.set()
    for one in people:
        one.join(PATIENCE)
    server.kill()

    found: dict[str, Any] = json.loads(server.asked(FOUND).strip().splitlines()[-1])
    saved = {what for one in people for what in one.saved}
    assert found["holds"] and saved
    assert all(re.fullmatch(r"回电\d-\d+", what) for what in found["told"])
    assert set(found["told"].values()) == {1}, "a promise was kept twice"
    assert saved <= set(found["told"]), "what was said to be saved is not there"
    assert found["events"] == len(found["told"])


def _one_more_is_saved(people: list[Promiser]) -> None:
    """However slow the machine is."""
    before, until = sum(len(one.saved) for one in people), time.monotonic() + PATIENCE
    while sum(len(one.saved) for one in people) == before:
        assert time.monotonic() < until, "nothing was saved any more"
        time.sleep(0.02)


def test_a_worker_that_dies_takes_nobody_with_it(server: Server) -> None:
    server.begin()
    first = server.workers()
    os.kill(min(first), signal.SIGKILL)

    until = time.monotonic() + PATIENCE
    while first <= server.workers() or len(server.workers()) < len(first):
        assert time.monotonic() < until, "nobody took the dead worker's place"
        time.sleep(0.1)
    assert {Browser(server.port).ask("GET", "/sign-in")[0] for _ in range(20)} == {200}


def test_a_thread_that_answers_has_the_room_that_any_thread_of_python_has(server: Server) -> None:
    """A page that computes with less ends the process, and with it every request beside."""
    server.begin(["-c", ROOMY])
    assert int(Browser(server.port).ask("GET", "/")[1]) >= ROOM
