"""One's own month so far: what was due and is done, and how many of one's clients were reached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Count, Q

from wanliu.cases.models import Contact, Task
from wanliu.clock import SHANGHAI
from wanliu.people.queries import clients_of_manager
from wanliu.people.user import User

DONE = ("done", "kept")


@dataclass(frozen=True)
class MonthSoFar:
    """Shares are told with both of their numbers; nobody is compared with anybody."""

    done: int
    """Of ``due``, those that were carried out, whenever."""
    due: int
    """One's tasks whose day lies between the first of the month and that day."""
    reached: int
    """Clients whom one spoke to this month."""
    clients: int


def month_so_far(user: User, on: date) -> MonthSoFar:
    """Four counts of one's own; three queries."""
    first = on.replace(day=1)
    mine = Task.objects.filter(assignee=user, due_on__gte=first, due_on__lte=on).exclude(state="dropped")
    tasks = mine.aggregate(due=Count("pk"), done=Count("pk", filter=Q(state__in=DONE)))
    since = datetime.combine(first, time.min, SHANGHAI)
    spoken = Contact.objects.filter(by=user, happened_at__gte=since, connection="connected")
    reached = spoken.aggregate(clients=Count("client_id", distinct=True))["clients"]
    return MonthSoFar(tasks["done"], tasks["due"], reached, clients_of_manager(user.staff_id))
