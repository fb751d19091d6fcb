"""A sender of files for the tests: writes a delivery, reads it, and answers what became of it."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from wanliu.book.delivery import Delivery, read_delivery

CLIENTS = "client_id,branch_id,opened_on\n000001,0101,2008-01-02\n000002,0101,2008-01-02\n"
FLOWS = "flow_id,client_id,date,direction,amount,kind\n"


@dataclass
class Outcome:
    """A delivery that was read, with short questions for its rows and its rejects."""

    connection: duckdb.DuckDBPyConnection
    delivery: Delivery

    def rows(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        relation = self.delivery.tables[table].relation
        chosen = ", ".join(columns) or "*"
        return self.connection.execute(f"select {chosen} from {relation} order by all").fetchall()

    def rejects(self, *columns: str) -> list[tuple[Any, ...]]:
        chosen = ", ".join(columns or ("table_name", "line", "column_name", "why_en"))
        return self.connection.execute(f"select {chosen} from rejects order by all").fetchall()

    def why(self) -> list[str]:
        return [why for (why,) in self.rejects("why_en")]

    def counts(self, table: str) -> tuple[int, int, int]:
        found = self.delivery.tables[table]
        return found.rows_in, found.rows_used, found.rows_rejected

    @property
    def notices(self) -> str:
        return "\n".join(notice.en for notice in self.delivery.notices)


class Sender:
    """Writes files into one folder; two clients are there unless a test sends its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.send("clients.csv", CLIENTS)

    def send(self, name: str, content: str | bytes, encoding: str = "utf-8") -> Sender:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = content if isinstance(content, bytes) else content.encode(encoding)
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return self

    def send_parquet(self, name: str, select: str) -> Sender:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect() as connection:
            connection.execute(f"copy ({select}) to '{path}' (format parquet)")
        return self

    def without(self, name: str) -> Sender:
        (self.folder / name).unlink()
        return self

    def read(self, mapping: str | Path | None = None, known_clients: str | None = None) -> Outcome:
        connection = duckdb.connect()
        return Outcome(
            connection, read_delivery(connection, self.folder, mapping=mapping, known_clients=known_clients)
        )

    def mapping(self, text: str) -> Path:
        path = self.folder.parent / f"{self.folder.name}.mapping.toml"
        path.write_text(text, encoding="utf-8")
        return path
