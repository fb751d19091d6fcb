"""What a clerk does at the exit desk, and what the desk answers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.exits.desk import FRIDAY, SIGN, act, again, an_exit, on
from tests.web import make_client, make_user
from wanliu.audit.queries import events_of_client, events_of_stream
from wanliu.clock import day_of
from wanliu.errors import Changed, NotAllowed, NotFound, Refused
from wanliu.exits import actions
from wanliu.exits.models import Condition
from wanliu.exits.queries import (
    Left,
    all_left,
    conditions_for_client,
    escalations,
    exit_of,
    has_left,
    is_leaving,
    left_of,
    open_exits_of,
)
from wanliu.exits.track import OPEN, STEPS, State, Verb
from wanliu.people.queries import person
from wanliu.people.rights import sight
from wanliu.people.user import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> User:
    make_client()
    return make_user("counter_clerk")


def request(by: User, **given: Any) -> actions.Requested:
    return actions.request_exit(
        **{"client_id": "C1", "kind": "close_account", "channel": "counter", "by": by, **given}
    )


# --- asking -----------------------------------------------------------------------------------------


def test_request_is_taken_at_once_and_starts_its_clock(clerk: User) -> None:
    asked = request(clerk)

    assert asked.is_new
    assert asked.exit.state == "requested"
    assert is_leaving("C1")
    (event,) = events_of_stream(f"exit/{asked.exit.id}")
    assert (event.verb, event.client_id, event.ids["kind"]) == ("exit_requested", "C1", "close_account")


@pytest.mark.parametrize(
    "flags",
    [
        {"status": "frozen"},
        {"status": "deceased"},
        {"do_not_contact": True, "scoring_opt_out": True},
        {"kind": "institution"},
        {"is_employee": True},
        {"manager": ""},
        {"name": None, "phone": None},
    ],
)
def test_request_needs_only_that_the_client_exists(clerk: User, flags: dict[str, Any]) -> None:
    make_client("C2", **flags)

    assert request(clerk, client_id="C2").is_new


def test_request_asked_again_returns_the_open_one_and_records_nothing(clerk: User) -> None:
    first = request(clerk).exit
    first = act("check_identity", first, by=clerk)

    second = request(clerk, channel="phone")

    assert not second.is_new
    assert second.exit == first
    assert len(events_of_client("C1")) == 2


def test_another_kind_has_a_track_of_its_own(clerk: User) -> None:
    """A transfer must not wait for what only the closing of the account needs."""
    closing = an_exit("conditions_open", by=clerk)

    moving = request(clerk, kind="transfer_custody")

    assert moving.is_new
    assert an_exit("done", by=clerk, kind="transfer_custody").state == "done"
    assert again(closing).state == "conditions_open"
    assert [one.id for one in open_exits_of(["C1"])] == [closing.id]


def test_request_after_the_end_is_a_new_exit(clerk: User) -> None:
    old = an_exit("withdrawn_by_client", by=clerk)

    assert request(clerk).is_new
    assert again(old).state == "withdrawn_by_client"


def test_request_of_nobody_is_not_found(clerk: User) -> None:
    with pytest.raises(NotFound):
        request(clerk, client_id="C404")


@pytest.mark.parametrize("wrong", [{"kind": "leave"}, {"channel": "nightly"}, {"channel": ""}])
def test_request_of_another_kind_or_channel_is_refused(clerk: User, wrong: dict[str, str]) -> None:
    with pytest.raises(Refused):
        request(clerk, **wrong)

    assert not is_leaving("C1")


# --- conditions -------------------------------------------------------------------------------------


def test_conditions_open_and_clear_one_by_one(clerk: User) -> None:
    leaving = an_exit("identity_checked", by=clerk)
    leaving = act("list_conditions", leaving, by=clerk, codes=["CASH_NONZERO", "FROZEN", "CASH_NONZERO"])
    assert leaving.state == "conditions_open"
    assert [one.code for one in leaving.open_conditions] == ["CASH_NONZERO", "FROZEN"]

    leaving = act("clear_condition", leaving, by=clerk, code="FROZEN")
    assert leaving.state == "conditions_open"
    leaving = act("clear_condition", leaving, by=clerk, code="CASH_NONZERO", note="已转出")
    assert leaving.state == "conditions_listed"
    assert leaving.open_conditions == ()
    assert [one.cleared_note for one in leaving.conditions] == ["已转出", ""]


def test_ready_is_refused_with_the_names_of_what_is_open(clerk: User) -> None:
    leaving = an_exit("conditions_open", by=clerk)

    with pytest.raises(Refused) as refused:
        act("mark_ready", leaving, by=clerk)

    assert "有未成交的委托" in refused.value.message.zh
    assert again(leaving) == leaving


@pytest.mark.parametrize("code", ["BUYS_TODAY", "NO_SUCH_THING", "", "open_order"])
def test_only_what_counts_for_the_kind_can_stand_in_the_way(clerk: User, code: str) -> None:
    leaving = an_exit("identity_checked", by=clerk)

    with pytest.raises(Refused):
        act("list_conditions", leaving, by=clerk, codes=["OPEN_ORDER", code])

    assert again(leaving) == leaving
    assert not Condition.objects.exists()


def test_condition_is_not_listed_twice_and_may_come_back(clerk: User) -> None:
    leaving = an_exit("conditions_open", by=clerk)
    with pytest.raises(Refused):
        act("add_condition", leaving, by=clerk)

    leaving = act("clear_condition", leaving, by=clerk)
    leaving = act("add_condition", leaving, by=clerk)
    assert [one.is_open for one in leaving.conditions] == [False, True]


@pytest.mark.parametrize("state", ["ready", "submitted"])
def test_condition_found_late_needs_a_note_and_is_told_at_once(clerk: User, state: State) -> None:
    leaving = an_exit(state, by=clerk)
    with pytest.raises(Refused):
        act("add_condition", leaving, by=clerk, note=" ")

    leaving = act("add_condition", leaving, by=clerk, note="客户又买入")

    (told,) = escalations(
        sight(make_user("compliance", branch=""), "exits.view"), since=day_of(leaving.entered_at)
    )
    assert (told.exit_id, told.why) == (leaving.id, "set_back")
    assert told in escalations(sight(make_user("branch_head"), "exits.view"), since=told.on)
    assert escalations(sight(make_user("branch_head", branch="B2"), "exits.view"), since=told.on) == []


def test_client_reads_what_stands_in_the_way_but_no_note_of_the_desk(clerk: User) -> None:
    with on(FRIDAY):
        leaving = an_exit("identity_checked", by=clerk)
        leaving = act("list_conditions", leaving, by=clerk)
        leaving = act("add_condition", leaving, by=clerk, code="CASH_NONZERO", note="内部备注")

    for language, name in (("zh", "账户里还有资金"), ("en", "There is money in the account")):
        (line,) = conditions_for_client(leaving, language)  # type: ignore[arg-type]  # a loop has no literals
        assert line.name == name
        assert line.expected_on is not None
        assert line.expected_on.isoformat() == "2026-03-09"
        assert "内部备注" not in repr(line)


@pytest.mark.parametrize("words", ["x" * 501, "a\x00b", "\u202egnirts", "\ud800"])
def test_note_that_is_no_plain_text_is_refused(clerk: User, words: str) -> None:
    leaving = an_exit("conditions_open", by=clerk)

    with pytest.raises(Refused):
        act("clear_condition", leaving, by=clerk, note=words)

    assert again(leaving) == leaving


def test_note_keeps_its_lines_and_wide_blanks(clerk: User) -> None:
    leaving = act(
        "clear_condition", an_exit("conditions_open", by=clerk), by=clerk, note=" 一\r\n二\u3000三👨‍👩‍👧 "
    )

    assert leaving.conditions[0].cleared_note == "一\n二\u3000三👨‍👩‍👧"


# --- the end ----------------------------------------------------------------------------------------


def test_closed_account_is_frozen_from_the_same_moment(clerk: User) -> None:
    an_exit("done", by=clerk)

    assert person("C1").frozen_at is not None
    assert not is_leaving("C1")
    assert events_of_client("C1")[0].verb == "frozen"


@pytest.mark.parametrize("kind", ["transfer_custody", "revoke_designation"])
def test_after_a_transfer_the_client_is_served_on(clerk: User, kind: Any) -> None:
    with on(FRIDAY):
        an_exit("done", by=clerk, kind=kind)

    assert person("C1").frozen_at is None
    assert has_left("C1") == left_of(["C1"])["C1"] == all_left()["C1"] == Left(kind, FRIDAY)
    assert has_left("C2") is None


@pytest.mark.parametrize("state", OPEN)
@pytest.mark.parametrize(
    "sign",
    [
        {"how": "phone", "reference": "1"},
        {"how": "signature", "reference": "  "},
        {"how": "", "reference": ""},
    ],
)
def test_withdrawal_needs_the_clients_own_sign(clerk: User, state: State, sign: dict[str, str]) -> None:
    leaving = an_exit(state, by=clerk)

    with pytest.raises(Refused):
        act("withdraw", leaving, by=clerk, **sign)

    assert again(leaving) == leaving


@pytest.mark.parametrize("how", ["signature", "app"])
def test_withdrawal_keeps_the_sign(clerk: User, how: str) -> None:
    leaving = act("withdraw", an_exit("submitted", by=clerk), by=clerk, how=how, reference=" A-1 ")

    assert (leaving.state, leaving.withdrawn_how, leaving.withdrawn_reference) == (
        "withdrawn_by_client",
        how,
        "A-1",
    )
    assert not is_leaving("C1")
    assert has_left("C1") is None
    event = events_of_stream(f"exit/{leaving.id}")[0]
    assert event.ids["how"] == how
    assert event.payload == {"reference": "A-1"}


@pytest.mark.parametrize("role", ["adviser", "duty_adviser", "compliance", "head_office", "administrator"])
def test_withdrawal_is_not_taken_by_those_who_keep_clients(clerk: User, role: Any) -> None:
    leaving = an_exit(by=clerk)

    with pytest.raises(NotAllowed):
        act("withdraw", leaving, by=make_user(role), **SIGN)


# --- two at once, and lists -------------------------------------------------------------------------


@pytest.mark.parametrize("verb", [verb for verb in STEPS if STEPS[verb].action])
def test_stale_page_overwrites_nothing(clerk: User, verb: Verb) -> None:
    stale = an_exit(by=clerk)
    fresh = act("check_identity", stale, by=clerk)

    with pytest.raises(Changed):
        act(verb, stale, by=clerk)

    assert again(stale) == fresh


def test_exit_that_is_none_is_not_found(clerk: User) -> None:
    for id in (0, -1, 404, 2**70):
        with pytest.raises(NotFound):
            exit_of(id)
        with pytest.raises(NotFound):
            actions.submit(exit_id=id, version=1, by=clerk)


def test_each_action_leaves_one_event_in_its_chain(clerk: User) -> None:
    leaving = an_exit("done", by=clerk, kind="transfer_custody")

    verbs = [event.verb for event in reversed(events_of_stream(f"exit/{leaving.id}"))]

    assert verbs == [
        "exit_requested", "identity_checked", "conditions_listed", "made_ready", "submitted", "finished",
    ]  # fmt: skip


@pytest.mark.parametrize("verb", ["check_identity", "withdraw"])
def test_action_without_its_record_changes_nothing(
    clerk: User, verb: Verb, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaving = an_exit(by=clerk)

    def breaks(**_given: object) -> int:
        raise OSError("disk full")

    monkeypatch.setattr("wanliu.exits.moving.record", breaks)
    with pytest.raises(OSError, match="disk full"):
        act(verb, leaving, by=clerk)

    assert again(leaving) == leaving
