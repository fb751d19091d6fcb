"""A small house made large inside PostgreSQL: its rows again and again, for other clients of other managers.

Made one by one, a million clients with their cases take a small machine an hour. The copies have the same
columns and weigh the same for every page. Two things of them do not hold, and no page that is measured reads
them: the names (sealed to their place, so left out: unknown) and the hashes of the copied records.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.web_rows import BRANCHES, KNOWN_MANAGERS, MANAGERS

APART = 10_000_000
"""Between the keys of one copy and the next."""

CLIENT = "'C' || lpad(p.place::text, 11, '0')"
BRANCH = f"'B' || lpad((p.manager * {BRANCHES} / {MANAGERS})::text, 3, '0')"
MANAGER = "'S' || lpad(p.manager::text, 5, '0')"
PLACED = {"client_id": CLIENT, "branch_id": BRANCH, "manager_id": MANAGER}
USER = "(SELECT min(id) FROM people_user WHERE role = 'adviser') + p.manager"


def key(column: str) -> dict[str, str]:
    return {column: f"r.{column} + k * {APART}"}


def whoever(column: str) -> dict[str, str]:
    """The copy's manager where the row has somebody."""
    return {column: f"CASE WHEN r.{column} IS NOT NULL THEN {USER} END"}


def a_hash(salt: str) -> str:
    return f"md5('{salt}' || p.place) || md5(p.place || '{salt}')"


def tables() -> list[tuple[Any, Mapping[str, str]]]:
    """Models, and the columns of a copy that are not as they were."""
    from wanliu.audit.models import Event, Payload
    from wanliu.cases import models as cases
    from wanliu.directory import models as directory
    from wanliu.exits.models import Exit
    from wanliu.people.models import Account, Client

    client = {"client_id": CLIENT}
    stream = f"split_part(r.stream, '/', 1) || '/' || (split_part(r.stream, '/', 2)::bigint + k * {APART})"
    no_names = {"name_sealed": "NULL", "phone_sealed": "NULL"}
    return [
        (Client, {**PLACED, **no_names, "phone_hash": a_hash("p"), "name_hash": a_hash("n")}),
        (Account, {**client, "number_hash": a_hash("a")}),
        (directory.Standing, PLACED),
        (directory.Signals, client),
        (directory.Months, client),
        (cases.Folder, client),
        (Exit, {**key("id"), **PLACED}),
        (cases.Case, {**key("id"), **PLACED, **whoever("assignee_id")}),
        (cases.CaseSign, key("case_id")),
        (cases.Contact, {**key("id"), **key("case_id"), **client, **whoever("by_id")}),
        (
            cases.Task,
            {**key("id"), **key("case_id"), **key("contact_id"), **PLACED, **whoever("assignee_id")},
        ),
        (cases.OutcomeCheck, {**key("case_id"), **client}),
        (cases.Line, {**PLACED, **whoever("assignee_id"), **key("case_id"), **key("exit_id")}),
        (Event, {**key("id"), **client, "stream": stream}),
        (Payload, key("event_id")),
    ]


def multiply(base: int, times: int) -> dict[str, int]:
    """The house of ``base`` clients so many times; rows written, by table."""
    from django.db import connection, transaction

    written = {}
    for model, changed in tables():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SET LOCAL session_replication_role = replica"
            )  # the copies refer as their originals do
            cursor.execute(_copying(model, changed, base, times))
            written[model._meta.db_table] = cursor.rowcount
            for statement in connection.ops.sequence_reset_sql(_NoStyle(), [model]):
                cursor.execute(statement)
    return written


def _copying(model: Any, changed: Mapping[str, str], base: int, times: int) -> str:
    columns = [
        one.column for one in model._meta.concrete_fields if one.column in changed or not _is_own_key(one)
    ]
    table, taken = model._meta.db_table, ", ".join(changed.get(one, f"r.{one}") for one in columns)
    client = {
        "cases_casesign": "(SELECT client_id FROM cases_case c WHERE c.id = r.case_id)",
        "audit_payload": "(SELECT client_id FROM audit_event e WHERE e.id = r.event_id)",
    }.get(table, "r.client_id")
    only = "WHERE r.stream ~ '^(case|contact|task|exit)/'" if table == "audit_event" else ""
    if table == "audit_payload":
        only = (
            "WHERE (SELECT stream FROM audit_event e WHERE e.id = r.event_id) ~ '^(case|contact|task|exit)/'"
        )
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {taken} FROM {table} r "
        f"CROSS JOIN generate_series(1, {times - 1}) k "
        f"CROSS JOIN LATERAL (SELECT substr({client}, 2)::bigint + k * {base} AS place) o "
        f"CROSS JOIN LATERAL (SELECT o.place, "
        f"{KNOWN_MANAGERS} + o.place % {MANAGERS - KNOWN_MANAGERS} AS manager) p "
        f"{only}"
    )


def _is_own_key(column: Any) -> bool:
    return bool(column.get_internal_type() == "BigAutoField")


class _NoStyle:
    """Statements without a terminal's colours."""

    def __getattr__(self, _name: str) -> Any:
        return str
