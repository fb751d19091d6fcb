"""Reading a delivery: from a folder of exports to checked relations of the book's tables, with every broken
row named.
"""

from __future__ import annotations

import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Literal, cast

import duckdb

from wanliu.book.files import Found, find_tables
from wanliu.book.mapping import Mapping as Wording
from wanliu.book.mapping import load_mapping
from wanliu.book.quality import create_rejects, know_clients
from wanliu.book.reading import TableReader
from wanliu.book.stage import Staged, stage
from wanliu.book.tables import TABLES, Table
from wanliu.book.values import install_values
from wanliu.errors import BookRefused
from wanliu.text import Text

Frequency = Literal["daily", "month_end"]
FREQUENCIES: tuple[Frequency, ...] = ("daily", "month_end")

_NO_CLIENTS = Text(
    zh="{source} 中没有客户表。请加入 clients（csv、xlsx 或 parquet）；找到的文件：{found}。",
    en="{source} has no table clients. Add it as csv, xlsx or parquet. Found there: {found}.",
)
_BOOK_TOML = Text(
    zh='book.toml 有误：{what}。应写为 [assets] frequency = "daily" 或 "month_end"。',
    en='book.toml has a fault: {what}. It should say [assets] frequency = "daily" or "month_end".',
)


@dataclass(frozen=True)
class DeliveredTable:
    """One table as delivered; ``relation`` holds the used rows: every column of the table, in order and type.

    rows_in = rows_used + rows_rejected. ``orders``: what the rows were summed into where they are fills, else
    None. ``refused_files`` are named whole: whose rows were in them is not
    known.
    ``merged`` columns of ``ignored`` files are the senders' words for what was kept out.
    """

    table: Table
    relation: str
    rows_in: int
    rows_used: int
    rows_rejected: int
    orders: int | None
    totals: Mapping[str, Decimal]
    absent: tuple[str, ...]
    derived: tuple[str, ...]
    ignored: tuple[str, ...] = ()
    not_delivered: tuple[str, ...] = ()
    refused_files: tuple[str, ...] = ()
    files: tuple[Staged, ...] = ()


@dataclass(frozen=True)
class Delivery:
    """A delivery that has been read; its relations live as long as it does (they may lie in its scratch
    folder).
    """

    source: Path
    tables: Mapping[str, DeliveredTable]
    notices: tuple[Text, ...]
    assets_frequency: Frequency
    scratch: tempfile.TemporaryDirectory[str] = field(repr=False, compare=False)


def read_delivery(
    connection: duckdb.DuckDBPyConnection,
    source: Path,
    *,
    mapping: str | Path | None = None,
    known_clients: str | None = None,
    scratch: Path | None = None,
) -> Delivery:
    """Reads and checks all tables of a folder; the relation ``rejects`` then names every broken row.

    ``known_clients`` names a relation with client_id: clients that are known beside those of the delivery.
    ``scratch`` is where rows of text files are kept meanwhile. Raises BookRefused where there is no table
    clients (and no known ones), a table cannot be read at all, or the mapping or book.toml has a fault.
    """
    source = Path(source).resolve()
    wording = load_mapping(mapping)
    found, notices = find_tables(source, wording)
    if "clients" not in found and known_clients is None:
        names = ", ".join(sorted(item.name for item in source.iterdir())) or "-"
        raise BookRefused(_NO_CLIENTS.format(source=source, found=names))
    frequency = _frequency(source)
    folder = tempfile.TemporaryDirectory(prefix="wanliu-", dir=scratch, ignore_cleanup_errors=True)
    install_values(connection)
    create_rejects(connection)
    reading = _Reading(connection, source, wording, Path(folder.name), known_clients)
    tables = {name: reading.read(TABLES[name], found[name]) for name in TABLES if name in found}
    return Delivery(source, tables, (*notices, *reading.notices), frequency, folder)


def _frequency(source: Path) -> Frequency:
    path = source / "book.toml"
    if not path.is_file():
        return "daily"
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as failure:
        raise BookRefused(_BOOK_TOML.format(what=failure)) from failure
    assets = content.get("assets", {})
    frequency = assets.get("frequency", "daily") if isinstance(assets, dict) else assets
    if frequency not in FREQUENCIES:
        raise BookRefused(_BOOK_TOML.format(what=f"frequency = {frequency!r}"))
    return cast(Frequency, frequency)


class _Reading:
    """The tables of one delivery, in order: clients first, since the others are held against it."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        source: Path,
        wording: Wording,
        scratch: Path,
        known_clients: str | None,
    ) -> None:
        self.connection = connection
        self.source = source
        self.wording = wording
        self.scratch = scratch
        self.known_clients = known_clients
        self.notices: list[Text] = []
        self._headers = wording.known_headers()
        self._staged: dict[tuple[Path, str], Staged] = {}
        if known_clients:
            know_clients(connection, [known_clients])

    def read(self, table: Table, found: tuple[Found, ...]) -> DeliveredTable:
        staged = [(item, tuple(self._stage(item, table))) for item in found]
        reader = TableReader(self.connection, table, self.wording, self.source, self.scratch)
        outcome = reader.read([(item.source, files) for item, files in staged])
        self.notices.extend(outcome.notices)
        if table.name == "clients":
            relations = [outcome.relation, *([self.known_clients] if self.known_clients else [])]
            know_clients(self.connection, relations)
        return DeliveredTable(
            table=table,
            relation=outcome.relation,
            rows_in=outcome.rows_in,
            rows_used=outcome.rows_used,
            rows_rejected=outcome.rows_rejected,
            orders=outcome.orders,
            totals=outcome.totals,
            absent=outcome.absent,
            derived=outcome.derived,
            ignored=outcome.ignored,
            not_delivered=outcome.not_delivered,
            refused_files=outcome.refused_files,
            files=outcome.files,
        )

    def _stage(self, found: Found, table: Table) -> Iterator[Staged]:
        for file in found.files:
            # The same journal may feed two tables; a workbook may have a sheet for each.
            place = (file.path, table.name if file.name.lower().endswith((".xlsx", ".xlsm", ".xls")) else "")
            if place not in self._staged:
                self._staged[place] = stage(self.connection, file, self.scratch, self._headers, table.name)
            yield replace(self._staged[place], file=file)
