"""One row of a table as one line of JSON, alike from every database, and back.

Money is text with all its digits, a moment is UTC, bytes are base64; JSON stays what it is. Floats are
written so that reading gives the same bits.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import BinaryField, Field, JSONField, Model

from wanliu.errors import ArchiveRefused
from wanliu.text import Text


def columns(model: type[Model]) -> list[Field[Any, Any]]:
    """The table's own columns, in the order in which they are written."""
    return list(model._meta.local_concrete_fields)


def names(fields: Sequence[Field[Any, Any]]) -> list[str]:
    return [str(field.column) for field in fields]


def written(fields: Sequence[Field[Any, Any]], row: Sequence[Any]) -> bytes:
    """The line, with its end."""
    told = [
        value if isinstance(field, JSONField) else _plain(value)
        for field, value in zip(fields, row, strict=True)
    ]
    return json.dumps(told, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode() + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(bytes(value)).decode("ascii")
    return value


def reader(fields: Sequence[Field[Any, Any]], table: str) -> Callable[[Iterator[bytes]], Iterator[list[Any]]]:
    """From lines to rows as this database takes them. Raises ArchiveRefused for what is no such row."""
    prepared = [(_decoder(field), field) for field in fields]

    def rows(lines: Iterator[bytes]) -> Iterator[list[Any]]:
        for number, line in enumerate(lines, start=1):
            try:
                told = json.loads(line)
                yield [
                    field.get_db_prep_save(decode(value), connection)
                    for (decode, field), value in zip(prepared, told, strict=True)
                ]
            except (ValueError, TypeError, ArithmeticError) as fault:
                raise ArchiveRefused(_NO_ROW.format(table=table, line=f"{number:,}")) from fault

    return rows


def _decoder(field: Field[Any, Any]) -> Callable[[Any], Any]:
    if isinstance(field, JSONField):
        return lambda value: value
    if isinstance(field, BinaryField):
        return lambda value: None if value is None else base64.b64decode(value, validate=True)
    return field.to_python


_NO_ROW = Text(
    zh="备份里 {table} 的第 {line} 行读不出来，没有恢复任何内容。请换一份备份。",
    en="Line {line} of {table} in the backup cannot be read; nothing was restored. Use another backup.",
)
