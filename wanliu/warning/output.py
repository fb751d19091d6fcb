"""The folder that a run leaves: signals, warnings and run.json, whole or not at all."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from wanliu import __version__
from wanliu.book.engine import Engine
from wanliu.warning.levels import LEVELS
from wanliu.warning.plan import Plan, tables_of
from wanliu.warning.run import Outcome, Run
from wanliu.warning.told import signals, warnings

SIGNALS, WARNINGS, ACCOUNT = "signals.parquet", "warnings.parquet", "run.json"
ROW_GROUP = 122_880


class ParquetFile:
    """A Parquet file that grows by batches; the same rows give the same bytes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writer: pq.ParquetWriter | None = None

    def add(self, reader: pa.RecordBatchReader) -> None:
        if self._writer is None:
            self._writer = pq.ParquetWriter(
                self.path,
                reader.schema,
                compression="zstd",
                use_dictionary=_repeating(reader.schema),
                write_statistics=["client_id", "as_of"],
                # without Arrow's own schema inside, the file says the same whichever engine filled it
                store_schema=False,
            )
        for batch in reader:
            if batch.num_rows:
                self._writer.write_batch(batch, row_group_size=ROW_GROUP)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


def _repeating(schema: pa.Schema) -> list[str]:
    """The text columns, as Parquet names them, but for the client: texts repeat, numbers rarely do."""
    found = [field.name for field in schema if pa.types.is_string(field.type)]
    structs = [field for field in schema if pa.types.is_struct(field.type)]
    found += [
        f"{one.name}.{inner.name}" for one in structs for inner in one.type if pa.types.is_string(inner.type)
    ]
    return [name for name in found if name != "client_id"]


def write(run: Run, folder: Path, *, fired_only: bool = False) -> Outcome:
    """Computes the run and writes signals, warnings and run.json into the folder."""
    began = time.monotonic()
    found, unsorted = ParquetFile(folder / SIGNALS), ParquetFile(folder / f".{WARNINGS}")
    told = run.engine.prepared(signals(run.plan, fired_only=fired_only))
    warned = run.engine.prepared(warnings(run.plan))
    for _ in run.chunks():
        found.add(run.engine.batches(told))
        unsorted.add(run.engine.batches(warned))
    found.close()
    unsorted.close()
    _sort(unsorted.path, folder / WARNINGS)
    account = account_of(run.plan, run.engine, run.outcome, seconds=time.monotonic() - began)
    (folder / ACCOUNT).write_text(json.dumps(account, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return run.outcome


def _sort(unsorted: Path, sorted_: Path) -> None:
    """By day; then red → orange → yellow → unknown, value at stake downwards, client."""
    places = exp.Case(
        this=exp.column("level"),
        ifs=[
            exp.If(this=exp.Literal.string(level), true=exp.Literal.number(str(n)))
            for n, level in enumerate(LEVELS)
        ],
    ).sql("duckdb")
    order = f"as_of, {places}, value_at_stake DESC, client_id"
    with duckdb.connect() as connection:
        source = connection.read_parquet(str(unsorted))
        source.order(order).write_parquet(str(sorted_), compression="zstd", row_group_size=ROW_GROUP)
    unsorted.unlink()


def account_of(plan: Plan, engine: Engine, outcome: Outcome, *, seconds: float) -> dict[str, Any]:
    """What run.json says: book, days, every number of the rule set, rows, counts, and what is missing."""
    manifest = plan.book.manifest
    account = {
        "program": __version__,
        "book": plan.book.fingerprint,
        "as_of": [day.as_of for day in plan.days],
        "rules": {"name": plan.rules.name, "version": plan.rules.version, **plan.rules.numbers()},
        "rows": {name: _rows(plan, engine, name) for name in sorted(manifest.tables)},
        "absent": {rule.id: sorted(lacking) for rule in plan.rules.rules if (lacking := plan.lacks(rule))},
        "absent_columns": manifest.absent,
        "derived_columns": manifest.derived,
        "lost_days": _lost_days(plan),
        "judged": outcome.judged,
        "levels": {level: outcome.levels[level] for level in LEVELS},
        "signals": {id: dict(sorted(counts.items())) for id, counts in outcome.statuses.items()},
        "seconds": round(seconds, 3),
    }
    plain: dict[str, Any] = _plain(account)
    return plain


def _rows(plan: Plan, engine: Engine, table: str) -> dict[str, int]:
    """Rows delivered, sealed, and looked at by this run."""
    sealed = plan.book.manifest.tables[table]
    counts = {"delivered": sealed.rows_in, "rejected": sealed.rows_rejected, "sealed": sealed.rows}
    if table not in plan.read_tables:
        return counts | {"used": sealed.rows if table == "clients" else 0}
    windows = {w.name: w for fact in plan.named_facts if table in tables_of(fact) for w in fact.windows}
    seen = plan.cover(windows.values()).keys()
    if days := plan.book.rows_by_day(table):
        return counts | {"used": sum(days.get(day, 0) for day in seen)}
    ((used,),) = engine.rows(_dated_within(table, seen))
    return counts | {"used": int(str(used))}


def _dated_within(table: str, days: Iterable[date]) -> exp.Select:
    dates = sorted(days)
    query = exp.select(exp.Count(this=exp.Star())).from_(table)
    if not dates:
        return query.where(exp.false())
    # the windows of one table leave no day out between the first and the last
    first, last = (exp.cast(exp.Literal.string(day.isoformat()), "DATE") for day in (dates[0], dates[-1]))
    return query.where(exp.Between(this=exp.column("date"), low=first, high=last))


def _lost_days(plan: Plan) -> dict[str, list[str]]:
    lost: dict[str, set[date]] = {}
    for day in plan.days:
        for rule in plan.rules.rules:
            for table, dates in plan.gaps(rule, day).items():
                lost.setdefault(table, set()).update(dates)
    return {table: [day.isoformat() for day in sorted(days)] for table, days in sorted(lost.items())}


def _plain(value: Any) -> Any:
    """As JSON has it: days as text, decimals as numbers, mappings and sequences as they are."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return value.isoformat() if isinstance(value, date) else value
