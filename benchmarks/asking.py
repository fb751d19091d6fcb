"""What is asked of whoever is measured: the windows of one day for the peers, the bare scan of a run."""

from __future__ import annotations

from datetime import date, timedelta

from benchmarks.peers.asked import MONTHS, Asked, Span
from wanliu.book.calendar import month_start
from wanliu.book.sealed import Book, sealed_columns
from wanliu.indicator.windows import (
    LOOK_BACK_DAYS,
    TODAY,
    Day,
    LastMonths,
    Month,
    SinceMonthStart,
    at_start_of,
)
from wanliu.warning.judge import CLIENT_COLUMNS
from wanliu.warning.plan import Plan, columns_of, tables_of

DATED = ("assets", "flows", "trades", "contacts", "requests")

JUDGED_BY = ("closed_on", "kind", "status", "is_employee", "scoring_opt_out")
"""What decides who is judged, beside the columns of the client that a run carries along."""


def asked_of(book: Book, as_of: date) -> Asked:
    """The borders of ``guide`` on this day, and the files that hold the rows between them."""
    day = Day(as_of, book.calendar)
    asked = Asked(
        as_of=as_of,
        months=tuple(Month(back).span(day) for back in range(MONTHS)),
        outflow=LastMonths(6).span(day),
        commission=LastMonths(12).span(day),
        today=TODAY.span(day),
        opening=at_start_of(Month(0)).span(day),
        spoken=SinceMonthStart(1).span(day),
        trades_start=_start(book, "trades"),
        contacts_start=_start(book, "contacts"),
        files={},
    )
    # all flows: one that is older than the window may be cancelled by any other
    spans = {
        "assets": asked.assets,
        "trades": asked.trades,
        "contacts": asked.contacts,
        "requests": asked.spoken,
        "flows": (date.min, as_of),
    }
    files = {table: tuple(book.paths(table, *span)) for table, span in spans.items()}
    undated = {table: tuple(book.paths(table)) for table in ("clients", "exits")}
    return Asked(**{**vars(asked), "files": {**files, **undated}})


def _start(book: Book, table: str) -> date:
    """The table's first day, or its month's first if no trading day was missed before it."""
    first = book.first_date(table) or date.max
    missed = book.calendar.between(month_start(first), first - timedelta(days=1))
    return first if missed else month_start(first)


# --- the bare scan ---------------------------------------------------------------------------------------


def bare_scan(plan: Plan) -> list[str]:
    """Queries that do nothing but read what the run reads: its dates, its columns, ids through ``strlen``."""
    queries = [_scan(plan.book, table, _columns(plan, table), _span(plan, table)) for table in DATED]
    queries.append(_scan(plan.book, "clients", ("client_id", *CLIENT_COLUMNS, *JUDGED_BY), None))
    queries.append(_scan(plan.book, "flows", ("reverses", "date"), None))
    queries.append(_scan(plan.book, "exits", ("client_id", "kind", "date"), None))
    return queries


def _columns(plan: Plan, table: str) -> tuple[str, ...]:
    facts = [fact for fact in plan.facts if table in tables_of(fact)]
    found = {column for fact in facts for of, column in columns_of(fact) if of == table}
    extra = ("flow_id", "reverses") if table == "flows" else ()
    return tuple(dict.fromkeys(("client_id", "date", *sorted(found), *extra)))


def _span(plan: Plan, table: str) -> Span:
    windows = [window for fact in plan.facts if table in tables_of(fact) for window in fact.windows]
    spans = [span for day in plan.days for window in windows if (span := window.span(day))]
    reach_back = timedelta(days=LOOK_BACK_DAYS if table == "assets" and plan.chains else 0)
    last = min(max(last for _, last in spans), plan.days[-1].as_of)
    return min(first for first, _ in spans) - reach_back, last


def _scan(book: Book, table: str, columns: tuple[str, ...], span: Span | None) -> str:
    """Every column goes through something that must look at each value."""
    looked = {"VARCHAR": "sum(strlen({}))", "DATE": "max({})", "BOOLEAN": "count_if({})"}
    types = {column.name: column.sql_type for column in sealed_columns(table)}
    read = ", ".join(looked.get(types[name], "sum({})").format(name) for name in columns)
    return f"SELECT {read} FROM ({book.rows_of(table, *(span or (None, None)))})"
