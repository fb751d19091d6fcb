"""The lines of today's lists, derived: one for each client and person who has something to do for the client.

A line says again what cases, tasks and exits say. It is made anew in the transaction of whatever changed
them, so that a list is one query over one table, whatever stands behind it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from wanliu.cases.figures import order
from wanliu.cases.leaving import Leaving, leaving
from wanliu.cases.models import Case, CaseSign, Folder, Line, Snooze, Task
from wanliu.cases.serving import users_of_managers
from wanliu.cases.track import RESTING_KINDS, WORKING


@dataclass
class Pile:
    """All that one person has to do for one client."""

    client_id: str
    assignee_id: int | None
    cases: dict[str, Case] = field(default_factory=dict)
    tasks: list[Task] = field(default_factory=list)
    exit: Leaving | None = None


@dataclass(frozen=True)
class Around:
    """What the lines of some clients need beside the piles."""

    folders: Mapping[str, Folder]
    signs: Mapping[int, list[str]]
    snoozes: Mapping[int, date]


def refresh(*client_ids: str) -> None:
    """Makes the lines of these clients anew, in the caller's transaction, which holds their folders."""
    lines = lines_of(client_ids)
    Line.objects.filter(client_id__in=client_ids).delete()
    Line.objects.bulk_create(lines)


def lines_of(client_ids: Collection[str]) -> list[Line]:
    """The lines as they must be, not saved. Eight queries at most, however many clients."""
    cases = list(Case.objects.filter(client_id__in=client_ids, state__in=WORKING).order_by("pk"))
    tasks = list(Task.objects.filter(client_id__in=client_ids, state="open").order_by("due_on", "pk"))
    exits = leaving(client_ids)
    piles = _piles(cases, tasks, exits)
    around = _around(client_ids, cases)
    return [_line(pile, around) for pile in piles]


def _piles(cases: Iterable[Case], tasks: Iterable[Task], exits: Mapping[str, Leaving]) -> list[Pile]:
    found: dict[tuple[str, int | None], Pile] = {}
    by_id = {case.pk: case for case in cases}

    # what nobody has yet stands in the line of whoever has a case of the client's: one line, not two
    hands = {case.client_id: case.assignee_id for case in by_id.values() if case.assignee_id}

    def pile(client_id: str, assignee_id: int | None) -> Pile:
        owner = assignee_id or hands.get(client_id)
        return found.setdefault((client_id, owner), Pile(client_id, owner))

    for case in by_id.values():
        if case.suspended_at is None:
            pile(case.client_id, case.assignee_id).cases[case.kind] = case
    for task in tasks:
        if not _rests(task, by_id):
            pile(task.client_id, task.assignee_id).tasks.append(task)
    owners = _owners_of_exits(by_id.values(), exits)
    for client_id, one in exits.items():
        pile(client_id, owners[client_id]).exit = one
    return list(found.values())


def _rests(task: Task, cases: Mapping[int, Case]) -> bool:
    case = cases.get(task.case_id) if task.case_id else None
    return case is not None and case.suspended_at is not None and task.kind in RESTING_KINDS


def _owners_of_exits(cases: Iterable[Case], exits: Mapping[str, Leaving]) -> dict[str, int | None]:
    """Client → who sees that the client leaves: whoever has a case of the client's, else the manager."""
    owners: dict[str, int | None] = {
        case.client_id: case.assignee_id for case in cases if case.client_id in exits and case.assignee_id
    }
    without = {client_id: one.manager_id for client_id, one in exits.items() if client_id not in owners}
    users = users_of_managers(set(without.values()))
    for client_id, manager_id in without.items():
        owners[client_id] = users[manager_id].pk if manager_id in users else None
    return owners


def _around(client_ids: Collection[str], cases: list[Case]) -> Around:
    signs = defaultdict(list)
    kept = [case.pk for case in cases if case.kind == "retention"]
    for case_id, sign in (
        CaseSign.objects.filter(case__in=kept).order_by("sign").values_list("case_id", "sign")
    ):
        signs[case_id].append(sign)
    snoozes = dict(Snooze.objects.filter(case__in=kept).order_by("pk").values_list("case_id", "until"))
    return Around(Folder.objects.in_bulk(list(client_ids)), signs, snoozes)


def _line(pile: Pile, around: Around) -> Line:
    kind, case = _first(pile)
    shown = case if kind == "retention" else None
    due = [(task.due_on, task) for task in pile.tasks]
    must = [task.due_on for task in pile.tasks if task.must]
    if pile.exit and pile.exit.due_on:
        must.append(pile.exit.due_on)
    first = min(pile.tasks, key=lambda task: (task.due_on, not task.must, task.pk), default=None)
    folder = around.folders.get(pile.client_id)
    place = pile.exit or case or first
    assert place is not None, "a pile has something in it"
    return Line(
        client_id=pile.client_id,
        branch_id=place.branch_id,
        manager_id=place.manager_id,
        assignee_id=pile.assignee_id,
        kind=kind,
        rank=_rank(kind, shown),
        case=case,
        exit_id=pile.exit.exit_id if pile.exit else None,
        state=pile.exit.state if pile.exit else case.state if case else "",
        level=shown.level if shown else "",
        value_at_stake=shown.value_at_stake if shown else None,
        # an exit or a complaint is served for its own sake, whatever a score says
        priority=shown.priority if shown else None,
        fired=around.signs.get(shown.pk, []) if shown else [],
        alarmed_on=shown.alarmed_on if shown else None,
        unseen=any(task.kind == "first_contact" for task in pile.tasks),
        due_on=min([*(day for day, _ in due), *must], default=None),
        must_due_on=min(must, default=None),
        callback_on=min((task.due_on for task in pile.tasks if task.kind == "callback"), default=None),
        due_kind=first.kind if first else "",
        title=first.title if first else "",
        tasks=len(pile.tasks),
        reach=_reach(folder),
        escalated_to=_highest(task.escalated_to for task in pile.tasks),
        snoozed_until=around.snoozes.get(shown.pk) if shown else None,
        last_contact_at=folder.last_contact_at if folder else None,
    )


def _first(pile: Pile) -> tuple[str, Case | None]:
    """An exit before a complaint before a retention case before a mere task."""
    complaint, kept = pile.cases.get("complaint"), pile.cases.get("retention")
    if pile.exit:
        return "exit", complaint or kept
    if complaint:
        return "complaint", complaint
    return ("retention", kept) if kept else ("task", None)


def _rank(kind: str, case: Case | None) -> int:
    ranks = order().rank
    return ranks[case.level or "none"] if case else ranks[kind]


def _reach(folder: Folder | None) -> int:
    last = folder.last_connection if folder else ""
    return order().reach[last or "never"]  # type: ignore[index]  # a CharField is no Literal


def _highest(escalations: Iterable[str]) -> str:
    told = set(escalations)
    return next((one for one in ("compliance", "branch_head") if one in told), "")
