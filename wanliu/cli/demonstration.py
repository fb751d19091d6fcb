"""The people of the demonstration, and the week of work that lies behind its morning.

Everything is done through the doors that people use, each day at its own date; so the records hold, the
lists have a history, and nothing on a page is there that the workbench could not have come to by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, time, timedelta
from typing import Any

import duckdb
from django.conf import settings

from wanliu.book.sealed import Book
from wanliu.cases import actions
from wanliu.cases import queries as cases
from wanliu.cases.actions import Said
from wanliu.cases.queries import Line
from wanliu.cli import demonstration_desk
from wanliu.errors import Refused
from wanliu.exits import actions as on_exits
from wanliu.exits.queries import Exit
from wanliu.exits.track import Kind
from wanliu.people.roles import ROLES, Role
from wanliu.people.user import User

NAMES: dict[Role, str] = {
    "duty_adviser": "周值班",
    "counter_clerk": "吴柜台",
    "branch_head": "郑经理",
    "compliance": "王合规",
    "head_office": "冯总部",
    "administrator": "陈管理",
}
WHOLE_FIRM: tuple[Role, ...] = ("compliance", "head_office", "administrator")
PLANTED = "SIMP%"
"""Client numbers of the simulator's planted stories."""
NIGHTS = (
    (date(2009, 10, 23), date(2009, 10, 26)),
    (date(2009, 10, 30), date(2009, 11, 2)),
)
"""The day that each night judges, and the Monday after it; the last Monday is the visitor's."""
AT_NIGHT, AT_WORK = time(2), time(9, 30)
A_WEEK_ON = timedelta(days=7)
ALL_LINES = 1000
Deed = Callable[[User, Line, date], None]
"""What comes of turning to a client; the day is that of the next contact."""


def make_people(book: Book) -> None:
    """Nobody has a password: the sign-in page of a demonstration has a button for each role. Done once."""
    if User.objects.exists():
        return
    staff = _staff(book)
    for row in staff:
        name = row["name"] or row["staff_id"]
        _make("adviser", f"demo-{row['staff_id']}", name, row["branch_id"], row["staff_id"])
    branches = list(dict.fromkeys(row["branch_id"] for row in staff)) or [""]
    for role in (one for one in ROLES if one in NAMES):
        _make(role, f"demo-{role}", NAMES[role], "" if role in WHOLE_FIRM else branches[0], "")
    _make("head_office", "demo-second-office", "许总部", "", "")  # what one of them drafts the other approves
    for other in branches[1:]:
        _make("branch_head", f"demo-head-{other}", f"{other}负责人", other, "")


def _make(role: Role, username: str, name: str, branch_id: str, staff_id: str) -> None:
    User.objects.create_user(username, None, name=name, role=role, branch_id=branch_id, staff_id=staff_id)


def _staff(book: Book) -> list[dict[str, Any]]:
    """Whoever serves most of the planted stories in their own branch comes first, then most clients."""
    with duckdb.connect() as connection:
        found = connection.execute(
            f"SELECT s.staff_id, s.branch_id, s.name FROM ({book.rows_of('staff')}) s "
            f"LEFT JOIN ({book.rows_of('clients')}) c ON c.manager_id = s.staff_id "
            "GROUP BY ALL ORDER BY "
            "count(*) FILTER (WHERE c.client_id LIKE $planted AND c.branch_id = s.branch_id) DESC, "
            "count(c.client_id) DESC, s.staff_id",
            {"planted": PLANTED},
        )
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


# --- a week of work ---------------------------------------------------------------------------------


def live_through(run_night: Callable[[date], object]) -> None:
    """Each night with the Monday after it, at its own date; the last Monday is left to the visitor."""
    demonstration_desk.past(_at)
    for judged, monday in NIGHTS:
        with _at(monday, AT_NIGHT):
            run_night(judged)
        if monday != NIGHTS[-1][1]:
            with _at(monday, AT_WORK):
                _work(monday)


@contextmanager
def _at(day: date, hour: time) -> Iterator[None]:
    """The clock of this process stands on that day, and began at that hour."""
    before = settings.WANLIU_TODAY, settings.WANLIU_OPENS
    settings.WANLIU_TODAY, settings.WANLIU_OPENS = day, hour
    try:
        yield
    finally:
        settings.WANLIU_TODAY, settings.WANLIU_OPENS = before


def _work(day: date) -> None:
    for head in User.objects.filter(role="branch_head").order_by("pk"):
        _assign(head)
    for place, adviser in enumerate(User.objects.filter(role="adviser").order_by("pk"), 1):
        for number, line in enumerate(_lines(adviser, day)):
            deed = DEEDS[(number + place) % len(DEEDS)]
            if line.kind == "retention" and line.level in PRESSING and deed:
                again = day + A_WEEK_ON + timedelta(days=number % 3)
                with suppress(Refused):  # a limit of contact: then nobody calls, as in life
                    deed(adviser, line, again)
    _at_the_desk(day)
    demonstration_desk.this_week(day)


