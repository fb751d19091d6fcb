"""After a house was filled: the planner's figures of its tables, as autovacuum makes them overnight."""

from __future__ import annotations

import sys

import django


def main() -> int:
    django.setup()
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    return 0


if __name__ == "__main__":
    sys.exit(main())
