"""登记服务: one record, all that it answers; a blocked note saves nothing."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.cases.desk import MONDAY, Clock, adviser, alarm, call, head, open_now, open_tasks, the_case
from tests.web import make_client, make_user
from wanliu.audit.queries import events_of_stream
from wanliu.cases.actions import (
    Blocked,
    Doubtful,
    Said,
    add_task,
    assign,
    correct_contact,
    keep_unfinished,
    promise,
    record_complaint,
    record_contact,
    start_contact,
)
from wanliu.cases.models import Contact, Folder, NoteReview, Task
from wanliu.cases.queries import contacts_of_client, unfinished_by, unfinished_clients
from wanliu.clock import SHANGHAI
from wanliu.errors import NotAllowed, NotFound, Refused
from wanliu.people.user import User

pytestmark = pytest.mark.django_db
BLOCKED_NOTE, DOUBTFUL_NOTE = "我跟他说了，保本的，您放心", "跟客户介绍了我们是最好的券商"


@pytest.fixture
def user() -> User:
    make_client()
    made = adviser()
    open_now(alarm())
    return made


def test_one_record_ends_every_task_that_it_answers_and_sets_the_next(user: User) -> None:
    add_task(client_id="C1", kind="callback", title="问对账单", due_on=date(2026, 11, 24), by=user)
    add_task(client_id="C1", kind="appointment", title="面谈", due_on=date(2026, 11, 23), by=user)
    later = add_task(client_id="C1", kind="appointment", title="再面谈", due_on=date(2026, 11, 25), by=user)
    sworn = promise(client_id="C1", what="寄对账单", to_whom="客户", due_on=date(2026, 11, 24), by=user)

    recorded = call(user, note="客户会考虑", next_follow_up_on=date(2026, 12, 1))

    assert len(recorded.ended_tasks) == 3
    assert set(Task.objects.filter(state="open").values_list("pk", flat=True)) == {
        later,
        sworn,
        recorded.next_task_id,
    }
    after = Task.objects.get(pk=recorded.next_task_id)
    assert (after.kind, after.due_on, after.case, after.assignee) == (
        "callback",
        date(2026, 12, 1),
        the_case(),
        user,
    )
    assert {task.contact_id for task in Task.objects.filter(state="done")} == {recorded.contact_id}
    assert [one.verb for one in events_of_stream(f"contact/{recorded.contact_id}")] == ["contact_recorded"]


def test_what_is_ticked_is_done_and_a_promise_is_kept(user: User) -> None:
    own = add_task(client_id="C1", kind="own", title="整理资料", due_on=date(2026, 11, 24), by=user)
    sworn = promise(client_id="C1", what="寄对账单", to_whom="客户", due_on=date(2026, 11, 24), by=user)

    call(user, ticked=[own, sworn])

    assert (Task.objects.get(pk=own).state, Task.objects.get(pk=sworn).state) == ("done", "kept")


def test_a_ticked_task_of_another_client_saves_nothing(user: User) -> None:
    make_client("C2")
    other = add_task(client_id="C2", kind="own", title="整理资料", due_on=date(2026, 11, 24), by=user)

    with pytest.raises(NotFound):
        call(user, ticked=[other])

    assert not Contact.objects.exists()
    assert sorted(open_tasks("C1") + open_tasks("C2")) == ["first_contact", "own"]


@pytest.mark.parametrize("connection", ["no_answer", "wrong_number", "refused"])
def test_an_attempt_meets_the_limit_and_the_house_sets_the_next(user: User, connection: str) -> None:
    call(user, connection=connection)

    case = the_case()
    assert (case.state, case.first_contact_at, case.reached_at) == ("in_contact", MONDAY, None)
    assert open_tasks() == ["callback"]
    assert Task.objects.get(state="open").due_on == date(2026, 11, 25)
    assert Folder.objects.get().last_connection == connection


def test_a_case_in_hand_always_has_its_next_day(user: User) -> None:
    call(user)

    assert the_case().reached_at == MONDAY
    assert Task.objects.get(state="open").due_on == date(2026, 11, 26)


def test_a_refusal_ends_the_work_and_is_remembered(user: User) -> None:
    call(user, feedback="not_needed", next_follow_up_on=date(2026, 12, 1))

    case = the_case()
    assert (case.state, case.outcome_claimed, case.declined_on) == (
        "tracking",
        "undecided",
        date(2026, 11, 23),
    )
    assert Folder.objects.get().declined_on == date(2026, 11, 23)
    assert open_tasks() == []
    assert case.checks.count() == 3


def test_a_refusal_that_nobody_heard_is_none(user: User) -> None:
    call(user, connection="no_answer", feedback="not_needed")

    assert (the_case().state, Folder.objects.get().declined_on) == ("in_contact", None)


def test_a_blocked_note_saves_nothing_and_says_why(user: User) -> None:
    with pytest.raises(Blocked, match="保本") as told:
        call(user, note=BLOCKED_NOTE, said="你保证不亏吗")

    assert told.value.hits[0].rule == "H02"
    assert told.value.hits[0].basis.zh in told.value.message.zh
    assert not Contact.objects.exists()
    assert (the_case().state, open_tasks()) == ("assigned", ["first_contact"])


def test_what_is_blocked_cannot_be_talked_round(user: User) -> None:
    with pytest.raises(Blocked):
        call(user, note=BLOCKED_NOTE, why="客户要求")


def test_a_doubtful_note_needs_a_reason_and_goes_to_compliance(user: User) -> None:
    with pytest.raises(Doubtful, match="说明理由"):
        call(user, note=DOUBTFUL_NOTE)
    assert not Contact.objects.exists()

    recorded = call(user, note=DOUBTFUL_NOTE, why="转述宣传册上的原话")

    assert (recorded.verdict, recorded.reviews) == ("warn", 1)
    review = NoteReview.objects.get()
    assert (review.cause, review.codes, review.verdict) == ("note", ["H11"], None)


def test_the_client_s_own_words_are_kept_and_never_judged(user: User) -> None:
    call(user, said="你们保本吗，保证收益才留下", note="已说明不能承诺收益")

    assert contacts_of_client("C1")[0].said.startswith("你们保本吗")


def test_a_correction_is_a_new_row_and_the_old_one_stays(user: User) -> None:
    first = call(user, note="客户会考虑").contact_id

    second = correct_contact(contact_id=first, note="客户会考虑，周五再谈", said="", by=user)

    old, new = Contact.objects.get(pk=first), Contact.objects.get(pk=second)
    assert (old.note, new.note, new.corrects) == ("客户会考虑", "客户会考虑，周五再谈", old)
    assert [one.corrected for one in contacts_of_client("C1")] == [False, True]
    with pytest.raises(Refused, match="已经更正过"):
        correct_contact(contact_id=first, note="再改", said="", by=user)
    with pytest.raises(Blocked):
        correct_contact(contact_id=second, note=BLOCKED_NOTE, said="", by=user)


def test_a_contact_is_never_changed_and_never_deleted(user: User) -> None:
    contact = Contact.objects.get(pk=call(user).contact_id)

    with pytest.raises(TypeError):
        contact.save()
    with pytest.raises(TypeError):
        contact.delete()


def test_starting_a_call_takes_a_case_that_nobody_has() -> None:
    make_client(manager="")
    open_now(alarm(manager_id=""))
    user = make_user("duty_adviser")

    start_contact(client_id="C1", by=user)

    assert (the_case().state, the_case().assignee) == ("in_contact", user)
    assert Task.objects.get().assignee == user


def test_a_complaint_s_contact_ends_the_complaint_s_tasks_alone(user: User) -> None:
    record_complaint(client_id="C1", said="没人回电话", method="phone", by=user)
    assert sorted(open_tasks()) == ["first_contact", "first_contact"]

    recorded = call(user, purpose="complaint", note="已说明经过")

    assert recorded.case_id == the_case(kind="complaint").pk
    kept = Task.objects.get(case=the_case(), state="open")
    assert kept.kind == "first_contact"
    assert Task.objects.get(case=the_case(kind="complaint"), state="open").kind == "callback"


def test_the_counter_writes_down_a_complaint_s_call_and_keeps_no_client() -> None:
    make_client(manager="")
    clerk = make_user("counter_clerk", staff="")
    record_complaint(client_id="C1", said="没人回电话", method="visit", by=clerk)

    call(clerk, purpose="complaint", note="已告知由负责人答复")

    case = the_case(kind="complaint")
    assert (case.state, case.assignee, case.first_contact_at) == ("open", None, MONDAY)
    with pytest.raises(NotAllowed):
        call(clerk)


def test_a_contact_without_a_case_may_set_a_call_back_of_one_s_own() -> None:
    make_client()
    user = adviser()

    recorded = call(user, purpose="service", direction="in", next_follow_up_on=date(2026, 11, 25))

    task = Task.objects.get(pk=recorded.next_task_id)
    assert (task.case, task.assignee) == (None, user)
    assert call(user, purpose="service").ended_tasks == (task.pk,)


@pytest.mark.parametrize(
    "wrong",
    [
        {"method": "pigeon"},
        {"connection": "maybe"},
        {"purpose": "sales"},
        {"direction": "up"},
        {"feedback": "great"},
        {"feedback": "positive", "feedback_detail": "no_calls"},
        {"feedback_detail": "stays"},
        {"reason": "weather"},
        {"direction": "in", "connection": "no_answer"},
        {"note": "x" * 4001},
        {"note": "坏\x00字"},
        {"note": "坏\ud800字"},
        {"said": "\x1b[31m"},
        {"happened_at": MONDAY + timedelta(minutes=1)},
        {"happened_at": MONDAY - timedelta(days=31)},
        {"next_follow_up_on": date(2026, 11, 22)},
        {"next_follow_up_on": date(2027, 6, 1)},
    ],
)
def test_bad_input_is_refused_and_changes_nothing(user: User, wrong: dict[str, Any]) -> None:
    said: dict[str, Any] = {"method": "phone", "connection": "connected", **wrong}

    with pytest.raises(Refused):
        record_contact(client_id="C1", said=Said(**said), by=user)

    assert not Contact.objects.exists()
    assert open_tasks() == ["first_contact"]


def test_script_and_emoji_in_a_note_are_kept_as_they_are(user: User) -> None:
    note = "<script>alert(1)</script>\n第二行👨‍👩‍👧"

    assert Contact.objects.get(pk=call(user, note=note).contact_id).note == note


def test_a_foreign_client_is_refused(user: User) -> None:
    make_client("C2", branch="B2", manager="S9")

    with pytest.raises(NotAllowed):
        call(user, "C2")
    with pytest.raises(NotFound):
        call(user, "C3")


def test_who_was_given_a_client_s_case_serves_that_client() -> None:
    make_client(manager="S1")
    boss, colleague = head(), adviser("S2")
    open_now(alarm())
    with pytest.raises(NotAllowed):
        call(colleague)
    assign(case_id=the_case().pk, to=colleague.pk, version=the_case().version, by=boss)

    assert call(colleague).case_id == the_case().pk


def test_an_old_contact_does_not_hide_the_latest(clock: Clock, user: User) -> None:
    call(user)
    clock.days_on(1)

    call(
        user,
        connection="no_answer",
        direction="out",
        happened_at=datetime(2026, 11, 20, 10, tzinfo=SHANGHAI),
        why="补登",
    )

    assert Folder.objects.get().last_contact_at == MONDAY


def test_what_is_kept_for_later_answers_no_task_and_is_seen_by_its_writer_alone(user: User) -> None:
    task = add_task(client_id="C1", kind="callback", title="回电", due_on=date(2026, 11, 24), by=user)
    for note in ("说到一半", "说到一半，客户要开会"):
        keep_unfinished(client_id="C1", said=_half(note), by=user)

    assert Task.objects.get(pk=task).state == "open" and not Contact.objects.exists()
    kept = unfinished_by(user, "C1")
    assert kept and (kept["note"], kept["next_follow_up_on"]) == ("说到一半，客户要开会", "2026-12-01")
    assert unfinished_clients(user) == ["C1"]
    assert unfinished_by(head(), "C1") is None


def test_a_contact_that_is_recorded_takes_the_place_of_what_was_kept(user: User) -> None:
    keep_unfinished(client_id="C1", said=_half("说到一半"), by=user)
    call(user)
    assert unfinished_by(user, "C1") is None and unfinished_clients(user) == []


def test_a_forbidden_word_is_not_even_kept_for_later(user: User) -> None:
    with pytest.raises(Blocked):
        keep_unfinished(client_id="C1", said=_half(BLOCKED_NOTE), by=user)
    assert unfinished_by(user, "C1") is None


def test_who_does_not_serve_the_client_keeps_nothing_about_them(user: User) -> None:
    with pytest.raises((NotAllowed, NotFound)):
        keep_unfinished(client_id="C1", said=_half("路过"), by=make_user("adviser", staff="S9", branch="B9"))
    assert unfinished_by(user, "C1") is None


def _half(note: str) -> Said:
    return Said(method="phone", connection="connected", note=note, next_follow_up_on=date(2026, 12, 1))
