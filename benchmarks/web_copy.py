"""Many rows in one stream: PostgreSQL's COPY, or some at a time where there is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

ROWS_AT_ONCE = 2000


def copied(rows: Iterable[Any]) -> int:
    """Writes the rows, all of one model; those whose key the database gives get it there. How many."""
    from django.db import connection

    waiting = iter(rows)
    first = next(waiting)
    every = chain([first], waiting)
    return _copy(type(first), every) if connection.vendor == "postgresql" else _by_parts(type(first), every)


def _copy(model: Any, rows: Iterator[Any]) -> int:
    from django.db import connection

    columns = [one for one in model._meta.concrete_fields if one.get_internal_type() != "BigAutoField"]
    names = ", ".join(connection.ops.quote_name(one.column) for one in columns)
    counted = 0
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {model._meta.db_table} ({names}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row([one.get_db_prep_save(getattr(row, one.attname), connection) for one in columns])
            counted += 1
    return counted


def _by_parts(model: Any, rows: Iterator[Any]) -> int:
    counted = 0
    while some := list(islice(rows, ROWS_AT_ONCE)):
        model.objects.bulk_create(some)
        counted += len(some)
    return counted