def _assign(head: User) -> None:
    """What waits in the branch goes to its advisers, a share to each."""
    advisers = [one for one in cases.colleagues(head.branch_id) if one.role == "adviser"]
    waiting = [(one.id, one.version) for one in cases.waiting_for_assignment(head, most=ALL_LINES)]
    for number, adviser in enumerate(advisers):
        if share := waiting[number :: len(advisers)]:
            actions.assign_many(cases=share, to=adviser.pk, by=head)


def _lines(adviser: User, day: date) -> list[Line]:
    first = cases.today(adviser, day, capacity=ALL_LINES)
    rest = (cases.today(adviser, day, capacity=ALL_LINES, page=page) for page in range(2, first.pages + 1))
    return [*first.lines, *(line for told in rest for line in told.lines)]


def _spoken(by: User, line: Line, again: date | None, **said: str) -> None:
    spoken = Said(method="phone", next_follow_up_on=again, **said)  # type: ignore[arg-type]  # codes, no purpose
    actions.record_contact(client_id=line.client_id, said=spoken, by=by)


def _reached(feedback: str, said: str) -> Deed:
    """The client was reached and said this; somebody calls again."""
    code, _, detail = feedback.partition(":")
    told = {"connection": "connected", "feedback": code, "feedback_detail": detail, "said": said}
    return lambda by, line, again: _spoken(by, line, again, **told)


def _missed(by: User, line: Line, again: date) -> None:
    _spoken(by, line, again, connection="no_answer")


def _set_aside(by: User, line: Line, again: date) -> None:  # noqa: ARG001 (nobody calls again)
    actions.dismiss(case_id=_id(line), reason="own_money_plan", version=_version(line), by=by)


def _helped(by: User, line: Line, again: date) -> None:
    """Interested: an offer from the playbook, taken; and a promise."""
    _reached("positive:interested", "要是有个固定的人能问问就好了")(by, line, again)
    case, version = _id(line), _version(line)
    method, reason = "named_adviser", "service"
    offer = actions.make_offer(
        case_id=case, method=method, reason=reason, version=version, channel="phone", by=by
    )
    actions.answer_offer(offer_id=offer, accepted=True, by=by)
    actions.promise(client_id=line.client_id, what=PROMISED, to_whom="客户本人", due_on=again, by=by)


def _stays(by: User, line: Line, again: date) -> None:
    _reached("positive:stays", "就是换换手，没打算走")(by, line, again)
    actions.close(case_id=_id(line), outcome="stayed", version=_version(line), by=by)


PRESSING = ("red", "orange")
"""A week of calls does not reach further."""
PROMISED = "把服务人员的姓名电话告诉客户"
DEEDS: tuple[Deed | None, ...] = (
    _missed,
    _reached("neutral:thinking", "我再想想，别家也给我打过电话"),
    _helped,
    _missed,
    _stays,
    _reached("neutral:busy", "这两天忙，下周再说"),
    _set_aside,
    _reached("negative:displeased", "手续费比别家高，问过一次也没人回"),
    _reached("not_needed:no_service", "不用联系我了"),
    _reached("positive:thanks", "难得你们还记得我"),
    None,
    _reached("neutral:asked", "费率能不能按公示的条件看看"),
)
"""In turn; None: nobody got to it, and it will be overdue."""


def _id(line: Line) -> int:
    assert line.case_id is not None, "a retention line has its case"
    return line.case_id


def _version(line: Line) -> int:
    return cases.case_of(_id(line)).case.version


def _at_the_desk(day: date) -> None:
    """Two exits: one under way with a condition open, one carried out the same day."""
    clerk = User.objects.filter(role="counter_clerk").first()
    if clerk is None or day != NIGHTS[0][1]:
        return
    waits = _asked(clerk, UNDER_WAY, "close_account")
    codes = ["CASH_NONZERO", "CASH_PRODUCT"]
    on_exits.list_conditions(exit_id=waits.id, version=waits.version, codes=codes, by=clerk)
    leaves = _asked(clerk, CARRIED_OUT, "transfer_custody")
    for step in (on_exits.list_conditions, on_exits.mark_ready, on_exits.submit, on_exits.finish):
        leaves = step(exit_id=leaves.id, version=leaves.version, by=clerk)


UNDER_WAY, CARRIED_OUT = "SIMP06", "SIMP16"


def _asked(clerk: User, client_id: str, kind: Kind) -> Exit:
    taken = on_exits.request_exit(client_id=client_id, kind=kind, channel="counter", by=clerk).exit
    return on_exits.check_identity(exit_id=taken.id, version=taken.version, how="document", by=clerk)
