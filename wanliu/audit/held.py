"""What a room holds on one client: its tables row by row, in words that the client can read; and the events.

Each room tells its own tables. Who of the staff did something stands there by number: the export is the
client's, not theirs.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.db.models import Model, QuerySet

from wanliu.audit.models import Event, Payload
from wanliu.clock import SHANGHAI
from wanliu.text import Text

Instead = Mapping[str, tuple[str, Callable[[Any], object]]]
NOTHING: Final[Instead] = {}
NAME_OF_STAFF: Final = frozenset(("actor_name",))
"""Another person's name is not told, whoever asks."""


@dataclass(frozen=True)
class Part:
    """One table: its name, the words for its columns, and the rows on this client, the oldest first."""

    table: str
    name: Text
    columns: Mapping[str, Text]
    rows: tuple[Mapping[str, object], ...]


def part(name: Text, rows: QuerySet[Any], *, instead: Instead = NOTHING) -> Part:
    """All of these rows with all columns. ``instead``: a column that is told under another name, read first.

    Raises KeyError where a column has no words in ``columns.toml``.
    """
    model: type[Model] = rows.model
    told = {
        field.attname: instead.get(field.attname, (field.attname, _plain))
        for field in model._meta.concrete_fields
        if field.attname not in NAME_OF_STAFF
    }
    return Part(
        model._meta.db_table,
        name,
        {shown: words()[shown] for shown, _ in told.values()},
        tuple(
            {shown: read(getattr(row, column)) for column, (shown, read) in told.items()}
            for row in rows.order_by("pk").iterator(chunk_size=CHUNK)
        ),
    )


CHUNK: Final = 2000


@cache
def words() -> Mapping[str, Text]:
    """Column → what it is called."""
    told = tomllib.loads((Path(__file__).parent / "columns.toml").read_text("utf-8"))
    return {name: Text(**both) for name, both in told.items()}


def _plain(value: object) -> object:
    """As JSON has it: days and moments as people write them, money as text, so that no cent is lost."""
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def held_on(client_id: str) -> list[Part]:
    """The events about a client and what was said in them."""
    events = Event.objects.filter(client_id=client_id)
    return [
        part(Text(zh="操作留痕", en="Records of what was done"), events),
        part(
            Text(zh="留痕的正文", en="What was said in the records"),
            Payload.objects.filter(event__client_id=client_id),
        ),
    ]


def forget_payloads(client_id: str) -> int:
    """Deletes what was said in the events about a client; how many. Events stay, and so does the chain."""
    return Payload.objects.filter(event__client_id=client_id).delete()[0]
