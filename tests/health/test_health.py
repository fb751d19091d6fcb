"""What a monitor hears: one word unasked, all of it with the token, and never a client."""

from __future__ import annotations

import io
import json
import logging
import os
import shutil
import time
from collections import namedtuple
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, OperationalError, connection
from django.test import Client as Browser

from tests.cases.desk import head
from tests.web import make_client, make_user
from tests.workbench.house import browser, furnished, names
from wanliu.backup.house import NOTE
from wanliu.cli import main
from wanliu.clock import now
from wanliu.errors import EnvironmentFailed
from wanliu.exits.actions import request_exit
from wanliu.exits.models import Exit
from wanliu.health import requests, state
from wanliu.health.exposition import exposition
from wanliu.nightly import jobs, models
from wanliu.nightly.places import Places
from wanliu.workbench import machines
from wanliu.workbench.lines import JsonLines, Lines

pytestmark = pytest.mark.django_db
TOKEN: Final = "a token that is long enough"
BEARER: Final = {"Authorization": f"Bearer {TOKEN}"}
Usage = namedtuple("Usage", "total used free")
ROOMY: Final = Usage(1 << 40, 0, 1 << 39)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.WANLIU_HOME, settings.WANLIU_MONITOR_TOKEN, settings.WANLIU_MFA = tmp_path, TOKEN, []
    monkeypatch.setattr(machines, "KEPT", -1.0)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: ROOMY)
    monkeypatch.setattr(requests, "own", requests.Requests())
    monkeypatch.setattr("wanliu.workbench.seen.own", requests.own)
    return tmp_path


def grades() -> dict[str, str]:
    return {one.name: one.grade for one in state.findings(state.state())}


def test_anybody_hears_one_word_and_the_holder_of_the_token_all() -> None:
    answer = Browser().get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert Browser().get("/health/live").json() == {"status": "ok"}
    wrong = Browser().get("/health", headers={"Authorization": "Bearer wrong"})
    assert wrong.json() == {"status": "ok"} and not wrong.cookies
    told = Browser().get("/health", headers=BEARER).json()
    assert told["status"] == "attention" and told["checks"]["backup"]["grade"] == "attention"
    assert Browser().post("/health").status_code == 405


def test_figures_are_for_the_holder_of_the_token_alone(settings: LazySettings) -> None:
    furnished()
    assert Browser().get("/metrics").status_code == 404
    settings.WANLIU_MONITOR_TOKEN = ""
    assert Browser().get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_a_database_that_is_away_is_said_and_breaks_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def gone() -> None:
        raise OperationalError("server closed the connection at 10.0.0.5 for user wanliu")

    monkeypatch.setattr(state, "to_come", gone)
    monkeypatch.setattr(connection, "close", lambda: None)  # the test's own is needed again
    answer = Browser().get("/health")
    assert (answer.status_code, answer.json()) == (503, {"status": "not ok"})
    told = Browser().get("/health", headers=BEARER)
    assert told.status_code == 503 and "10.0.0.5" not in told.content.decode()
    assert not {"exits", "night", "queue", "tables"} & told.json()["checks"].keys(), "unknown is not well"
    assert Browser().get("/health/live").status_code == 200
    figures = Browser().get("/metrics", headers=BEARER).content.decode()
    assert "wanliu_database_up 0" in figures and "wanliu_exits_overdue" not in figures
    assert main(["health", "--lang", "en"]) == EnvironmentFailed.exit_code
    assert "✗ the database does not answer" in capsys.readouterr().out


def test_each_fault_of_the_house_is_named(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make_client()
    leaving = request_exit(client_id="C1", kind="close_account", channel="counter", by=head()).exit
    told: dict[str, Any] = {"ended_at": now() - timedelta(hours=1), "state": "done"}
    models.Night.objects.create(started_at=now() - timedelta(hours=2), **told)
    Places(home).beat.touch()
    (home / NOTE).write_text(json.dumps({"made_at": now().isoformat()}), "utf-8")
    assert set(grades().values()) == {"ok"}

    Exit.objects.filter(pk=leaving.id).update(step_due_on=now().date() - timedelta(days=3))
    models.Night.objects.update(ended_at=now() - timedelta(hours=31))
    old = time.time() - 3 * 3600
    os.utime(Places(home).beat, (old, old))
    (home / NOTE).write_text("no json", "utf-8")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1 << 40, 0, 1 << 30))
    monkeypatch.setattr(jobs, "waiting", lambda: 10_000)
    found = grades()
    assert {name for name, grade in found.items() if grade == "attention"} == {
        "exits", "night", "worker", "backup", "disk", "queue",
    }  # fmt: skip
    assert main(["health"]) == 0
    assert "有 1 项离开手续超时" in capsys.readouterr().out

    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1 << 40, 0, 1 << 20))
    assert Browser().get("/health").status_code == 503
    monkeypatch.setattr(state, "to_come", lambda: ["cases.0009_next"])
    assert grades()["tables"] == "failed"


