"""All that is held on one client, and nobody else's; and forgetting it when its time has come."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.db import models as fields

from tests.cases.desk import Clock, call, case_in, head, running, the_case
from tests.exits.desk import an_exit
from tests.web import make_client, make_user
from tests.workbench.house import FOREIGN, OWN, browser, furnished
from wanliu.audit.chain import verify
from wanliu.audit.held import words
from wanliu.audit.models import Payload
from wanliu.audit.queries import events_of_client
from wanliu.audit.record import System
from wanliu.cases.actions import promise
from wanliu.cases.models import Contact
from wanliu.cli import main
from wanliu.clock import SHANGHAI, today
from wanliu.errors import NotAllowed, NotFound, Refused
from wanliu.exits.surveys import answer_survey
from wanliu.people.actions import freeze, note_choice, note_view
from wanliu.people.models import Client
from wanliu.people.queries import person
from wanliu.people.user import User
from wanliu.privacy.actions import can_forget, export_client, forget_client, held_on

pytestmark = pytest.mark.django_db
WORDS = "等了一个小时没人管"


@pytest.fixture(autouse=True)
def _working_hours() -> Iterator[None]:
    with running(Clock()):
        yield


def opened(content: bytes) -> tuple[dict[str, Any], str]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert package.namelist() == ["client.json", "client.html"]
        return json.loads(package.read("client.json")), package.read("client.html").decode("utf-8")


def a_life(client_id: str, by: User) -> None:
    """A client with something in most tables."""
    case_in("offered", by, client_id=client_id)
    call(by, client_id, said=WORDS, note="客户希望有专人跟进")
    promise(client_id=client_id, what="回电", to_whom="客户", due_on=today(), by=by)
    note_choice(client_id=client_id, what="marketing_consent", value="given", source="phone", by=by)
    note_view(client_id=client_id, what="page", by=by)
    leaving = an_exit("done", by=by, client=client_id)
    answer_survey(exit_id=leaving.id, answer="service", words=WORDS, by=by)


def of_client(model: type[fields.Model]) -> bool:
    """Whether a row is about one client: it names the client, or belongs to a row that does."""

    def named(one: type[fields.Model]) -> bool:
        return any(field.attname == "client_id" for field in one._meta.concrete_fields)

    parents = [field.related_model for field in model._meta.concrete_fields if field.is_relation]
    return named(model) or any(isinstance(one, type) and named(one) for one in parents)


def test_every_table_about_a_client_is_in_the_export_with_words_for_every_column() -> None:
    ours = [one for one in apps.get_models() if one.__module__.startswith("wanliu.")]
    told = {one.table: one for one in held_on("C1")}
    assert {model._meta.db_table for model in ours if of_client(model)} == set(told)
    for part in told.values():
        assert part.name.zh and part.name.en
        assert all(one.zh and one.en for one in part.columns.values())
    used = {column for part in told.values() for column in part.columns}
    assert set(words()) == used


def test_the_export_tells_all_of_one_client_and_nothing_of_anybody_else() -> None:
    by = head()
    other = make_user("counter_clerk", name="欧阳别人")
    a_life("C1", by)
    make_client("C2", name="李四", phone="13900001111")
    an_exit(by=other, client="C2")
    before = verify().events

    told, page = opened(export_client(client_id="C1", purpose="access", by=by))

    tables = {one["table"]: one["rows"] for one in told["tables"]}
    assert tables["people_client"][0]["name"] == "张三丰"
    assert [row["said"] for row in tables["cases_contact"]][-1] == WORDS
    assert tables["exits_survey"][0]["words"] == WORDS
    assert len(tables["audit_event"]) == before - len(events_of_client("C2"))
    whole = json.dumps(told, ensure_ascii=False) + page
    for foreign in ("C2", "李四", "13900001111", "欧阳别人", by.name, by.username):
        assert foreign not in whole
    assert "张三丰" in page and "13800005678" in page and "姓名 <small>Name</small>" in page


def test_every_table_has_a_row_somewhere_in_a_long_life() -> None:
    a_life("C1", head())
    empty = {one.table for one in held_on("C1") if not one.rows}
    assert empty <= {
        "people_account",
        "directory_standing",
        "directory_signals",
        "directory_months",
        "cases_notereview",
        "cases_talk",
        "cases_dismissal",
        "cases_snooze",
        "cases_outcomecheck",
        "cases_line",
        "cases_unfinished",
        "exits_condition",
        "exits_escalation",
        "concessions_commissionrequest",  # these two have their own test, on days for which there is a tariff
        "concessions_concession",
    }


def test_an_export_is_on_record_with_its_purpose() -> None:
    make_client()
    by = make_user("compliance", branch="", staff="")
    export_client(client_id="C1", purpose="supervision", by=by)
    event = events_of_client("C1")[0]
    assert (event.verb, event.ids["purpose"], len(event.ids["sha256"])) == ("exported", "supervision", 64)


def test_without_a_purpose_or_a_right_nothing_is_exported() -> None:
    make_client()
    with pytest.raises(Refused):
        export_client(client_id="C1", purpose="", by=make_user("compliance"))
    with pytest.raises(NotAllowed):
        export_client(client_id="C1", purpose="access", by=make_user("adviser"))
    with pytest.raises(NotAllowed):
        export_client(client_id="C1", purpose="access", by=make_user("branch_head", branch="B2"))
    with pytest.raises(NotFound):
        export_client(client_id="C9", purpose="access", by=System)
    assert events_of_client("C1") == []


def test_what_was_typed_is_no_markup_on_the_page() -> None:
    make_client(name="<script>alert(1)</script>")
    _, page = opened(export_client(client_id="C1", purpose="access", by=System))
    assert "<script>" not in page and "&lt;script&gt;" in page


def test_the_page_hands_out_the_zip_where_the_matrix_allows_it(settings: LazySettings) -> None:
    settings.WANLIU_MFA = []
    people = furnished()
    answer = browser(people["branch_head"]).post(f"/clients/{OWN}/export", {"purpose": "access"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert opened(answer.content)[0]["client_id"] == OWN
    assert browser(people["branch_head"]).post(f"/clients/{OWN}/export").status_code == 422
    foreign = browser(people["branch_head"]).post(f"/clients/{FOREIGN}/export", {"purpose": "access"})
    assert foreign.status_code == 403
    assert browser(people["adviser"]).post(f"/clients/{OWN}/export").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_the_command_writes_a_file_for_its_owner_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_client()
    file = tmp_path / "c1.zip"
    assert main(["records", "export", "--client", "C1", "-o", str(file)]) == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert opened(file.read_bytes())[0]["client_id"] == "C1"
    assert main(["records", "export", "--client", "C1", "-o", str(file)]) == 2
    assert main(["records", "export", "--client", "C9", "-o", str(tmp_path / "c9.zip")]) == 1
    assert main(["records", "export", "-o", str(file)]) == 2
    assert main(["records", "forget", "--client", "C1"]) == 1
    assert "Traceback" not in capsys.readouterr().err


# --- forgetting -----------------------------------------------------------------------------------

LONG_AGO = datetime(2006, 3, 6, 10, tzinfo=SHANGHAI)


def left_long_ago(client_id: str = "C1") -> None:
    """A client who left in 2006 and whom no delivery names any more."""
    with running(Clock(LONG_AGO)):
        a_life(client_id, head())
    Client.objects.filter(client_id=client_id).update(in_book=False)


def test_after_twenty_years_every_word_is_gone_and_the_chains_hold() -> None:
    left_long_ago()
    make_client("C2")
    events, before = verify().events, held_on("C1")

    assert forget_client(client_id="C1", by=System) > 0

    found = verify()
    assert found.holds and found.events == events + 1
    whole = json.dumps([one.rows for one in held_on("C1")], ensure_ascii=False)
    for word in ("张三丰", "13800005678", WORDS, "专人跟进", "XH-2026"):
        assert word not in whole
    assert Payload.objects.filter(event__client_id="C1").count() == 0
    assert {one.table: len(one.rows) for one in before if "case" in one.table} == {
        one.table: len(one.rows) for one in held_on("C1") if "case" in one.table
    }
    assert person("C1").name is None and person("C2").name == "张三丰"
    forget_client(client_id="C1", by=System)
    assert verify().holds


def test_forgetting_is_for_the_frozen_whose_time_has_come() -> None:
    make_client("C1")
    with pytest.raises(Refused, match="还没有销户"):
        forget_client(client_id="C1", by=System)
    freeze(client_id="C1", by=System)
    with pytest.raises(Refused, match="20 年"):
        forget_client(client_id="C1", by=System)
    with running(Clock().set(date(today().year + 21, 3, 1))):
        with pytest.raises(Refused, match="数据交付"):
            forget_client(client_id="C1", by=System)
        Client.objects.update(in_book=False)
        assert can_forget(person("C1"))
        forget_client(client_id="C1", by=System)
    assert person("C1").name is None


def test_forgetting_that_fails_halfway_forgets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    left_long_ago()

    def fails(**_: Any) -> int:
        raise RuntimeError

    monkeypatch.setattr("wanliu.privacy.actions.record", fails)
    with pytest.raises(RuntimeError):
        forget_client(client_id="C1", by=System)
    assert person("C1").name == "张三丰"
    assert Contact.objects.filter(client_id="C1", said=WORDS).exists()
    assert the_case().client_id == "C1"
