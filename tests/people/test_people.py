"""Clients as people see them: sealed, masked, found, and told with a purpose."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from tests.web import make_client, make_user
from wanliu.audit.queries import events_of_client
from wanliu.audit.record import System
from wanliu.errors import NotAllowed, NotFound, Refused
from wanliu.people.actions import change_staff, freeze, note_choice, unmask
from wanliu.people.models import Client, View
from wanliu.people.phone import masked_name, masked_phone, normal_phone
from wanliu.people.queries import find_persons, opted_out, person, persons
from wanliu.people.sealing import seal, unseal
from wanliu.people.sync import ClientRow, Synced, sync_clients

pytestmark = pytest.mark.django_db


def test_names_and_phones_stand_nowhere_in_the_database_in_clear() -> None:
    make_client("C1", name="张三丰", phone="13800005678")

    row = Client.objects.values().get(client_id="C1")

    stored = b" ".join(
        bytes(one) if isinstance(one, bytes | memoryview) else str(one).encode() for one in row.values()
    )
    assert "张三丰".encode() not in stored
    assert b"13800005678" not in stored


def test_a_sealed_text_moved_to_another_client_cannot_be_read() -> None:
    with pytest.raises(InvalidTag):
        unseal(seal("张三丰", place="C1:name"), place="C2:name")


@given(st.text(min_size=1))
def test_whatever_is_sealed_is_read_back(text: str) -> None:
    assert unseal(seal(text, place="C1:name"), place="C1:name") == text


@pytest.mark.parametrize(
    ("name", "masked"),
    [("张三丰", "张**"), ("欧阳修", "欧**"), ("王", "王"), ("Elizabeth", "E***"), (None, None)],
)
def test_masked_name_keeps_the_first_character(name: str | None, masked: str | None) -> None:
    assert masked_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"), [("13800005678", "138****5678"), ("5678", "**78"), (None, None)]
)
def test_masked_phone_covers_the_middle(phone: str | None, masked: str | None) -> None:
    assert masked_phone(phone) == masked


@pytest.mark.parametrize(
    "written", ["138 0000 5678", "+86 13800005678", "008613800005678", "１３８００００５６７８"]
)
def test_a_phone_is_found_however_it_is_written(written: str) -> None:
    assert normal_phone(written) == "13800005678"
    make_client("C1", phone="138-0000-5678")

    found = find_persons(user=make_user("counter_clerk"), text=written)

    assert [one.client_id for one in found] == ["C1"]


@pytest.mark.parametrize("text", ["C1", "A-77", "张三丰", " 张 三丰 "])
def test_a_client_is_found_by_id_account_and_full_name(text: str) -> None:
    make_client("C1", accounts=("A-77",))

    assert [one.client_id for one in find_persons(user=make_user("branch_head"), text=text)] == ["C1"]


@pytest.mark.parametrize("text", ["", "张三", "C", "1380000", "'; DROP TABLE people_client; --"])
def test_part_of_a_name_or_number_finds_nobody(text: str) -> None:
    make_client("C1")

    assert find_persons(user=make_user("branch_head"), text=text) == []


def test_people_find_only_whom_they_serve_and_the_counter_finds_everyone() -> None:
    make_client("C1", branch="B1", manager="S1")

    def found(*who: Any) -> bool:
        return bool(find_persons(user=make_user(*who), text="C1"))

    assert found("adviser", "B1", "S1")
    assert not found("adviser", "B1", "S2")
    assert found("duty_adviser", "B1", "S2")
    assert not found("duty_adviser", "B2", "S3")
    assert found("counter_clerk", "B2", "S4")


def test_head_office_and_administrators_may_not_search_for_clients() -> None:
    for role in ("head_office", "administrator"):
        with pytest.raises(NotAllowed):
            find_persons(user=make_user(role), text="C1")


def test_each_search_is_kept_without_its_text() -> None:
    make_client("C1")
    user = make_user("counter_clerk")

    find_persons(user=user, text="13800005678")
    find_persons(user=user, text="nobody")

    assert list(View.objects.values_list("client_id", "what").order_by("id")) == [
        ("C1", "search"),
        (None, "search"),
    ]


def test_unmasking_needs_a_purpose_and_is_recorded() -> None:
    make_client("C1")
    user = make_user("adviser")

    with pytest.raises(Refused):
        unmask(client_id="C1", purpose="", by=user)
    shown = unmask(client_id="C1", purpose="call", by=user)

    assert shown.phone == "13800005678"
    assert [(one.verb, one.ids) for one in events_of_client("C1")] == [("unmasked", {"purpose": "call"})]


def test_a_person_prints_without_name_and_phone() -> None:
    assert "张三丰" not in repr(make_client()) and "13800005678" not in repr(make_client())


def test_the_clients_word_here_counts_over_the_book() -> None:
    make_client("C1", do_not_contact=True, marketing_consent="given")
    user = make_user("counter_clerk")

    note_choice(client_id="C1", what="marketing_consent", value="withdrawn", source="counter", by=user)
    note_choice(client_id="C1", what="scoring_opt_out", value="yes", source="counter", by=user)

    now = person("C1")
    assert (now.do_not_contact, now.marketing_consent, now.scoring_opt_out) == (True, "withdrawn", True)
    assert opted_out() == {"C1"}


def test_a_choice_can_be_taken_back() -> None:
    make_client("C1", scoring_opt_out=False)
    user = make_user("counter_clerk")

    for value in ("yes", "no"):
        note_choice(client_id="C1", what="scoring_opt_out", value=value, source="phone", by=user)

    assert not person("C1").scoring_opt_out
    assert opted_out() == set()


def test_an_unknown_choice_is_refused_and_changes_nothing() -> None:
    make_client("C1")

    with pytest.raises(Refused):
        note_choice(
            client_id="C1", what="marketing_consent", value="maybe", source="counter", by=make_user("adviser")
        )

    assert events_of_client("C1") == []


def test_a_frozen_client_stays_frozen_through_the_next_delivery() -> None:
    make_client("C1")
    freeze(client_id="C1", by=System)
    freeze(client_id="C1", by=System)

    make_client("C1", city="上海")

    assert person("C1").is_closed
    assert len(events_of_client("C1")) == 1


def row(client_id: str, **given: object) -> ClientRow:
    return ClientRow(client_id=client_id, branch_id="B1", opened_on=date(2005, 1, 4), **given)  # type: ignore[arg-type]  # any column


def test_sync_writes_what_changed_and_keeps_who_is_gone() -> None:
    assert sync_clients([row("C1"), row("C2"), row("C3")], by=System) == Synced(added=3, changed=0, gone=0)
    assert sync_clients([row("C1"), row("C2", phone="13900000000")], by=System) == Synced(0, 1, 1)
    assert sync_clients([row("C1"), row("C2", phone="13900000000")], by=System) == Synced(0, 0, 0)

    assert not person("C3").in_book
    assert sync_clients([row("C1"), row("C2"), row("C3")], by=System) == Synced(1, 1, 0)


def test_unknown_clients_are_left_out_of_many_and_named_when_asked_for_alone() -> None:
    make_client("C1")

    assert set(persons(["C1", "C9"])) == {"C1"}
    with pytest.raises(NotFound):
        person("C9")


def test_a_moved_adviser_loses_sight_at_once() -> None:
    make_client("C1", branch="B1", manager="S1")
    adviser, administrator = make_user("adviser", "B1", "S1"), make_user("administrator", "", "")

    moved = change_staff(user_id=adviser.pk, by=administrator, staff_id="S9", branch_id="B2")

    assert find_persons(user=moved, text="C1") == []


def test_nobody_changes_their_own_rights() -> None:
    administrator = make_user("administrator", "", "")

    with pytest.raises(Refused):
        change_staff(user_id=administrator.pk, by=administrator, role="compliance")
