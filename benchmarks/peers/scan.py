"""The bare scan that a run is held against: DuckDB reads the same dates and columns, and no more.

python -m benchmarks.peers.scan QUERIES.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import duckdb


def main(path: Path) -> None:
    with duckdb.connect() as connection:
        for query in json.loads(path.read_text(encoding="utf-8")):
            connection.execute(query).fetchall()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