def test_figures_count_pages_by_name_and_no_client_is_in_them() -> None:
    people = furnished()
    there = browser(people["adviser"])
    there.raise_request_exception = False
    assert there.get("/clients/C1?q=13800005678").status_code == 200
    assert there.get("/clients/C1").status_code == 200
    assert there.get("/clients/NOBODY").status_code in (403, 404)
    there.generic("MADEUP", "/nowhere/13800005678")
    answer = Browser().get("/metrics", headers=BEARER)
    text = answer.content.decode()
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    assert 'wanliu_requests_total{route="client",method="GET",status="200"} 2' in text
    assert 'method="OTHER"' in text and 'wanliu_request_seconds_count{route="client"} 3' in text
    assert not names(text, "C1") and "13800005678" not in text and "NOBODY" not in text
    for line in text.splitlines():
        assert line.startswith("# ") or (len(line.rsplit(" ", 1)) == 2 and float(line.rsplit(" ", 1)[1]) >= 0)


def test_processes_of_one_server_are_added_up(home: Path, settings: LazySettings) -> None:
    settings.WANLIU_MEASURES = str(home)
    other = requests.Requests()
    other.note("today", "GET", 200, 0.07)
    other.note("today", "GET", 200, 30.0)
    assert other.writer is not None
    other.writer.cancel()
    other.write()
    requests.own.note("today", "GET", 200, 0.05)
    if requests.own.writer is not None:
        requests.own.writer.cancel()
    (home / "broken.json").write_text("{", "utf-8")
    text = exposition(state.State(database=True), requests.of_all())
    assert 'wanliu_requests_total{route="today",method="GET",status="200"} 3' in text
    assert 'wanliu_request_seconds_bucket{route="today",le="0.05"} 1' in text
    assert 'wanliu_request_seconds_bucket{route="today",le="10"} 2' in text
    assert 'wanliu_request_seconds_bucket{route="today",le="+Inf"} 3' in text
    assert 'wanliu_request_seconds_sum{route="today"} 30.120000' in text


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Every line that the house and Django would write, as JSON."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    for name in ("wanliu", "wanliu.request", "django"):
        monkeypatch.setattr(logging.getLogger(name), "level", logging.INFO)
        logging.getLogger(name).manager._clear_cache()  # type: ignore[attr-defined]  # levels are remembered
    for name in ("wanliu", "django"):
        logging.getLogger(name).addHandler(handler)
    yield written
    for name in ("wanliu", "django"):
        logging.getLogger(name).removeHandler(handler)
    logging.getLogger("wanliu").manager._clear_cache()  # type: ignore[attr-defined]  # as above


def test_a_request_leaves_one_line_without_address_or_client(logged: io.StringIO) -> None:
    user = furnished()["adviser"]
    answer = browser(user).get("/clients/C1?q=张三丰")
    browser(user).get("/clients/NOBODY")
    lines = [json.loads(line) for line in logged.getvalue().splitlines()]
    line = next(one for one in lines if one["logger"] == "wanliu.request")
    assert line["request"] == answer["X-Request-ID"] and line["user"] == user.pk
    assert (line["route"], line["method"], line["status"]) == ("client", "GET", 200) and line["ms"] > 0
    assert not {"C1", "张三丰", "NOBODY", "/clients"} & set(logged.getvalue().replace('"', " ").split())
    assert "/clients" not in logged.getvalue() and "NOBODY" not in logged.getvalue()


def test_a_page_that_fails_is_found_by_its_number_and_tells_no_row(
    logged: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise IntegrityError("Key (phone)=(13800005678) of 张三丰 exists")

    user = make_user("adviser")
    monkeypatch.setattr("wanliu.workbench.today.view.render", fails)
    there = browser(user)
    there.raise_request_exception = False
    answer = there.get("/today")
    assert answer.status_code == 500
    text = logged.getvalue()
    assert answer["X-Request-ID"][:8] in answer.content.decode() and answer["X-Request-ID"] in text
    assert "IntegrityError" in text and "today/view.py" in text
    assert "张三丰" not in text and "13800005678" not in text


def test_a_line_for_people_says_the_same() -> None:
    record = logging.LogRecord("django.request", logging.ERROR, "x", 1, "Oops: %s", ("/clients/C1",), None)
    record.__dict__.update(status_code=500, request=None)
    assert Lines().format(record).endswith("ERROR django.request 500 -")
    plain = logging.LogRecord("wanliu.nightly", logging.INFO, "x", 1, "night %s: %s", (3, "done"), None)
    assert Lines().format(plain).endswith("INFO wanliu.nightly night 3: done")
