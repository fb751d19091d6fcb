"""The database or the disk are away: one page that needs neither, nothing half done, and on it goes."""

from __future__ import annotations

import errno
import logging
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import InterfaceError, OperationalError, connection

from tests.cases.desk import Clock, running
from tests.web import make_client, make_user
from tests.workbench.house import browser
from wanliu.audit import record
from wanliu.cases.queries import tasks_of_client
from wanliu.workbench.forms import new_key

pytestmark = pytest.mark.django_db


class _Gone:
    """Every question to the database fails, as a driver fails whose server has gone."""

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: ARG002 (Django gives them)
        raise OperationalError("server closed the connection: 10.0.0.5")


def visitor(settings: LazySettings) -> Any:
    settings.WANLIU_MFA = []
    there = browser(make_user("adviser"))
    there.raise_request_exception = False
    return there


def test_without_a_database_every_page_says_so_in_both_languages(settings: LazySettings) -> None:
    there = visitor(settings)
    with connection.execute_wrapper(_Gone()):
        for path in ("/", "/today", "/clients/C1", "/sign-in"):
            answer = there.get(path)
            page = answer.content.decode()
            assert answer.status_code == 503 and answer["Retry-After"] == "10", path
            assert answer["Cache-Control"] == "no-store" and 'http-equiv="refresh"' in page
            assert "自动重试" in page and "tries again by itself" in page and "10.0.0.5" not in page
        sent = there.post("/clients/C1/promises", {"what": "回电"})
        assert sent.status_code == 503 and 'http-equiv="refresh"' not in sent.content.decode()
        assert "只会登记一次" in sent.content.decode() and "a form counts once" in sent.content.decode()
        part = there.get("/today", headers={"HX-Request": "true"})
        assert part.status_code == 503 and part["Content-Type"].startswith("text/plain")
    assert there.get("/today").status_code == 200


@pytest.mark.parametrize(
    "fault", [OperationalError("disk full"), InterfaceError("closed"), OSError(errno.ENOSPC, "No space left")]
)
def test_what_fails_half_way_leaves_nothing_and_the_same_form_counts_once(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    there = visitor(settings)
    form = {"what": "回电", "to_whom": "客户", "due_on": "2026-11-30", "key": new_key()}

    def fails(*_: Any) -> str:
        raise fault

    with running(Clock()):
        make_client()
        with monkeypatch.context() as patch:
            patch.setattr(record, "hash_of", fails)  # the action is done, its record is not
            assert there.post("/clients/C1/promises", form).status_code == 503
        assert tasks_of_client("C1", open_only=True) == []
        assert there.post("/clients/C1/promises", form).status_code == 302
        assert there.post("/clients/C1/promises", form).status_code == 409
        assert len(tasks_of_client("C1", open_only=True)) == 1


def test_another_fault_of_a_file_is_a_fault_of_ours(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = visitor(settings)

    def fails(*_: Any, **__: Any) -> None:
        raise FileNotFoundError(errno.ENOENT, "a file of ours")

    monkeypatch.setattr(logging.getLogger("wanliu"), "disabled", True)
    monkeypatch.setattr("wanliu.workbench.today.view.render", fails)
    assert there.get("/today").status_code == 500
