"""The manifest of a sealed book: which parts it is made of, and what they hold.

A file that the manifest does not name is no part of the book. The fingerprint covers what defines the content
(parts, absent and derived columns, frequency), not times, paths or the delivery that brought the rows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal, cast

import wanliu

FORMAT = 1
"""Grows when an older program can no longer read the book."""

FILE_NAME = "manifest.json"

Frequency = Literal["daily", "month_end"]
Columns = Mapping[str, tuple[str, ...]]
"""Column names per table."""


@dataclass(frozen=True)
class Part:
    """One Parquet file. ``path`` is relative to the book; ``month`` (2009-10) only for daily tables.

    ``tail`` is the hash of the last bytes (the Parquet footer): enough to notice a torn or swapped file.
    ``totals`` sums every money column; ``first`` and ``last`` are None where the table has no date.
    """

    path: str
    rows: int
    bytes: int
    sha256: str
    tail: str
    month: str | None = None
    first: date | None = None
    last: date | None = None
    totals: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class SealedTable:
    """One table of the book.

    ``rows_in`` = ``rows_used`` + ``rows_rejected`` count the last delivery that brought this table; ``rows``
    counts what the book holds now (accounts summed, earlier days included). ``days`` is filled for the feeds
    that must not miss a trading day (assets, trades).
    """

    parts: tuple[Part, ...]
    rows_in: int
    rows_used: int
    rows_rejected: int
    days: Mapping[date, int] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return sum(part.rows for part in self.parts)

    @property
    def first_date(self) -> date | None:
        return min((part.first for part in self.parts if part.first), default=None)

    @property
    def last_date(self) -> date | None:
        return max((part.last for part in self.parts if part.last), default=None)

    @property
    def totals(self) -> dict[str, Decimal]:
        """Sum of each money column over the rows in the book."""
        sums: dict[str, Decimal] = {}
        for part in self.parts:
            for column, total in part.totals.items():
                sums[column] = sums.get(column, Decimal(0)) + total
        return sums


@dataclass(frozen=True)
class Manifest:
    """All about a sealed book but its rows. ``tainted`` lists the clients touched by a rejected row."""

    tables: Mapping[str, SealedTable]
    assets_frequency: Frequency = "daily"
    absent: Columns = field(default_factory=dict)
    derived: Columns = field(default_factory=dict)
    tainted: Part | None = None
    program: str = wanliu.__version__

    @property
    def parts(self) -> tuple[Part, ...]:
        named = [part for table in self.tables.values() for part in table.parts]
        return (*named, self.tainted) if self.tainted else tuple(named)

    @property
    def fingerprint(self) -> str:
        content = {
            "format": FORMAT,
            "assets_frequency": self.assets_frequency,
            "absent": _sorted_columns(self.absent),
            "derived": _sorted_columns(self.derived),
            "tables": {
                name: [[part.month, part.sha256] for part in table.parts]
                for name, table in self.tables.items()
            },
            "tainted": self.tainted.sha256 if self.tainted else None,
        }
        return hashlib.sha256(_canonical(content).encode()).hexdigest()

    def to_json(self) -> str:
        """The text of manifest.json; equal manifests give equal bytes."""
        return _canonical(
            {
                "format": FORMAT,
                "program": self.program,
                "fingerprint": self.fingerprint,
                "assets_frequency": self.assets_frequency,
                "absent": _sorted_columns(self.absent),
                "derived": _sorted_columns(self.derived),
                "tables": {name: _table_to_json(table) for name, table in self.tables.items()},
                "tainted": _part_to_json(self.tainted) if self.tainted else None,
            },
            indent=1,
        )

    @classmethod
    def from_json(cls, text: str | bytes) -> Manifest:
        """Raises ValueError or KeyError where the text is no manifest, or one that was changed by hand."""
        found: Any = json.loads(text)
        if found["format"] != FORMAT:
            raise ValueError(f"format {found['format']}")
        manifest = cls(
            tables={name: _table_from_json(table) for name, table in found["tables"].items()},
            assets_frequency=cast(Frequency, found["assets_frequency"]),
            absent=_columns_from_json(found["absent"]),
            derived=_columns_from_json(found["derived"]),
            tainted=_part_from_json(found["tainted"]) if found["tainted"] else None,
            program=found["program"],
        )
        if manifest.fingerprint != found["fingerprint"]:
            raise ValueError("fingerprint")
        return manifest


def united(one: Columns, other: Columns) -> dict[str, tuple[str, ...]]:
    """Both lists of columns together, table by table."""
    return {
        table: tuple(sorted({*one.get(table, ()), *other.get(table, ())})) for table in sorted({*one, *other})
    }


def _sorted_columns(columns: Columns) -> dict[str, list[str]]:
    return {table: sorted(names) for table, names in sorted(columns.items()) if names}


def _columns_from_json(found: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    return {table: tuple(names) for table, names in found.items()}


def _table_to_json(table: SealedTable) -> dict[str, Any]:
    written: dict[str, Any] = {
        "rows": table.rows,
        "rows_in": table.rows_in,
        "rows_used": table.rows_used,
        "rows_rejected": table.rows_rejected,
        "first_date": _day_to_json(table.first_date),
        "last_date": _day_to_json(table.last_date),
        "totals": {column: str(total) for column, total in table.totals.items()},
        "parts": [_part_to_json(part) for part in table.parts],
    }
    if table.days:
        written["days"] = {day.isoformat(): rows for day, rows in sorted(table.days.items())}
    return written


def _table_from_json(found: Mapping[str, Any]) -> SealedTable:
    return SealedTable(
        parts=tuple(_part_from_json(part) for part in found["parts"]),
        rows_in=found["rows_in"],
        rows_used=found["rows_used"],
        rows_rejected=found["rows_rejected"],
        days={date.fromisoformat(day): rows for day, rows in found.get("days", {}).items()},
    )


def _part_to_json(part: Part) -> dict[str, Any]:
    return {
        "path": part.path,
        "month": part.month,
        "rows": part.rows,
        "bytes": part.bytes,
        "sha256": part.sha256,
        "tail": part.tail,
        "first": _day_to_json(part.first),
        "last": _day_to_json(part.last),
        "totals": {column: str(total) for column, total in part.totals.items()},
    }


def _part_from_json(found: Mapping[str, Any]) -> Part:
    return Part(
        path=found["path"],
        month=found["month"],
        rows=found["rows"],
        bytes=found["bytes"],
        sha256=found["sha256"],
        tail=found["tail"],
        first=_day_from_json(found["first"]),
        last=_day_from_json(found["last"]),
        totals={column: Decimal(total) for column, total in found["totals"].items()},
    )


def _day_to_json(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day_from_json(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _canonical(content: object, indent: int | None = None) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=indent) + "\n"
