"""One scene for every action: what must be there before, and the call itself."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from unittest import mock

from tests.cases.desk import MONDAY, RUN_DAY, Clock, alarm, call, case_in, head, open_now, running, the_case
from tests.directory.test_publish import a_run, told
from tests.exits.desk import act, an_exit
from tests.kills.foretold import SCENES as FORETOLD
from tests.kills.office import SCENES as OFFICE
from tests.web import make_client, make_user
from wanliu.audit.record import System
from wanliu.cases import actions as cases
from wanliu.cases.models import Contact, NoteReview, Offer, OutcomeCheck
from wanliu.clock import today
from wanliu.directory.actions import publish
from wanliu.exits import overdue
from wanliu.exits.actions import request_exit
from wanliu.exits.from_book import BookExit, BookRequest, FromBook, take_from_book
from wanliu.exits.proof import print_proof
from wanliu.exits.surveys import answer_survey, skip_survey
from wanliu.exits.track import State, Verb
from wanliu.nightly.actions import run_night, run_night_if_owed, watch_deadlines_if_owed
from wanliu.nightly.models import Night
from wanliu.people import actions as people
from wanliu.people.lost_keys import let_go_of_names
from wanliu.people.models import Client
from wanliu.people.sync import ClientRow, sync_clients
from wanliu.people.user import User
from wanliu.privacy.actions import export_client, forget_client
from wanliu.ruleset import load

Call = Callable[[], object]
Scene = Callable[[], Call]
IN_PARTS: Final = frozenset(
    (
        "cases.assign_many",
        "cases.escalate_overdue",
        "cases.judge_outcomes",
        "cases.open_or_update",
        "cases.reconcile_all",
        "directory.publish",
        "exits.escalate_overdue",
        "exits.take_from_book",
        "nightly.run_night",
        "nightly.run_night_if_owed",
        "nightly.watch_deadlines_if_owed",
        "people.sync_clients",
    )
)
"""These do their work in several transactions, each whole: the next call does the rest."""


def _case(verb: str, state: str = "assigned", kind: str = "retention", **given: Any) -> Scene:
    def scene() -> Call:
        by = head()
        if verb == "claim":
            make_client(manager="")
            open_now(alarm(manager_id=""))
            case = the_case()
        else:
            case = case_in(state, by, kind=kind)
        others = {"to": make_user("adviser", staff="S2").pk} if verb in ("assign", "hand_over") else {}
        action: Any = getattr(cases, verb)
        return lambda: action(case_id=case.pk, version=case.version, by=by, **others, **given)

    return scene


def _task(verb: str, kind: str, **given: Any) -> Scene:
    def scene() -> Call:
        by = _client()
        if kind == "promise":
            id = cases.promise(client_id="C1", what="回电", to_whom="客户", due_on=today(), by=by)
        else:
            id = cases.add_task(client_id="C1", kind="own", title="整理资料", due_on=today(), by=by)
        action: Any = getattr(cases, verb)
        return lambda: action(task_id=id, version=1, by=by, **given)

    return scene


def _client() -> User:
    make_client(marketing_consent="given")
    return head()


def _of_client(action: Callable[..., object], **given: Any) -> Scene:
    def scene() -> Call:
        by = _client()
        return lambda: action(client_id="C1", by=by, **given)

    return scene


def _exit(verb: Verb) -> Scene:
    def scene() -> Call:
        by = _client()
        leaving = an_exit(BEFORE[verb], by=by)
        return lambda: act(verb, leaving, by=by)

    return scene


BEFORE: Final[Mapping[Verb, State]] = {
    "check_identity": "requested",
    "list_conditions": "identity_checked",
    "add_condition": "submitted",
    "clear_condition": "conditions_open",
    "mark_ready": "conditions_listed",
    "submit": "ready",
    "finish": "submitted",
    "withdraw": "ready",
}


def _survey(action: Callable[..., object], **given: Any) -> Scene:
    def scene() -> Call:
        by = _client()
        leaving = an_exit("submitted", by=by)
        return lambda: action(exit_id=leaving.id, by=by, **given)

    return scene


def _talk(held: bool) -> Scene:
    def scene() -> Call:
        by = _client()
        leaving = an_exit(by=by)
        if not held:
            return lambda: cases.talk_about_exit(exit_id=leaving.id, state="declined", by=by)
        cases.talk_about_exit(exit_id=leaving.id, state="accepted", by=by)
        return lambda: cases.hold_talk(exit_id=leaving.id, method="phone", note="已说明对账单寄法", by=by)

    return scene


def _assign_many() -> Call:
    by = head()
    pairs = [(case_in("assigned", by, client_id=f"C{one}").pk, 1) for one in range(3)]
    to = make_user("adviser", staff="S2").pk
    return lambda: cases.assign_many(cases=pairs, to=to, by=by)


def _merge() -> Call:
    by = head()
    old = case_in("tracking", by)
    with running(Clock().days_on(40)):
        open_now(alarm(), run_id="run-2")
    new = the_case()
    return lambda: cases.merge(case_id=old.pk, into=new.pk, version=old.version, by=by)


def _reopen() -> Call:
    by = head()
    case = case_in("tracking", by)
    return lambda: cases.reopen(case_id=case.pk, why="客户来电", version=case.version, by=by)


def _answer_offer() -> Call:
    by = head()
    case_in("offered", by)
    offer = Offer.objects.get()
    return lambda: cases.answer_offer(offer_id=offer.pk, accepted=True, by=by)


def _correct() -> Call:
    by = _client()
    call(by, purpose="service")
    contact = Contact.objects.get()
    return lambda: cases.correct_contact(contact_id=contact.pk, note="改正", said="", by=by)


def _judge_note() -> Call:
    by = _client()
    call(by, purpose="service")
    review = NoteReview.objects.create(
        contact=Contact.objects.get(), client_id="C1", cause="note", codes=["H01"], why="客户要求"
    )
    judge = make_user("compliance", branch="", staff="")
    return lambda: cases.judge_note(review_id=review.pk, verdict="sound", version=1, remark="无", by=judge)


def _judge_outcomes() -> Call:
    by = head()
    case_in("tracking", by)
    OutcomeCheck.objects.update(due_on=today())
    return lambda: cases.judge_outcomes([cases.Seen("C1", today(), Decimal(90000), None)], by=System)


def _overdue_tasks() -> Call:
    by = head()
    for one in range(3):
        case_in("assigned", by, client_id=f"C{one}")
    return lambda: cases.escalate_overdue(today=today() + timedelta(days=30))


def _overdue_exits() -> Call:
    by = head()
    for one in range(3):
        make_client(f"C{one}")
        an_exit(by=by, client=f"C{one}")
    return lambda: overdue.escalate_overdue(day=today() + timedelta(days=30), by=System)


def _nights_alarms() -> Call:
    by = head()
    case_in("assigned", by)
    for one in ("C2", "C3"):
        make_client(one)
    found = [
        alarm("C1", "orange"),
        alarm("C2", "red", complaints=("R1",)),
        alarm("C3", "yellow", manager_id=""),
    ]
    return lambda: cases.open_or_update(found, run_id="run-9", as_of=RUN_DAY)


def _reconcile(action: Callable[..., object], *clients: str) -> Scene:
    def scene() -> Call:
        case_in("assigned", by := head())
        people.note_choice(client_id="C1", what="do_not_contact", value="yes", source="phone", by=by)
        return lambda: action(*clients, by=System)

    return scene


def _save_filter() -> Call:
    by = head()
    return lambda: cases.save_filter(page="today", name="红", query={"level": "red"}, by=by)


def _delete_filter() -> Call:
    by = head()
    number = cases.save_filter(page="today", name="红", query={"level": "red"}, by=by)
    return lambda: cases.delete_filter(filter_id=number, by=by)


def _publish() -> Call:
    publish(a_run("r0"), [told("C1"), told("C2")])
    return lambda: publish(a_run("r1"), [told("C1", "none"), told("C3")])


def _from_book() -> Call:
    by = head()
    for one in ("C1", "C2", "C3"):
        make_client(one)
    an_exit("submitted", by=by)
    day = date(2026, 11, 20)
    rows = FromBook(
        requests=[BookRequest("R2", "C2", day, "close_account", is_open=True)],
        exits=[BookExit("C1", day, "closed_account"), BookExit("C3", day, "transferred_custody")],
    )
    return lambda: take_from_book(rows=rows, by=System)


def _home() -> Path:
    return Path(tempfile.mkdtemp(prefix="wanliu-killed-"))


def _night(action: Callable[..., object], *more: Any) -> Scene:
    def scene() -> Call:
        by = head()
        case_in("assigned", by)
        make_client("C2")
        with running(Clock().days_on(-20)):
            an_exit(by=by, client="C2")
        home = _home()

        def an_hour_after_the_last() -> object:
            """The night has patience between two attempts that were killed."""
            with running(Clock(MONDAY + timedelta(hours=Night.objects.count()))):
                return action(home, *more, by=System)

        return an_hour_after_the_last

    return scene


def _sync() -> Call:
    make_client("C1")
    make_client("C2")
    rows = [
        ClientRow("C1", "B1", date(2005, 3, 1), name="改名", accounts=("A1", "A2")),
        ClientRow("C3", "B1", date(2005, 3, 1)),
    ]
    return lambda: sync_clients(rows, by=System)


def _language() -> Call:
    by = head()
    return lambda: people.choose_own_language(language="en", by=by)


def _proof() -> Call:
    by = _client()
    leaving = an_exit("done", by=by)

    def printed() -> bytes:
        # the type-setter has threads of its own, which no fork survives; it touches no table
        with mock.patch("wanliu.exits.proof.set_in_type", return_value=b"%PDF"):
            return print_proof(exit_id=leaving.id, language="zh", by=by)

    return printed


def _forget() -> Call:
    with running(Clock().set(date(2006, 3, 6))):
        by = head()
        case_in("offered", by)
        call(by, said="等了很久", note="客户希望有专人跟进")
        an_exit("done", by=by)
    Client.objects.update(in_book=False)
    return lambda: forget_client(client_id="C1", by=System)


def _lost_names() -> Call:
    make_client()
    return lambda: let_go_of_names(by=System)


SCENES: Final[Mapping[str, Scene]] = {
    **FORETOLD,
    **OFFICE,
    "cases.add_task": _of_client(cases.add_task, kind="own", title="整理资料", due_on=RUN_DAY),
    "cases.answer_offer": _answer_offer,
    "cases.assign": _case("assign"),
    "cases.assign_many": _assign_many,
    "cases.break_promise": _task("break_promise", "promise", why="忘了"),
    "cases.claim": _case("claim"),
    "cases.close": _case("close", "in_contact", outcome="stayed"),
    "cases.close_complaint": _case("close_complaint", "in_contact", "complaint", answer="已回电说明"),
    "cases.correct_contact": _correct,
    "cases.delete_filter": _delete_filter,
    "cases.dismiss": _case("dismiss", reason="own_money_plan"),
    "cases.drop_task": _task("drop_task", "own", why="不用了"),
    "cases.escalate_overdue": _overdue_tasks,
    "cases.finish_task": _task("finish_task", "own"),
    "cases.hand_over": _case("hand_over", why="休假"),
    "cases.hold_talk": _talk(held=True),
    "cases.judge_note": _judge_note,
    "cases.judge_outcomes": _judge_outcomes,
    "cases.keep_promise": _task("keep_promise", "promise"),
    "cases.keep_unfinished": _of_client(
        cases.keep_unfinished, said=cases.Said(method="phone", connection="connected", purpose="service")
    ),
    "cases.make_offer": _case("make_offer", "in_contact", method="named_adviser", reason="service"),
    "cases.merge": _merge,
    "cases.open_or_update": _nights_alarms,
    "cases.promise": _of_client(cases.promise, what="回电", to_whom="客户", due_on=RUN_DAY),
    "cases.reconcile": _reconcile(cases.reconcile, "C1"),
    "cases.reconcile_all": _reconcile(cases.reconcile_all),
    "cases.record_complaint": _of_client(cases.record_complaint, said="没人回电话", method="phone"),
    "cases.record_contact": _of_client(
        cases.record_contact, said=cases.Said(method="phone", connection="connected", purpose="service")
    ),
    "cases.reopen": _reopen,
    "cases.save_filter": _save_filter,
    "cases.snooze": _case("snooze", until=RUN_DAY + timedelta(days=1), reason="client_asked"),
    "cases.start_contact": _of_client(cases.start_contact, purpose="service"),
    "cases.talk_about_exit": _talk(held=False),
    "directory.publish": _publish,
    "exits.add_condition": _exit("add_condition"),
    "exits.answer_survey": _survey(answer_survey, answer="service", words="等太久"),
    "exits.check_identity": _exit("check_identity"),
    "exits.clear_condition": _exit("clear_condition"),
    "exits.escalate_overdue": _overdue_exits,
    "exits.finish": _exit("finish"),
    "exits.list_conditions": _exit("list_conditions"),
    "exits.mark_ready": _exit("mark_ready"),
    "exits.print_proof": _proof,
    "exits.request_exit": _of_client(request_exit, kind="close_account", channel="counter"),
    "exits.skip_survey": _survey(skip_survey),
    "exits.submit": _exit("submit"),
    "exits.take_from_book": _from_book,
    "exits.withdraw": _exit("withdraw"),
    "nightly.run_night": _night(run_night, load("standard")),
    "nightly.run_night_if_owed": _night(run_night_if_owed, load("standard")),
    "nightly.watch_deadlines_if_owed": _night(watch_deadlines_if_owed),
    "people.choose_own_language": _language,
    "people.freeze": _of_client(people.freeze),
    "people.let_go_of_names": _lost_names,
    "people.note_choice": _of_client(people.note_choice, what="do_not_contact", value="yes", source="phone"),
    "people.note_view": _of_client(people.note_view, what="page"),
    "people.sync_clients": _sync,
    "people.unmask": _of_client(people.unmask, purpose="call"),
    "privacy.export_client": _of_client(export_client, purpose="access"),
    "privacy.forget_client": _forget,
}
