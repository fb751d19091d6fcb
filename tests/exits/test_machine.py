"""The real actions on the real tables against the track: any order of moves, talks, nights and stale pages.

Two clients ask for the same and get the same moves. Beside the first one's exit a talk goes on, beside the
other's none does; whatever is done, both exits come out alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, Final

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.exits.desk import CODE, FRIDAY, GIVEN, ROAD, SIGN, act, again, on
from tests.web import make_client, make_user
from wanliu.audit.record import System, record
from wanliu.clock import day_of, trading_days
from wanliu.errors import Changed, Refused, WanliuError
from wanliu.exits import surveys
from wanliu.exits.actions import request_exit
from wanliu.exits.course import course_of, is_unbroken, records_of, waited
from wanliu.exits.from_book import BookExit, FromBook, take_from_book
from wanliu.exits.models import Escalation
from wanliu.exits.models import Exit as Row
from wanliu.exits.overdue import escalate_overdue
from wanliu.exits.queries import Exit, clock_of, exits_of, is_leaving
from wanliu.exits.track import FINAL, ON_THE_CLOCK, OPEN, STATES, State, Verb, check_move
from wanliu.people.actions import note_choice

pytestmark = pytest.mark.django_db

TALKED_TO, LEFT_ALONE = "C1", "C2"
CODES: Final = ("OPEN_ORDER", "CASH_NONZERO", "MARGIN_ACCT_OPEN", "FROZEN")
codes = st.sampled_from(CODES)
NEXT: Final[dict[str, Verb]] = {
    "requested": "check_identity",
    "identity_checked": "list_conditions",
    "conditions_open": "clear_condition",
    "conditions_listed": "mark_ready",
    "ready": "submit",
    "submitted": "finish",
}
NOTHING: Final[Mapping[str, Any]] = {}
SELDOM: Final = st.sampled_from([False, False, False, True])
"""What ends an exit comes seldom, or no run would get far."""


class Desk(RuleBasedStateMachine):
    """One exit of each of the two clients at a time, moved in step from the state it begins in."""

    begins_in: State = "requested"

    def __init__(self) -> None:
        super().__init__()
        self.rolled_back = transaction.atomic()
        self.rolled_back.__enter__()
        self.day = FRIDAY
        self.clerk = make_user("counter_clerk")
        for client_id in (TALKED_TO, LEFT_ALONE):
            make_client(client_id)
        self.state = "requested"
        self.open: list[str] = []
        self.exits = self._ask()
        self.stale = self.exits
        self.talk("offered")
        for verb in ROAD[self.begins_in]:
            self._move(verb, GIVEN[verb], left=[CODE] if verb == "add_condition" else None)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.rolled_back.__exit__(None, None, None)

    def _ask(self) -> tuple[Exit, Exit]:
        with on(self.day):
            one, two = (
                request_exit(client_id=client, kind="close_account", channel="counter", by=self.clerk).exit
                for client in (TALKED_TO, LEFT_ALONE)
            )
        return one, two

    # --- the desk ---------------------------------------------------------------------------------------

    @rule(how=st.sampled_from(["document", "app", "phone"]))
    def check_identity(self, how: str) -> None:
        self._move("check_identity", {"how": how})

    @rule(listed=st.lists(codes, max_size=3, unique=True))
    def list_conditions(self, listed: list[str]) -> None:
        self._move("list_conditions", {"codes": listed}, left=listed)

    @rule(code=codes)
    def add_condition(self, code: str) -> None:
        self._move(
            "add_condition",
            {"code": code, "note": "又有了"},
            left=[*self.open, code],
            fits=code not in self.open,
        )

    @rule(code=codes)
    def clear_condition(self, code: str) -> None:
        left = [one for one in self.open if one != code]
        self._move("clear_condition", {"code": code}, left=left, fits=code in self.open)

    @rule()
    def mark_ready(self) -> None:
        self._move("mark_ready")

    @rule()
    def submit(self) -> None:
        self._move("submit")

    @rule()
    def finish(self) -> None:
        self._move("finish")

    @rule(really=SELDOM)
    def withdraw(self, really: bool) -> None:
        if really:
            self._move("withdraw", SIGN)

    @precondition(lambda self: self.state in NEXT)
    @rule()
    def go_on(self) -> None:
        """The next step towards done, so that the far end is reached as often as the near one."""
        if self.open:
            self.clear_condition(self.open[0])
        else:
            self._move(NEXT[self.state], GIVEN[NEXT[self.state]])

    @rule(verb=st.sampled_from(list(GIVEN)))
    def act_on_a_stale_page(self, verb: Any) -> None:
        if self.stale[0].version == self.exits[0].version:
            return
        for leaving in self.stale:
            with pytest.raises(Changed), on(self.day):
                act(verb, leaving, by=self.clerk)

    @rule()
    def ask_again(self) -> None:
        """While it is open, that is the same exit; after the end, a new one."""
        before, self.exits = self.exits, self._ask()
        if self.state in FINAL:
            self.state, self.open = "requested", []
            assert self.exits[0].id > before[0].id
        assert self.exits == tuple(again(leaving) for leaving in self.exits)

    @rule(skips=st.booleans())
    def survey(self, skips: bool) -> None:
        outcomes = [
            _outcome(partial(_ask_why, leaving, skips=skips, by=self.clerk)) for leaving in self.exits
        ]
        assert outcomes[0] == outcomes[1]
        if self.state not in surveys.ASKED_IN:
            assert outcomes[0] == Refused.__name__
        self._look()

    # --- the night --------------------------------------------------------------------------------------

    @rule(days=st.integers(1, 5))
    def days_pass(self, days: int) -> None:
        self.day += timedelta(days=days)

    @rule()
    def night_tells_of_what_is_late(self) -> None:
        with on(self.day):
            told = {one.client_id for one in escalate_overdue(day=self.day, by=System)}
            assert told in (set(), {TALKED_TO, LEFT_ALONE})
            assert escalate_overdue(day=self.day, by=System) == []
        self._look()

    @precondition(lambda self: self.state in OPEN)
    @rule(really=SELDOM)
    def book_says_it_is_done(self, really: bool) -> None:
        if not really:
            return
        rows = FromBook(exits=[BookExit(one, self.day, "closed_account") for one in (TALKED_TO, LEFT_ALONE)])
        with on(self.day):
            finished = take_from_book(rows=rows, by=System).finished
            assert take_from_book(rows=rows, by=System).finished == 0
        if finished:  # a row of the same day may have finished the exit before this one already
            self.state = "done"
        self._look()

    # --- the talk, beside the first exit alone ------------------------------------------------------------

    @rule(what=st.sampled_from(["offered", "declined", "accepted", "not_offered"]))
    def talk(self, what: str) -> None:
        with on(self.day), transaction.atomic():
            record(stream=f"talk/{TALKED_TO}", verb=f"talk_{what}", by=self.clerk, client_id=TALKED_TO)
            note_choice(
                client_id=TALKED_TO,
                what="do_not_contact",
                value="yes" if what == "declined" else "no",
                source="counter",
                by=self.clerk,
            )

    # --- what always holds --------------------------------------------------------------------------------

    @invariant()
    def both_stand_where_the_track_says(self) -> None:
        for leaving in self.exits:
            assert again(leaving) == leaving
            assert leaving.state == self.state
            if leaving.is_open:
                assert sorted(one.code for one in leaving.open_conditions) == sorted(self.open)
                assert (leaving.state == "conditions_open") == bool(self.open)
        assert _alike(self.exits[0]) == _alike(self.exits[1])

    @invariant()
    def clocks_run(self) -> None:
        for leaving in self.exits:
            if leaving.ready_at is not None:
                ready = day_of(leaving.ready_at)
                assert leaving.due_on == trading_days().after(ready, 2)
            assert (leaving.state in ON_THE_CLOCK) <= (leaving.due_on is not None)
            with on(self.day):
                assert clock_of(leaving).elapsed >= timedelta(0)

    @invariant()
    def records_tell_the_whole_course(self) -> None:
        for leaving in self.exits:
            records = records_of(leaving)
            assert is_unbroken(records)
            with on(self.day):
                course = course_of(leaving, records)
                assert course[-1].state == leaving.state
                assert set(waited(course)) == {"us", "conditions", "exchange"}
            assert all(one.state in STATES for one in course)

    @invariant()
    def one_is_open_at_most(self) -> None:
        for client_id in (TALKED_TO, LEFT_ALONE):
            open_ones = [one for one in exits_of(client_id) if one.is_open]
            assert len(open_ones) == (self.state in OPEN) == is_leaving(client_id)
        assert Escalation.objects.count() == Escalation.objects.values("exit", "on", "why").distinct().count()

    def _move(
        self,
        verb: Verb,
        given: Mapping[str, Any] = NOTHING,
        *,
        left: list[str] | None = None,
        fits: bool = True,
    ) -> None:
        """Makes the move on both exits; the track alone says what has to come of it."""
        left = self.open if left is None else left
        try:
            after = check_move(verb, self.state, some_left=bool(left)) if fits else None  # type: ignore[arg-type]  # the machine's state is any text
        except Refused:
            after = None
        before, outcomes = self.exits, []
        for leaving in before:
            with on(self.day):
                outcomes.append(_outcome(partial(act, verb, leaving, by=self.clerk, **given)))
        self._look()
        if after is None:
            assert outcomes == [Refused.__name__] * 2
            assert self.exits == before
            return
        assert outcomes == [after] * 2
        self.stale, self.state = before, after
        self.open = [] if after in FINAL else list(left)

    def _look(self) -> None:
        self.exits = (again(self.exits[0]), again(self.exits[1]))


def _ask_why(leaving: Exit, *, skips: bool, by: Any) -> Exit:
    if skips:
        surveys.skip_survey(exit_id=leaving.id, by=by)
    else:
        surveys.answer_survey(exit_id=leaving.id, answer="fees", by=by)
    return again(leaving)


def _outcome(action: Callable[[], Exit]) -> str:
    """The state after the action, or the name of what it raised."""
    try:
        with transaction.atomic():
            return action().state
    except WanliuError as fault:
        return type(fault).__name__


def _alike(leaving: Exit) -> dict[str, Any]:
    """What two exits have in common that were moved in step: all but their numbers and moments."""
    row: dict[str, Any] = {**Row.objects.filter(pk=leaving.id).values().get()}
    own = ("id", "client_id", "requested_at", "entered_at", "identity_at", "ready_at", "submitted_at")
    ends = ("done_at", "withdrawn_at")
    return {name: value for name, value in row.items() if name not in (*own, *ends)} | {
        name: row[name] is not None for name in (*own, *ends)
    }


@pytest.mark.parametrize("state", OPEN)
def test_any_order_of_moves_talks_and_nights_keeps_to_the_track(state: State) -> None:
    class Begun(Desk):
        begins_in = state

    run_state_machine_as_test(
        Begun,
        settings=settings(
            max_examples=10,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
