"""One night: deliveries in, the book judged, its people and its run published, cases and exits brought up.

Each step can be done twice without harm, so a night that was killed is simply run again. A refused delivery
leaves the list of the day before standing; deadlines are watched all the same, above all those of exits.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from wanliu.audit import chain
from wanliu.audit.record import Actor, System
from wanliu.book.atomic import locked
from wanliu.book.sealed import Book, is_sealed
from wanliu.cases import actions as on_cases
from wanliu.cases import queries as of_cases
from wanliu.cases.figures import order
from wanliu.cases.limits import who_declined
from wanliu.clock import now, today
from wanliu.directory import actions as on_directory
from wanliu.directory import queries as of_directory
from wanliu.directory.rows import Standing
from wanliu.errors import BookRefused, Busy, RecordsBroken, WanliuError
from wanliu.exits import from_book, overdue
from wanliu.exits.queries import open_exits
from wanliu.foresight.predicted import store
from wanliu.nightly import lapses, models, owed, people_of, watching
from wanliu.nightly import predictions as of_predictions
from wanliu.nightly.deliveries import Refusal, forget_old, take_deliveries
from wanliu.nightly.places import Places
from wanliu.nightly.queries import NightView, view
from wanliu.nightly.scored import House, looks_ahead, model_in, predictions_of, scoring_of
from wanliu.nightly.warned import MEMORY, Night, facts_of, run_folder, told_by
from wanliu.people.queries import opted_out
from wanliu.people.rights import Sight
from wanliu.people.sync import sync_clients
from wanliu.ruleset import RuleSet
from wanliu.text import Text

RUNS_KEPT = 7
CLIENTS_AT_ONCE = 2000
Watch = Callable[[Text], None]


def nobody(step: Text) -> None:
    """Progress that nobody watches."""


@dataclass
class Course:
    """A night under way: its row, and who watches."""

    row: models.Night
    places: Places
    rules: RuleSet
    by: Actor
    watch: Watch
    asked: date | None
    steps: list[dict[str, Any]] = field(default_factory=list)
    told: list[Text] = field(default_factory=list)
    """What must not be overlooked although the night goes on."""

    @contextmanager
    def step(self, name: str) -> Iterator[dict[str, Any]]:
        """Notes the seconds of a step, and the counts that its block fills in."""
        self.watch(STEPS[name])
        began = time.monotonic()
        counts: dict[str, Any] = {}
        yield counts
        self.steps.append({"step": name, "seconds": round(time.monotonic() - began, 1), **counts})


@dataclass(frozen=True)
class Watched:
    """How many exits and tasks were told of upwards."""

    exits: int
    tasks: int


def run_night(
    home: Path,
    rules: RuleSet,
    *,
    as_of: date | None = None,
    by: Actor = System,
    watch: Watch = nobody,
) -> NightView:
    """Runs the night and tells what became of it; ``as_of`` None: the last day that the book knows.

    Raises EnvironmentFailed where another night is running, RecordsBroken where the chain does not hold, and
    whatever else failed, after it was noted.
    """
    places = Places(home)
    home.mkdir(parents=True, exist_ok=True)
    with locked(places.lock):
        _end_those_that_were_killed()
        return _run(places, rules, as_of, by, watch)


def run_night_if_owed(home: Path, rules: RuleSet, *, by: Actor = System) -> NightView | None:
    """Runs the night that is owed by the clock; None where none is, or somebody runs it at this moment.

    Of many who ask at once, one runs it. Raises as ``run_night`` does.
    """
    if not owed.is_night_owed(now()):
        return None
    places = Places(home)
    home.mkdir(parents=True, exist_ok=True)
    with _if_free(places.lock) as is_free:
        if not is_free:
            return None
        _end_those_that_were_killed()
        if not owed.is_night_owed(now()):  # somebody was quicker
            return None
        return _run(places, rules, None, by, nobody)


def watch_deadlines_if_owed(home: Path, *, by: Actor = System) -> Watched | None:
    """Tells of what is overdue, once in each working hour; None where that was done, or is being done.

    Killed half-way, the next call tells the rest.
    """
    home.mkdir(parents=True, exist_ok=True)
    with _if_free(Places(home).rounds_lock) as is_free:
        hour = owed.round_owed(now()) if is_free else None
        if hour is None:
            return None
        watched = _tell_of_overdue(by)
        models.Round.objects.get_or_create(
            hour=hour, defaults={"ended_at": now(), "exits": watched.exits, "tasks": watched.tasks}
        )
        return watched


@contextmanager
def _if_free(file: Path) -> Iterator[bool]:
    """Holds the lock within the block; False, without it, where another process has it."""
    with ExitStack() as held:
        try:
            held.enter_context(locked(file))
        except Busy:
            yield False
            return
        yield True


def _run(places: Places, rules: RuleSet, as_of: date | None, by: Actor, watch: Watch) -> NightView:
    row = models.Night.objects.create(started_at=now(), state="running")
    course = Course(row, places, rules, by, watch, as_of)
    try:
        refused = _through(course)
    except Exception as fault:
        message = (
            fault.message if isinstance(fault, WanliuError) else UNKNOWN.format(what=type(fault).__name__)
        )
        _end(course, "failed", message)
        raise
    _end(course, "refused" if refused else "done", refused.why if refused else _together(course.told))
    return view(row)


def _through(course: Course) -> Refusal | None:
    try:
        with course.step("deliveries") as counts:
            deliveries = take_deliveries(course.places)
            counts["taken"] = len(deliveries.taken)
        if deliveries.refused:
            course.row.delivery = deliveries.refused.delivery
        elif is_sealed(course.places.book):
            _renew(course)
    finally:  # deadlines are watched whatever became of the data: an exit waits for no calendar and no disk
        _watch_deadlines(course)
        _close_the_day(course)
    return deliveries.refused


def _renew(course: Course) -> None:
    """From the book to the pages."""
    book = Book.open(course.places.book)
    as_of = course.asked or last_day(book)
    with course.step("people") as counts:
        counts.update(asdict(sync_clients(people_of.client_rows(book), by=course.by)))
    with course.step("exits") as counts:
        rows = people_of.exits_of(book, as_of)
        counts.update(asdict(from_book.take_from_book(rows=rows, by=course.by)))
    night = _night(course, book, as_of)
    course.row.as_of, course.row.run = night.as_of, night.name
    course.row.save(update_fields=["as_of", "run"])
    with course.step("warn"):
        folder = run_folder(night, course.places.runs)
    _foresee(course, night, folder)
    with course.step("publish") as counts:
        counts["clients"] = on_directory.publish(
            facts_of(night, folder), told_by(night, folder), by=course.by
        )
    with course.step("cases") as counts:
        opened = on_cases.open_or_update(_alarms(book, night.as_of), run_id=night.name, as_of=night.as_of)
        counts.update(opened=opened.opened, alarmed_again=opened.alarmed_again, complaints=opened.complaints)
        counts["held_back"] = dict(opened.held_back)
    with course.step("outcomes") as counts:
        due = of_cases.clients_to_judge(today())
        counts["judged"] = on_cases.judge_outcomes(people_of.seen_in(book, night.as_of, due), by=course.by)
    _look_back(course, book, night.as_of)
    forget_old(course.places.runs, RUNS_KEPT)


def _night(course: Course, book: Book, as_of: date) -> Night:
    """All that the outcome depends on, as plain values."""
    house = House(
        calls=order().list.capacity,
        listed=of_directory.listed(),
        leaving=frozenset(one.client_id for one in open_exits(Sight())),
        declined=frozenset(who_declined(today())),
    )
    return Night(book, course.rules, as_of, frozenset(opted_out()), model_in(course.places.model), house)


def _foresee(course: Course, night: Night, folder: Path) -> None:
    """Says what became of the scores, and keeps what was predicted."""
    with course.step("score") as counts:
        told = scoring_of(folder)
        counts.update(scored=told["scored"], listed=told["listed"])
        if told["overlap"] is not None:
            counts["overlap"] = f"{told['overlap']:.0%}"
        if told["why_not"]:
            course.told.append(Text(**told["why_not"]))
        if told["knows_later"]:
            course.told.append(KNOWS_LATER)
        if looks_ahead(night.book, night.as_of):
            counts["predicted"] = _keep_prediction(course, night, folder)


def _keep_prediction(course: Course, night: Night, folder: Path) -> int:
    """How many days were put on record, one or none. A damaged file of the day costs the night nothing
    else."""
    try:
        day = store(course.places.predictions, predictions_of(night, folder, memory=MEMORY))
    except BookRefused as fault:
        course.told.append(fault.message)
        return 0
    return int(day is not None and watching.note_prediction(day=day, by=course.by))


def _look_back(course: Course, book: Book, as_of: date) -> None:
    """Measures what was predicted and has had its time, and says where that no longer holds."""
    with course.step("watch") as counts:
        watched = watching.measure_what_is_due(book, course.places, by=course.by)
        watching.forget_old_files(course.places, as_of)
        decayed = of_predictions.decayed()
        counts.update(measured=watched.measured, decayed=len(decayed))
        course.told += [*watched.faults, *(one.said for one in decayed)]


def _watch_deadlines(course: Course) -> None:
    """What is due does not wait for data."""
    with course.step("deadlines") as counts:
        on_cases.reconcile_all(by=course.by)
        counts.update(asdict(_tell_of_overdue(course.by)))
        counts.update(lapses.lapse(course.by))


def _tell_of_overdue(by: Actor) -> Watched:
    return Watched(
        exits=len(overdue.escalate_overdue(day=today(), by=by)),
        tasks=len(on_cases.escalate_overdue(today=today(), by=by)),
    )


def _close_the_day(course: Course) -> None:
    """The records are redone before their head is written down: a broken chain gets no new seal."""
    with course.step("records") as counts:
        checked = chain.verify()
        counts["events"] = checked.events
        if not checked.holds:
            raise RecordsBroken(BROKEN)
        chain.write_head(course.places.heads, today())


def _alarms(book: Book, as_of: date) -> Iterator[on_cases.Alarm]:
    """Everybody with a level, a case that is worked on, or an open complaint; each once."""
    complaints = people_of.complaints_of(book, as_of)
    others = of_cases.clients_at_work() | set(complaints)
    for standing in of_directory.with_a_level():
        others.discard(standing.client_id)
        yield _alarm(standing, complaints)
    left = sorted(others)
    for start in range(0, len(left), CLIENTS_AT_ONCE):
        found = of_directory.standings_of(left[start : start + CLIENTS_AT_ONCE])
        yield from (_alarm(found[client_id], complaints) for client_id in sorted(found))


def _alarm(standing: Standing, complaints: dict[str, tuple[str, ...]]) -> on_cases.Alarm:
    return on_cases.Alarm(
        client_id=standing.client_id,
        branch_id=standing.branch_id,
        manager_id=standing.manager_id,
        level=standing.level or "unknown",  # type: ignore[arg-type]  # one of the levels, as the run told it
        value_at_stake=standing.value_at_stake,
        net_assets=standing.net_assets,
        fired=standing.fired,
        complaints=complaints.get(standing.client_id, ()),
        priority=standing.priority,
    )


def last_day(book: Book) -> date:
    """The last trading day of which the book has rows, and that is not yet to come."""
    known = [day for table in ("assets", "trades", "flows") if (day := book.last_date(table))]
    last = min(max(known, default=today()), today())
    found = book.calendar.between(date.min, last)
    return found[-1] if found else last


def _end_those_that_were_killed() -> None:
    """The lock is ours, so whatever still says “running” was killed."""
    models.Night.objects.filter(state="running").update(
        state="failed", ended_at=now(), why_zh=KILLED.zh, why_en=KILLED.en
    )


def _end(course: Course, state: str, why: Text) -> None:
    row = course.row
    row.state, row.ended_at, row.steps = state, now(), course.steps
    row.why_zh, row.why_en = why.zh, why.en
    row.save()


def _together(told: list[Text]) -> Text:
    return Text(zh="".join(one.zh for one in told), en=" ".join(one.en for one in told))


STEPS: dict[str, Text] = {
    "deliveries": Text(zh="接收数据", en="Taking deliveries"),
    "people": Text(zh="同步客户", en="Bringing clients up to date"),
    "exits": Text(zh="核对离开手续", en="Matching exits"),
    "warn": Text(zh="判断信号", en="Judging signals"),
    "score": Text(zh="打分与排序", en="Scoring and ranking"),
    "publish": Text(zh="发布预警", en="Publishing the warnings"),
    "cases": Text(zh="开立和更新个案", en="Opening and updating cases"),
    "outcomes": Text(zh="判定结果", en="Judging outcomes"),
    "watch": Text(zh="用账簿检验从前的预测", en="Holding old predictions against the book"),
    "deadlines": Text(zh="检查时限", en="Watching deadlines"),
    "records": Text(zh="核对留痕", en="Verifying the records"),
}
KNOWS_LATER = Text(
    zh="模型学过这一天之后的结果：得分只用来排序，不算预测，没有留作检验。",
    en="The model has learnt from what came after this day: its scores order the list, are no prediction, "
    "and were not kept to be measured.",
)
KILLED = Text(zh="运行中断，已由下一次运行接着完成。", en="It was interrupted; the next run took over.")
UNKNOWN = Text(
    zh="程序出错（{what}）。请联系系统管理员。", en="The program failed ({what}). Ask the administrator."
)
BROKEN = Text(
    zh="留痕链核对不符，没有写出今天的链头。请立即运行 wanliu records verify 查看，并通知合规。",
    en="The chain of records does not hold; no head was written today. Run wanliu records verify at once, "
    "and tell compliance.",
)
