"""Whether two programs gave the same answer: every row and every field of signals and warnings.

    python -m benchmarks.comparing OURS THEIRS

Texts, days, counts and money must be equal; doubles to one part in 10¹²: tools divide in their own order.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

TOLERANCE = 1e-12
KEY = ("client_id", "as_of")


def main(ours: Path, theirs: Path) -> int:
    differing = differences(ours, theirs)
    print("\n".join(differing) if differing else "equal")
    return 1 if differing else 0


def differences(ours: Path, theirs: Path) -> list[str]:
    """One line per field that differs, with how often and one example; empty where all is equal."""
    with duckdb.connect() as connection:
        return [
            line
            for name in ("signals", "warnings")
            for line in _of_table(connection, name, ours / f"{name}.parquet", theirs / f"{name}.parquet")
        ]


def _of_table(connection: duckdb.DuckDBPyConnection, name: str, ours: Path, theirs: Path) -> list[str]:
    for view, path in (("ours", ours), ("theirs", theirs)):
        files = str(path / "*.parquet") if path.is_dir() else str(path)
        fields = ", ".join(_fields(connection, files))
        select = f"SELECT {fields} FROM read_parquet(?)"
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {view} AS {select}", [files])
    described = {view: _columns(connection, view) for view in ("ours", "theirs")}
    if list(described["ours"]) != list(described["theirs"]):
        missing = set(described["ours"]) ^ set(described["theirs"])
        return [f"{name}: columns differ: {sorted(missing) or 'order'}"]
    found = _rows_apart(connection, name)
    for column, type_ in described["ours"].items():
        found += _of_column(connection, name, column, is_double=type_ == "DOUBLE")
    return found


def _fields(connection: duckdb.DuckDBPyConnection, files: str) -> list[str]:
    """Every column, structs taken apart."""
    described = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [files]).fetchall()
    fields = []
    for name, type_, *_ in described:
        if not type_.startswith("STRUCT"):
            fields.append(name)
            continue
        unnested = f"SELECT * FROM (SELECT unnest({name}) FROM read_parquet(?)) LIMIT 0"
        inner = connection.execute(unnested, [files]).description or ()
        fields += [f"{name}['{part[0]}'] AS {name}__{part[0]}" for part in inner]
    return fields


def _columns(connection: duckdb.DuckDBPyConnection, view: str) -> dict[str, str]:
    return {row[0]: row[1] for row in connection.execute(f"DESCRIBE {view}").fetchall()}


def _rows_apart(connection: duckdb.DuckDBPyConnection, name: str) -> list[str]:
    key = ", ".join(KEY)
    apart = [
        connection.execute(f"SELECT count(*) FROM {left} ANTI JOIN {right} USING ({key})").fetchall()[0][0]
        for left, right in (("ours", "theirs"), ("theirs", "ours"))
    ]
    views = ("ours", "theirs")
    rows = [connection.execute(f"SELECT count(*) FROM {view}").fetchall()[0][0] for view in views]
    return [f"{name}: rows {rows}, without a counterpart {apart}"] if any(apart) or rows[0] != rows[1] else []


def _of_column(
    connection: duckdb.DuckDBPyConnection, name: str, column: str, *, is_double: bool
) -> list[str]:
    differs = f"o.{column} IS DISTINCT FROM t.{column}"
    if is_double:
        far = f"abs(o.{column} - t.{column}) > {TOLERANCE} * greatest(1, abs(o.{column}))"
        differs = f"({differs}) AND coalesce({far}, true)"
    joined = f"FROM ours o JOIN theirs t USING ({', '.join(KEY)}) WHERE {differs}"
    count = connection.execute(f"SELECT count(*) {joined}").fetchall()[0][0]
    if not count:
        return []
    both = f"SELECT client_id, o.{column}, t.{column} {joined} ORDER BY client_id LIMIT 1"
    return [f"{name}.{column}: {count} differ, e.g. {connection.execute(both).fetchall()[0]}"]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
