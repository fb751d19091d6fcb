"""The house watches its own predictions: noted when they are made, measured when their horizon has passed.

One day stands for its month, the last one predicted in it: days of one month say nearly the same. Files of
days that are long past are deleted; what was measured by them stays.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from wanliu.audit.record import Actor, System, record
from wanliu.book.engine import duckdb_engine
from wanliu.book.sealed import Book
from wanliu.clock import now
from wanliu.errors import WanliuError
from wanliu.foresight.labels import last_day
from wanliu.foresight.measuring import Measured, as_json, measured, outcome_of
from wanliu.foresight.predicted import Predicted, file_of, read
from wanliu.foresight.watch_numbers import watch
from wanliu.nightly.models import Prediction
from wanliu.nightly.places import Places
from wanliu.nightly.predictions import last_of_months
from wanliu.text import Text

log = logging.getLogger("wanliu.nightly")
STREAM = "foresight"
MEMORY = "2GB"


@dataclass(frozen=True)
class Watched:
    """How many days were measured, and why others that were due could not be."""

    measured: int
    faults: tuple[Text, ...]


@transaction.atomic
def note_prediction(*, day: Predicted, by: Actor = System) -> bool:
    """Puts on record that the day was predicted, and the hash of its file; False where that was done before.

    The first prediction of a day stands, whatever is computed later.
    """
    row, is_new = Prediction.objects.get_or_create(
        as_of=day.as_of,
        defaults={
            "ends_on": day.as_of + timedelta(days=day.horizon),
            "horizon": day.horizon,
            "run": day.run,
            "model": day.model,
            "clients": day.clients,
            "hash": day.hash,
            "stored_at": now(),
        },
    )
    if is_new:
        _record(row, "prediction_stored", by)
    return is_new


@transaction.atomic
def note_measurement(*, as_of: date, told: Measured, by: Actor = System) -> bool:
    """Puts on record how the predictions of a day came true; False where that was done before: what was once
    measured stays."""
    row = Prediction.objects.select_for_update().get(as_of=as_of)
    if row.measured_at is not None:
        return False
    row.measured_at, row.told = now(), as_json(told)
    row.save(update_fields=["measured_at", "told"])
    _record(row, "prediction_measured", by)
    return True


def _record(row: Prediction, verb: str, by: Actor) -> None:
    ids = {"as_of": row.as_of.isoformat(), "run": row.run, "model": row.model, "hash": row.hash}
    record(stream=STREAM, verb=verb, by=by, ids=ids)


def measure_what_is_due(book: Book, places: Places, *, by: Actor = System) -> Watched:
    """Holds against the book what has had its time. What cannot be measured is told, and tried again."""
    count, faults = 0, []
    try:
        due = due_by(last_day(book))
    except WanliuError as fault:  # a book without assets tells of nobody whether they left
        return Watched(0, (fault.message,)) if Prediction.objects.exists() else Watched(0, ())
    for row in due:
        try:
            rows = read(file_of(places.predictions, row.as_of), row.hash)
            with duckdb_engine(memory=MEMORY) as engine:
                told = measured(outcome_of(book, rows, engine))
        except Exception as fault:  # whatever it is, the other months and the night go on
            faults.append(_reason(fault, row.as_of))
            continue
        count += note_measurement(as_of=row.as_of, told=told, by=by)
    return Watched(count, tuple(faults))


def _reason(fault: Exception, as_of: date) -> Text:
    """Its sentence; of what nobody foresaw the kind alone, since a message may hold a client's row."""
    log.error("what was predicted on %s was not measured: %s", as_of, type(fault).__name__)
    if isinstance(fault, WanliuError):
        return fault.message
    return _FAILED.format(day=as_of.isoformat(), what=type(fault).__name__)


def due_by(day: date) -> list[Prediction]:
    """What the book can tell of by this day and nobody measured yet, the oldest first: one day of each
    month."""
    return [
        row
        for month, row in last_of_months(Prediction.objects.order_by("as_of")).items()
        if row.measured_at is None and row.ends_on <= day and month < (day.year, day.month)
    ]


def forget_old_files(places: Places, day: date) -> None:
    """Deletes files whose horizon passed long ago: they name clients, and are not needed any more."""
    for row in Prediction.objects.filter(ends_on__lt=day - timedelta(days=watch().keep_days)):
        with suppress(FileNotFoundError):
            file_of(places.predictions, row.as_of).unlink()


_FAILED = Text(
    zh="{day} 的预测没有检验成：程序出错（{what}）。下一次夜间运行会再试；若仍不行，请联系系统管理员。",
    en="What was predicted on {day} could not be measured: the program failed ({what}). The next night "
    "tries again; if that fails, too, ask the administrator.",
)
