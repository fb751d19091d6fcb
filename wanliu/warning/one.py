"""One client's row of a run, on its one day: what ``why`` explains and what advice starts from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlglot import exp

from wanliu.book.engine import Engine
from wanliu.warning.gather import Clients, Select, prepare
from wanliu.warning.judge import peered, results, wide, with_told_peers
from wanliu.warning.plan import Plan
from wanliu.warning.run import Progress, Run, quiet

Result = dict[str, Any]


def judged(
    plan: Plan,
    client_id: str,
    engine: Engine,
    progress: Progress = quiet,
    *,
    peers: Mapping[str, float | None] | None = None,
) -> Result | None:
    """The client's results, or None for one who is not judged that day.

    With peers everyone is computed first, since the median is theirs; unless a run has told the medians of
    all signs of the plan already (``peers``: sign → median, None where there was none).
    """
    mine = exp.EQ(this=exp.column("client_id"), expression=exp.Literal.string(client_id))
    found: list[Result] = []
    known = peers is not None and all(rule.id in peers for rule in peered(plan))
    if known or not peered(plan):
        prepare(plan, engine)
        source = with_told_peers(plan, wide(plan), peers or {}) if known else wide(plan)
        engine.keep("chunk", results(plan, source), only(client_id).borders)
        found = rows_of(engine, exp.select("*").from_("chunk"))
    else:
        for _ in Run(plan, engine, progress=progress).chunks():
            found += rows_of(engine, exp.select("*").from_("chunk").where(mine.copy()))
    return found[0] if found else None


def only(client_id: str) -> Clients:
    """The range that holds one client number and no other."""
    return Clients(client_id, client_id + "\0")


def rows_of(engine: Engine, query: Select) -> list[Result]:
    return [row for batch in engine.batches(query) for row in batch.to_pylist()]
