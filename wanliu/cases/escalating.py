"""What is overdue is told to the branch head, and if it stays so, to compliance; once each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from wanliu.audit.record import Actor, System, record
from wanliu.cases.figures import sla
from wanliu.cases.hands import take
from wanliu.cases.lines import refresh
from wanliu.cases.models import Task
from wanliu.cases.track import RESTING_KINDS, EscalatedTo
from wanliu.clock import trading_days


@dataclass(frozen=True)
class Escalation:
    """A task that somebody was told of now."""

    task_id: int
    client_id: str
    branch_id: str
    to: EscalatedTo


def escalate_overdue(*, today: date, by: Actor = System) -> list[Escalation]:
    """Tells of every overdue task to whom the table says; what was told now. Twice is as good as once.

    Each task in a transaction of its own: killed half-way, the rest follows with the next call.
    """
    late = Task.objects.filter(state="open", due_on__lt=today).exclude(escalated_to="compliance")
    ids = list(late.order_by("due_on", "pk").values_list("pk", "client_id"))
    told = (_tell(task_id, client_id, today, by) for task_id, client_id in ids)
    return [one for one in told if one is not None]


def owed_to(task: Task, day: date) -> EscalatedTo:
    """Whom an open task must have been told to by this day."""
    late = trading_days().between(task.due_on, day)
    if late >= sla().escalation.compliance:
        return "compliance"
    return "branch_head" if late >= sla().escalation.branch_head else ""


@transaction.atomic
def _tell(task_id: int, client_id: str, day: date, by: Actor) -> Escalation | None:
    take(client_id)
    task = Task.objects.select_for_update(of=("self",)).select_related("case").get(pk=task_id)
    to = owed_to(task, day)
    if task.state != "open" or to in ("", task.escalated_to) or _rests(task):
        return None
    task.escalated_to, task.escalated_on = to, day
    task.version += 1
    task.save(update_fields=["escalated_to", "escalated_on", "version"])
    refresh(client_id)
    record(
        stream=f"task/{task.pk}",
        verb="escalated",
        by=by,
        client_id=client_id,
        ids={"task": task.pk, "case": task.case_id, "to": to, "due_on": task.due_on.isoformat()},
    )
    return Escalation(task.pk, client_id, task.branch_id, to)


def _rests(task: Task) -> bool:
    return task.kind in RESTING_KINDS and task.case is not None and task.case.suspended_at is not None
