"""A process for test_kills.py to kill: `killed_run.py seal|ingest SOURCE BOOK` says "ready", then works."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path
from unittest import mock

from wanliu.book.ingest import ingest
from wanliu.book.seal import seal


def weekdays() -> tuple[date, ...]:
    """Trading days without the time that loading the library takes: the kills should meet the writing."""
    days = (date(2009, 1, 1) + timedelta(days=offset) for offset in range(730))
    return tuple(day for day in days if day.isoweekday() < 6)


def main() -> None:
    action, source, book = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    with mock.patch("wanliu.book.calendar.shanghai_days", weekdays):
        if action == "seal":
            seal(source, book, replace=True)
        else:
            ingest(book, source)


if __name__ == "__main__":
    main()
