"""Bringing a run before the pages: rows are written beside the old ones, and one swap makes them current."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import islice

from django.db import models as fields
from django.db import transaction

from wanliu.audit.record import Actor, System, record
from wanliu.clock import now
from wanliu.directory import models
from wanliu.directory.rows import RunFacts, Standing, Told

ROWS_AT_ONCE = 250
"""In one transaction: on SQLite whoever saves something waits for it, so it is short."""
TABLES: tuple[type[fields.Model], ...] = (models.Standing, models.Signals, models.Months)


def publish(run: RunFacts, told: Iterable[Told], *, by: Actor = System) -> int:
    """Makes the run current, in one swap; the number of clients written, 0 where it is current already.

    Pages see the run before until the swap. Killed half-way, the next call begins this run anew.
    """
    if models.Run.objects.filter(name=run.name, is_current=True).exists():
        _forget_others()
        return 0
    row = _begin(run)
    written = sum(_write(row, some) for some in _batches(told))
    _swap(row, written, by)
    _forget_others()
    return written


def _begin(run: RunFacts) -> models.Run:
    for left in models.Run.objects.filter(name=run.name):
        _forget(left)
    return models.Run.objects.create(**{**asdict(run), "told": dict(run.told)})


@transaction.atomic
def _write(run: models.Run, told: list[Told]) -> int:
    models.Standing.objects.bulk_create(_standing(run, one.standing) for one in told)
    models.Signals.objects.bulk_create(
        models.Signals(run=run, client_id=one.standing.client_id, signs=one.signals)
        for one in told
        if one.signals
    )
    models.Months.objects.bulk_create(
        models.Months(run=run, client_id=one.standing.client_id, points=one.months)
        for one in told
        if one.months
    )
    return len(told)


def _standing(run: models.Run, row: Standing) -> models.Standing:
    plain = dict(vars(row))
    why = plain.pop("why")
    plain["explained"] = [vars(one) for one in row.explained]
    plain.update(fired=list(row.fired), unknown=list(row.unknown), why_zh=why.zh, why_en=why.en)
    return models.Standing(run=run, **plain)


@transaction.atomic
def _swap(run: models.Run, written: int, by: Actor) -> None:
    models.Run.objects.filter(is_current=True).update(is_current=False)
    run.is_current, run.published_at = True, now()
    run.save()
    record(
        stream="directory",
        verb="run_published",
        by=by,
        ids={"run": run.name, "as_of": run.as_of.isoformat(), "rules": run.rules, "clients": written},
    )


def _forget_others() -> None:
    for left in models.Run.objects.filter(is_current=False):
        _forget(left)


def _forget(run: models.Run) -> None:
    """Some rows at a time, so that nobody waits long for the table."""
    for table in TABLES:
        rows = table._default_manager.filter(run=run)
        while some := list(rows.values_list("pk", flat=True)[:ROWS_AT_ONCE]):
            table._default_manager.filter(pk__in=some).delete()
    run.delete()


def _batches(told: Iterable[Told]) -> Iterator[list[Told]]:
    left = iter(told)
    while some := list(islice(left, ROWS_AT_ONCE)):
        yield some
