"""Every action leaves its event; where the event cannot be written, nothing has changed."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.apps import apps

from tests.cases.desk import RUN_DAY, Clock, alarm, call, case_in, head, open_now, the_case
from tests.cases.test_contacts import DOUBTFUL_NOTE
from tests.web import make_client, make_user
from wanliu.audit.chain import verify
from wanliu.audit.models import Event
from wanliu.cases import actions
from wanliu.cases.actions import Said, Seen
from wanliu.cases.models import Case, NoteReview, Offer, SavedFilter, Talk, Task
from wanliu.cases.track import WORKING
from wanliu.exits.actions import request_exit
from wanliu.people.user import User

pytestmark = pytest.mark.django_db
TOMORROW = date(2026, 11, 24)


class Scene:
    """A branch in the middle of its work: one of everything that an action may need."""

    def __init__(self) -> None:
        self.boss: User = head()
        self.colleague = make_user("duty_adviser", staff="S2")
        self.watch = make_user("compliance", staff="")
        self.case = case_in("in_contact", self.boss)
        case_in("open", self.boss, client_id="C2")
        case_in("tracking", self.boss, client_id="C3")
        case_in("assigned", self.boss, kind="complaint", client_id="C4")
        make_client("C5")
        case_in("tracking", self.boss, client_id="C6")
        self.old = the_case("C6")
        Case.objects.filter(pk=self.old.pk).update(state="closed", alarm_level="yellow")
        open_now(alarm("C6"))
        make_client("C7")
        self.exit_id = request_exit(
            client_id="C7", kind="close_account", channel="counter", by=self.boss
        ).exit.id
        make_client("C8")
        self.accepted = request_exit(
            client_id="C8", kind="close_account", channel="counter", by=self.boss
        ).exit.id
        actions.talk_about_exit(exit_id=self.accepted, state="accepted", by=self.boss)
        case_in("assigned", self.boss, client_id="C9")
        request_exit(client_id="C9", kind="close_account", channel="counter", by=self.boss)
        self.offer = actions.make_offer(
            case_id=self.case.pk, method="affirming", reason="service", version=self.version(), by=self.boss
        )
        self.promise = self._promise()
        self.own = actions.add_task(
            client_id="C1", kind="own", title="整理资料", due_on=TOMORROW, by=self.boss
        )
        self.contact = call(self.boss, direction="in", note=DOUBTFUL_NOTE, why="转述宣传册").contact_id
        self.review = NoteReview.objects.get().pk
        self.filter = actions.save_filter(page="today", name="红", query={"level": "red"}, by=self.boss)

    def version(self, client_id: str = "C1", kind: str = "retention") -> int:
        return the_case(client_id, kind).version

    def _promise(self) -> int:
        return actions.promise(client_id="C1", what="寄对账单", to_whom="客户", due_on=TOMORROW, by=self.boss)

    def of(self, client_id: str, kind: str = "retention") -> dict[str, Any]:
        case = the_case(client_id, kind)
        return {"case_id": case.pk, "version": case.version, "by": self.boss}


DEEDS: dict[str, Callable[[Scene], Any]] = {
    "open_or_update": lambda _: open_now(alarm("C5")),
    "reconcile": lambda _: actions.reconcile("C9"),
    "reconcile_all": lambda _: actions.reconcile_all(),
    "assign": lambda s: actions.assign(to=s.colleague.pk, **s.of("C2")),
    "assign_many": lambda s: actions.assign_many(
        cases=[(the_case("C2").pk, 1)], to=s.colleague.pk, by=s.boss
    ),
    "claim": lambda s: actions.claim(**s.of("C2")),
    "hand_over": lambda s: actions.hand_over(to=s.colleague.pk, why="休假", **s.of("C1")),
    "rearrange": lambda s: actions.rearrange(
        user_id=s.boss.pk, by=make_user("administrator", branch=""), is_active=False
    ),
    "start_contact": lambda s: actions.start_contact(client_id="C2", by=s.boss),
    "record_contact": lambda s: actions.record_contact(
        client_id="C1", said=Said(method="phone", connection="connected", feedback="not_needed"), by=s.boss
    ),
    "keep_unfinished": lambda s: actions.keep_unfinished(
        client_id="C1", said=Said(method="phone", connection="connected", note="说到一半"), by=s.boss
    ),
    "correct_contact": lambda s: actions.correct_contact(
        contact_id=s.contact, note="改正", said="", by=s.boss
    ),
    "record_complaint": lambda s: actions.record_complaint(
        client_id="C1", said="没人回电话", method="phone", by=s.boss
    ),
    "close_complaint": lambda s: actions.close_complaint(answer="已回电说明", **s.of("C4", "complaint")),
    "make_offer": lambda s: actions.make_offer(method="named_adviser", reason="service", **s.of("C1")),
    "answer_offer": lambda s: actions.answer_offer(offer_id=s.offer, accepted=True, by=s.boss),
    "promise": lambda s: s._promise(),
    "add_task": lambda s: actions.add_task(
        client_id="C5", kind="callback", title="回电", due_on=TOMORROW, by=s.boss
    ),
    "keep_promise": lambda s: actions.keep_promise(task_id=s.promise, version=1, by=s.boss),
    "break_promise": lambda s: actions.break_promise(task_id=s.promise, why="忘了", version=1, by=s.boss),
    "finish_task": lambda s: actions.finish_task(task_id=s.own, version=1, by=s.boss),
    "drop_task": lambda s: actions.drop_task(task_id=s.own, why="不用了", version=1, by=s.boss),
    "snooze": lambda s: actions.snooze(until=TOMORROW, reason="waiting", **s.of("C1")),
    "dismiss": lambda s: actions.dismiss(reason="seasonal", **s.of("C1")),
    "close": lambda s: actions.close(outcome="stayed", **s.of("C1")),
    "reopen": lambda s: actions.reopen(why="来电", **s.of("C3")),
    "merge": lambda s: actions.merge(
        case_id=s.old.pk, into=the_case("C6").pk, version=Case.objects.get(pk=s.old.pk).version, by=s.boss
    ),
    "judge_outcomes": lambda _: actions.judge_outcomes([Seen("C3", date(2026, 12, 23), None, RUN_DAY)]),
    "escalate_overdue": lambda _: actions.escalate_overdue(today=date(2026, 12, 20)),
    "talk_about_exit": lambda s: actions.talk_about_exit(exit_id=s.exit_id, state="declined", by=s.boss),
    "hold_talk": lambda s: actions.hold_talk(
        exit_id=s.accepted, method="visit", note="听客户说原因", by=s.boss
    ),
    "judge_note": lambda s: actions.judge_note(review_id=s.review, verdict="sound", version=1, by=s.watch),
    "save_filter": lambda s: actions.save_filter(page="today", name="红", query={"level": "all"}, by=s.boss),
    "delete_filter": lambda s: actions.delete_filter(filter_id=s.filter, by=s.boss),
}


def snapshot() -> dict[str, list[dict[str, Any]]]:
    """Every row of the room."""
    found = {}
    for model in apps.get_app_config("cases").get_models():
        rows = [dict(row) for row in model._default_manager.values()]
        found[model.__name__] = sorted(rows, key=str)
    return found


@pytest.fixture
def scene() -> Iterator[Scene]:
    yield Scene()


def test_every_action_is_tried_below() -> None:
    verbs = {
        name
        for name in actions.__all__
        if inspect.isfunction(getattr(actions, name)) and not name.startswith(("can_", "check_"))
    }
    assert verbs == set(DEEDS)


@pytest.mark.parametrize("deed", DEEDS)
def test_an_action_leaves_an_event_and_the_chain_holds(scene: Scene, deed: str) -> None:
    before, events = snapshot(), Event.objects.count()

    DEEDS[deed](scene)

    assert Event.objects.count() > events
    assert snapshot() != before
    assert verify().holds


@pytest.mark.parametrize("deed", DEEDS)
def test_where_the_event_cannot_be_written_nothing_has_changed(
    scene: Scene, deed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, events = snapshot(), Event.objects.count()

    def fail(_event: Any) -> str:
        raise RuntimeError("no event today")

    monkeypatch.setattr("wanliu.audit.record.hash_of", fail)

    with pytest.raises(RuntimeError, match="no event"):
        DEEDS[deed](scene)

    assert snapshot() == before
    assert Event.objects.count() == events


def test_no_free_text_and_no_name_stands_among_an_event_s_ids(scene: Scene, clock: Clock) -> None:
    for name, deed in DEEDS.items():
        if name in ("record_contact", "record_complaint", "close_complaint", "promise", "hold_talk"):
            deed(scene)
        clock.days_on(0)

    for event in Event.objects.all():
        for value in event.ids.values():
            assert not any("\u4e00" <= sign <= "\u9fff" for sign in str(value)), event.verb


def test_the_scene_has_one_of_each(scene: Scene) -> None:
    assert Case.objects.filter(state__in=WORKING).count() >= 5
    assert all(model.objects.exists() for model in (Offer, SavedFilter, Talk, Task))
    assert scene.contact
