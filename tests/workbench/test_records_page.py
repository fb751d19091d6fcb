"""Whether the records hold, told to those who must know, without a client's name or number."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection

from tests.workbench.house import OWN, browser, furnished, names
from wanliu.audit import checking
from wanliu.audit.chain import heads_in, write_head
from wanliu.audit.models import Event
from wanliu.audit.queries import latest_of_stream
from wanliu.clock import now, today
from wanliu.nightly.actions import BROKEN
from wanliu.nightly.models import Night
from wanliu.people.roles import Role
from wanliu.people.user import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_home(settings: LazySettings, tmp_path: Path) -> None:
    settings.WANLIU_MFA = []
    settings.WANLIU_HOME = tmp_path


@pytest.fixture
def people() -> dict[Role, User]:
    return furnished()


def test_before_the_first_night_nothing_is_said_to_be_fine(people: dict[Role, User]) -> None:
    page = browser(people["administrator"]).get("/records").content.decode()
    assert "还没有核对过" in page and "还没有链头" in page and "完整" not in page.replace("留痕完整", "")


def test_checking_now_redoes_everything_and_is_on_record(people: dict[Role, User]) -> None:
    page = browser(people["compliance"]).post("/records").content.decode()
    assert "留痕完整" in page and not names(page, OWN)
    last = latest_of_stream("records")
    assert last is not None and last.verb == "records_verified"
    assert (last.actor_name, last.ids["broken"]) == (people["compliance"].name, 0)


def test_what_does_not_hold_is_told_loudly_and_names_no_client(people: dict[Role, User]) -> None:
    tamper()
    there = browser(people["administrator"])
    page = there.post("/records").content.decode()
    assert "处对不上" in page and "立即通知合规" in page and "被改动" in page
    assert not names(page, OWN)
    assert "对不上" in there.get("/records").content.decode()


def tamper() -> None:
    """As somebody with the database's password would."""
    event = Event.objects.filter(client_id=OWN).earliest("pk")
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER audit_event_no_update")
        else:
            cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
        cursor.execute("UPDATE audit_event SET actor_name = 'nobody' WHERE id = %s", [event.pk])


def test_a_chain_that_was_cut_off_is_found_by_the_latest_head(
    people: dict[Role, User], tmp_path: Path
) -> None:
    file = write_head(tmp_path / "heads", today())
    head = heads_in(tmp_path / "heads", 1)[0]
    there = browser(people["administrator"])
    assert head.hash in there.get("/records").content.decode()
    file.write_text(file.read_text("utf-8").replace('"case/', '"case/9'), encoding="utf-8")
    assert "链尾已不在库中" in there.post("/records").content.decode()


def test_a_head_that_says_no_hash_is_said_so(people: dict[Role, User], tmp_path: Path) -> None:
    (tmp_path / "heads").mkdir()
    (tmp_path / "heads" / "2026-11-01.json").write_bytes(b"\xff\xfe broken")
    assert "读不出哈希" in browser(people["administrator"]).get("/records").content.decode()


def test_too_many_events_are_left_to_the_night(
    people: dict[Role, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "MOST_AT_ONCE", 1)
    there = browser(people["administrator"])
    assert "现在核对" not in there.get("/records").content.decode()
    answer = there.post("/records")
    assert answer.status_code == 422 and "夜间运行" in answer.content.decode()
    assert latest_of_stream("records") is None


@pytest.mark.parametrize("broken", [False, True])
def test_the_last_night_says_how_it_found_them(people: dict[Role, User], broken: bool) -> None:
    Night.objects.create(
        started_at=now(),
        ended_at=now(),
        state="failed" if broken else "done",
        why_zh=BROKEN.zh if broken else "",
        why_en=BROKEN.en if broken else "",
        steps=[{"step": "records", "seconds": 0.1, "events": 1234}],
    )
    page = browser(people["administrator"]).get("/records").content.decode()
    assert ("对不上" in page) == broken and ("1234" in page) != broken
