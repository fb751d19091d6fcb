"""What was predicted on one day: a file that is written once and never altered.

One row per judged client, by client number: the level that the rules gave, and, where a model was in place
and the client was scored, the chance of leaving within the horizon. The first prediction of a day stands;
whoever computes the same day again changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from wanliu.book.atomic import write_file
from wanliu.errors import BookRefused
from wanliu.text import Text

SCHEMA = pa.schema(
    {
        "client_id": pa.string(),
        "as_of": pa.date32(),
        "run": pa.string(),
        "level": pa.string(),
        "p": pa.float64(),
        "horizon": pa.int32(),
        "model": pa.string(),
    }
)
READ_ONLY = 0o444


@dataclass(frozen=True)
class Predicted:
    """The file of one day, and what it says of itself. ``model``: its fingerprint; empty: levels alone."""

    as_of: date
    run: str
    model: str
    horizon: int
    clients: int
    hash: str


def file_of(folder: Path, as_of: date) -> Path:
    return folder / f"{as_of.isoformat()}.parquet"


def store(folder: Path, rows: pa.Table) -> Predicted | None:
    """Writes the file of the day unless it is there; what is there. None where there is nobody to tell of.

    Raises BookRefused for a file that is no prediction.
    """
    if not rows.num_rows:
        return None
    file = file_of(folder, rows["as_of"][0].as_py())
    if not file.exists():
        sink = pa.BufferOutputStream()
        pq.write_table(rows.select(SCHEMA.names).cast(SCHEMA), sink, compression="zstd")
        folder.mkdir(parents=True, exist_ok=True)
        write_file(file, bytes(sink.getvalue().to_pybytes()))
        file.chmod(READ_ONLY)
    return predicted_in(file)


def predicted_in(file: Path) -> Predicted:
    """Raises BookRefused where the file is damaged or no prediction."""
    rows = read(file)
    first = rows.slice(0, 1).to_pylist()[0]
    body = sha256(file.read_bytes()).hexdigest()
    return Predicted(first["as_of"], first["run"], first["model"], first["horizon"], rows.num_rows, body)


def read(file: Path, expected: str = "") -> pa.Table:
    """The rows of the file. Raises BookRefused where it is missing, damaged, or, given a hash, altered."""
    try:
        body = file.read_bytes()
        if expected and sha256(body).hexdigest() != expected:
            raise BookRefused(_ALTERED.format(file=file))
        rows = pq.read_table(pa.BufferReader(body))
    except (OSError, pa.ArrowException) as fault:
        raise BookRefused(_ALTERED.format(file=file)) from fault
    if rows.schema.remove_metadata() != SCHEMA or not rows.num_rows:
        raise BookRefused(_ALTERED.format(file=file))
    return rows


_ALTERED = Text(
    zh="当日预测的文件 {file} 缺失、损坏或被改动过，没有用它来评判。请从备份恢复。",
    en="The file of that day's predictions, {file}, is missing, damaged or was altered; nothing was "
    "measured by it. Restore it from a backup.",
)
