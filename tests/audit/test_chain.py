"""The records: added with their action, bound to each other, and honest about what was lost."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.web import System, make_user
from wanliu.audit.chain import head_of, verify, write_head
from wanliu.audit.models import Event, Payload
from wanliu.audit.queries import events_of_client, events_of_stream
from wanliu.audit.record import record

pytestmark = pytest.mark.django_db


def note(stream: str = "case/1", verb: str = "noted", **given: object) -> int:
    with transaction.atomic():
        return record(stream=stream, verb=verb, by=System, **given)  # type: ignore[arg-type]  # any column


def change(statement: str) -> None:
    """What somebody with the database's password could do, triggers and all."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER audit_event_no_update")
            cursor.execute("DROP TRIGGER audit_event_no_delete")
        else:
            cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_record_refuses_to_stand_outside_a_transaction() -> None:
    with pytest.raises(RuntimeError):
        record(stream="case/1", verb="noted", by=System)


def test_events_of_a_stream_are_numbered_and_linked() -> None:
    note()
    note()
    note(stream="case/2")

    later, first = events_of_stream("case/1")

    assert (first.place, later.place) == (1, 2)
    assert later.previous == first.hash
    assert verify().holds


def test_event_says_who_did_it() -> None:
    user = make_user("adviser", name="李雷")

    with transaction.atomic():
        record(stream="client/C1", verb="unmasked", by=user, client_id="C1", ids={"purpose": "call"})

    (event,) = events_of_client("C1")
    assert (event.actor_id, event.actor_name, event.ids) == (f"user:{user.pk}", "李雷", {"purpose": "call"})


@pytest.mark.parametrize("what", ["UPDATE audit_event SET verb = 'other'", "DELETE FROM audit_event"])
def test_database_refuses_to_change_or_delete_an_event(what: str) -> None:
    note()

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(what)

    assert verify().holds


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("verb", "'other'"),
        ("actor_id", "'user:9'"),
        ("at", "'2009-10-31T00:00:00+08:00'"),
        ("client_id", "'C2'"),
    ],
)
def test_a_changed_column_is_found(column: str, value: str) -> None:
    note(client_id="C1")
    note(client_id="C1")

    change(f"UPDATE audit_event SET {column} = {value} WHERE place = 1")

    assert [(one.stream, one.place) for one in verify().broken] == [("case/1", 1)]


def test_a_removed_event_is_found() -> None:
    for _ in range(3):
        note()

    change("DELETE FROM audit_event WHERE place = 2")

    assert not verify().holds


def test_a_cut_off_end_is_found_by_the_head_of_the_day(tmp_path: Path) -> None:
    for _ in range(3):
        note()
    head = write_head(tmp_path, date(2009, 10, 30))

    change("DELETE FROM audit_event WHERE place = 3")

    assert verify().holds, "the chain itself cannot know what came after its end"
    assert not verify(head).holds


def test_a_payload_may_be_deleted_and_the_chain_still_holds() -> None:
    number = note(payload={"note": "客户说要考虑"})

    Payload.objects.filter(event_id=number).delete()

    assert verify().holds
    assert events_of_stream("case/1")[0].payload is None


def test_a_changed_payload_is_found() -> None:
    number = note(payload={"note": "客户说要考虑"})

    Payload.objects.filter(event_id=number).update(body=json.dumps({"note": "客户同意"}))

    assert not verify().holds


def test_equal_payloads_have_different_hashes() -> None:
    note(payload={"answer": "yes"})
    note(payload={"answer": "yes"})

    one, other = Event.objects.values_list("payload_hash", flat=True)
    assert one != other, "a short answer could be guessed from its hash"


def test_head_names_every_stream_and_changes_with_each_event() -> None:
    note()
    before = head_of(date(2009, 10, 30))
    note(stream="exit/7")
    after = head_of(date(2009, 10, 30))

    assert set(after["streams"]) == {"case/1", "exit/7"}
    assert before["hash"] != after["hash"]


@pytest.mark.django_db(transaction=True)
def test_many_who_record_in_one_stream_follow_each_other() -> None:
    def record_some(_worker: int) -> None:
        for _ in range(5):
            note(stream="client/C1")
        connection.close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(record_some, range(4)))

    assert [one.place for one in events_of_stream("client/C1")] == list(range(20, 0, -1))
    assert verify().holds


class Chains(TestCase):
    @given(st.lists(st.tuples(st.sampled_from(("a", "b", "c")), st.dictionaries(st.text(), st.text()))))
    def test_whatever_is_recorded_verifies_and_reads_back(
        self, given_: list[tuple[str, dict[str, str]]]
    ) -> None:
        for stream, payload in given_:
            note(stream=stream, payload=payload)

        assert verify().holds
        for stream in "abc":
            told = [one.payload or {} for one in reversed(events_of_stream(stream))]
            assert told == [payload for where, payload in given_ if where == stream]
