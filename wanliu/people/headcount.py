"""How many clients there were on a day, by branch or by manager; and who they are, a page at a time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.db.models import Count, Q, QuerySet

from wanliu.people.models import Client
from wanliu.people.queries import Person, persons

By = Literal["branch", "manager"]
COLUMNS: dict[By, str] = {"branch": "branch_id", "manager": "manager_id"}


@dataclass(frozen=True)
class Heads:
    """Clients at the start of a stretch, and those of them who were gone by its end."""

    there: int
    gone: int


@dataclass(frozen=True)
class Among:
    """Whose clients: a branch's, a manager's, or everybody's."""

    branch_id: str | None = None
    manager_id: str | None = None


def heads(
    first: date, last: date, gone: Collection[str], *by: By, among: Among
) -> dict[tuple[str, ...], Heads]:
    """Key → heads; without ``by`` one key, the empty one. ``gone``: who left in these days, by exits.

    Branch and manager are those of the latest delivery. Nothing at all where no delivery brought clients.
    """
    columns = [COLUMNS[one] for one in by]
    counts = {"there": Count("pk"), "lost": Count("pk", filter=_lost(first, last, gone))}
    found = _there(first, last, gone, among)
    if not by:
        row = found.aggregate(**counts)
        return {(): Heads(row["there"], row["lost"])} if row["there"] else {}
    rows = found.order_by().values(*columns).annotate(**counts)
    return {tuple(row[one] for one in columns): Heads(row["there"], row["lost"]) for row in rows}


def clients_there(
    first: date, last: date, gone: Collection[str], *, among: Among, lost: bool, page: int, size: int
) -> tuple[list[Person], int]:
    """A page of them by client id, and how many there are in all."""
    found = _there(first, last, gone, among)
    if lost:
        found = found.filter(_lost(first, last, gone))
    ids = found.order_by("client_id").values_list("client_id", flat=True)[(page - 1) * size : page * size]
    people = persons(ids)
    return [people[one] for one in sorted(people)], found.count()


def _there(first: date, last: date, gone: Collection[str], among: Among) -> QuerySet[Client]:
    """Opened before the first day and not closed by then, as far as the book or an exit tells."""
    found = Client.objects.filter(
        Q(closed_on__isnull=True) | Q(closed_on__gte=first),
        Q(in_book=True) | _lost(first, last, gone),
        opened_on__lt=first,
    )
    if among.branch_id is not None:
        found = found.filter(branch_id=among.branch_id)
    return found if among.manager_id is None else found.filter(manager_id=among.manager_id)


def _lost(first: date, last: date, gone: Collection[str]) -> Q:
    return Q(client_id__in=gone) | Q(closed_on__gte=first, closed_on__lte=last)
