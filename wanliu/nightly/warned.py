"""The run of a night: its name, its folder, and what it says of each client."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb

from wanliu import __version__
from wanliu.book.atomic import appearing
from wanliu.book.engine import duckdb_engine
from wanliu.book.sealed import Book, quoted
from wanliu.directory.rows import RunFacts, Standing, Told
from wanliu.nightly.figures import FIGURES, write_figures
from wanliu.nightly.scored import SCORES, House, InPlace, scoring_of, write_scores
from wanliu.nightly.why_now import why_line
from wanliu.ruleset import RuleSet
from wanliu.text import Text
from wanliu.warning.output import ACCOUNT, SIGNALS, WARNINGS, write
from wanliu.warning.run import Run, plan_of

ROWS_AT_ONCE = 5000
TOLD = ("judged", "levels", "signals", "absent", "absent_columns", "lost_days")
MEMORY = "2GB"


@dataclass(frozen=True)
class Night:
    """What one run is made of. ``without``: clients who said here that they are not to be scored;
    ``house``: what is known beside the book, of which those who are leaving are not given a chance."""

    book: Book
    rules: RuleSet
    as_of: date
    without: frozenset[str]
    model: InPlace
    house: House

    @property
    def name(self) -> str:
        """Changes with whatever changes the outcome: book, day, numbers, program, who opted out,
        the model, who is leaving."""
        parts = (
            __version__,
            self.book.fingerprint,
            self.as_of.isoformat(),
            self.rules.name,
            self.rules.version,
            json.dumps(self.rules.numbers(), default=str, sort_keys=True),
            sorted(self.without),
            self.model.mark,
            sorted(self.house.leaving) if self.model.folder else (),
        )
        return f"{self.as_of:%Y%m%d}-{sha256(repr(parts).encode()).hexdigest()[:16]}"


def run_folder(night: Night, runs: Path) -> Path:
    """The folder of this run; it is computed once. Days that were lost are marked, not fatal."""
    folder = runs / night.name
    if folder.exists():
        return folder
    plan = plan_of(night.book, night.rules, [night.as_of], accept_gaps=True, without=night.without)
    with appearing(folder) as unfinished:
        with duckdb_engine(memory=MEMORY) as engine:
            write(Run(plan, engine), unfinished)
        write_figures(night.book, night.as_of, unfinished / FIGURES, memory=MEMORY)
        write_scores(night, unfinished, memory=MEMORY)
    return folder


def facts_of(night: Night, folder: Path) -> RunFacts:
    account = json.loads((folder / ACCOUNT).read_text("utf-8"))
    return RunFacts(
        name=night.name,
        as_of=night.as_of,
        book=night.book.fingerprint,
        rules=night.rules.name,
        rules_version=night.rules.version,
        told={**{name: account[name] for name in TOLD}, "scoring": scoring_of(folder)},
    )


def told_by(night: Night, folder: Path) -> Iterator[Told]:
    """Every client of the book, judged or not, by client id."""
    ids = night.rules.ids
    signs = ", ".join(f"to_json(s.{id})" for id in ids)
    signals, warnings, figures = (
        f"read_parquet({quoted(folder / name)})" for name in (SIGNALS, WARNINGS, FIGURES)
    )
    scores = folder / SCORES
    scored = f"read_parquet({quoted(scores)})" if scores.exists() else NOBODY_SCORED
    with duckdb.connect(config={"memory_limit": MEMORY}) as connection:
        found = connection.execute(
            f"SELECT f.*, w.level, w.fired, w.unknown, w.value_at_stake, s.client_id IS NOT NULL AS judged, "
            f"p.p AS chance, p.expected, p.priority, p.call_place, p.explained, "
            f"{signs} FROM {figures} f LEFT JOIN {warnings} w USING (client_id) "
            f"LEFT JOIN {signals} s USING (client_id) LEFT JOIN {scored} p USING (client_id) ORDER BY "
            f"f.client_id"
        )
        names = [column[0] for column in connection.description or ()]
        plain = len(names) - len(ids)
        while rows := found.fetchmany(ROWS_AT_ONCE):
            for row in rows:
                known = dict(zip(names[:plain], row, strict=False))
                yield _told(known, dict(zip(ids, row[plain:], strict=True)), night.rules)


def _told(row: Mapping[str, Any], signs: Mapping[str, str | None], rules: RuleSet) -> Told:
    level = row["level"] or ("none" if row["judged"] else "")
    has_level = level not in ("", "none")
    told = {id: json.loads(said) for id, said in signs.items() if said} if has_level else {}
    fired, unknown = (_ids(row[name]) for name in ("fired", "unknown"))
    standing = Standing(
        client_id=row["client_id"],
        branch_id=row["branch_id"],
        manager_id=row["manager_id"] or "",
        level=level,
        value_at_stake=_cents(row["value_at_stake"]),
        **{name: _cents(row[name]) for name in AMOUNTS},
        last_trade_on=row["last_trade_on"],
        last_login_on=row["last_login_on"],
        fired=fired,
        unknown=unknown,
        why=why_line(rules, fired, told) if fired else NOTHING,
        chance=row["chance"],
        expected=_cents(row["expected"]),
        priority=_cents(row["priority"]),
        call_place=row["call_place"],
        explained=tuple(Text(**one) for one in json.loads(row["explained"] or "[]")),
    )
    return Told(standing, told, _months(row["months"]))


AMOUNTS = ("net_assets", "cash", "position_value", "peak_assets", "net_out", "commission")
NOBODY_SCORED = (
    "(SELECT NULL::VARCHAR AS client_id, NULL::DOUBLE AS p, NULL::DOUBLE AS expected, "
    "NULL::DOUBLE AS priority, NULL::INTEGER AS call_place, NULL::VARCHAR AS explained WHERE false)"
)
NOTHING = Text(zh="", en="")
CENT = Decimal("0.01")


def _cents(value: Decimal | float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value)).quantize(CENT)


def _ids(listed: str | None) -> tuple[str, ...]:
    return tuple(listed.split(";")) if listed else ()


def _months(points: Iterable[Mapping[str, Any]] | None) -> dict[str, list[Any]]:
    """Lists by column: a third of the room that a row per month takes."""
    rows = list(points or ())
    if not rows:
        return {}
    return {name: [_plain(row[name]) for row in rows] for name in rows[0]}


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value
