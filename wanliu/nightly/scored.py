"""The scores of a night: the chance of each client by the model in place, and whom to call first.

A model lies in ``models/current`` of the home, or none does. One that is broken, altered or of another
version costs the night nothing but its scores: the reason is told, and the list is ordered by level and
value.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from wanliu.book.engine import duckdb_engine
from wanliu.book.sealed import Book, quoted
from wanliu.errors import WanliuError
from wanliu.foresight import book_model, kept
from wanliu.foresight.book_model import Day
from wanliu.foresight.candidates import Besides, asked_to_leave, candidates_of
from wanliu.foresight.explanation import explained
from wanliu.foresight.hazard_numbers import hazard
from wanliu.foresight.predicted import SCHEMA
from wanliu.foresight.rank import Capacity, Listed, Ranking, ranked
from wanliu.text import Text
from wanliu.warning.output import SIGNALS, WARNINGS

if TYPE_CHECKING:
    from wanliu.nightly.warned import Night

log = logging.getLogger("wanliu.nightly")
SCORES, SCORING = "scores.parquet", "scoring.json"
UNUSABLE = "unusable"
CALLED = ("red", "orange", "yellow")
"""Levels whose clients may stand on a list of calls."""
MUST_BE_CALLED = ("red", "orange")
MOST_EXPLAINED = 20_000
"""Exact contributions cost a second for some hundred clients; a house's advisers call fewer in a day."""
OF_A_CARD = ("lowest", "share", "share_low", "share_high", "rows")
CENTS = 2


@dataclass(frozen=True)
class InPlace:
    """The model that a night is to use. ``why_not``: why the one that lies there cannot be used."""

    folder: Path | None = None
    fingerprint: str = ""
    why_not: Text | None = None

    @property
    def mark(self) -> str:
        """What it adds to the name of a run: other scores make another run."""
        return UNUSABLE if self.why_not else self.fingerprint


@dataclass(frozen=True)
class House:
    """What the house knows beside the book. ``listed``: whom the run before put on a list of calls;
    ``calls``: how many each adviser makes a day."""

    calls: int
    listed: frozenset[str] = frozenset()
    leaving: frozenset[str] = frozenset()
    declined: frozenset[str] = frozenset()


def model_in(folder: Path) -> InPlace:
    """Nothing lies there, a model that this program can use, or the reason why it cannot."""
    if not folder.is_symlink() and not folder.exists():
        return InPlace()
    try:
        book_model.load(folder)
        return InPlace(folder, kept.fingerprint(folder))
    except Exception as fault:
        return InPlace(why_not=_reason(fault))


def write_scores(night: Night, folder: Path, *, memory: str) -> None:
    """Into the folder of a run that has its signals and warnings: scores, and what is to be said of them.

    Never fails for the model's sake.
    """
    told = _nothing_of(night.model)
    if night.model.folder is not None:
        try:
            told = _scored(night, folder, memory)
        except Exception as fault:  # the list of the night is worth more than its scores
            (folder / SCORES).unlink(missing_ok=True)
            told = {**told, "why_not": _as_json(_reason(fault))}
    (folder / SCORING).write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def scoring_of(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / SCORING).read_text("utf-8")))


def predictions_of(night: Night, folder: Path, *, memory: str) -> pa.Table:
    """What a run predicted: every judged client with the level, and the chance where there was an honest
    one."""
    told = scoring_of(folder)
    of_scores = told["model"] and not told["knows_later"]
    p = f"(SELECT client_id, p FROM read_parquet({quoted(folder / SCORES)}))" if of_scores else NO_SCORES
    with duckdb.connect(config={"memory_limit": memory}) as connection:
        found = connection.sql(
            f"SELECT s.client_id, $day::DATE AS as_of, $run AS run, coalesce(w.level, 'none') AS level, p.p, "
            f"$horizon::INTEGER AS horizon, $model AS model FROM read_parquet({quoted(folder / SIGNALS)}) s "
            f"LEFT JOIN read_parquet({quoted(folder / WARNINGS)}) w USING (client_id) "
            f"LEFT JOIN {p} p USING (client_id) ORDER BY s.client_id",
            params={
                "day": night.as_of,
                "run": night.name,
                "horizon": told["horizon"],
                "model": told["model"] if of_scores else "",
            },
        )
        return found.to_arrow_table().cast(SCHEMA)


NO_SCORES = "(SELECT NULL::VARCHAR AS client_id, NULL::DOUBLE AS p WHERE false)"


def looks_ahead(book: Book, as_of: date) -> bool:
    """Whether the book ends with the day: only then is what is said of the day a prediction."""
    lasts = [last for table in ("assets", "trades", "flows") if (last := book.last_date(table))]
    return not book.calendar.between(as_of + timedelta(days=1), max(lasts, default=as_of))


def _scored(night: Night, folder: Path, memory: str) -> dict[str, Any]:
    assert night.model.folder is not None, "asked for where a model is in place"
    house = night.house
    leaving = house.leaving | asked_to_leave(night.book, night.as_of)
    with duckdb_engine(memory=memory) as engine:
        about, day = book_model.score_day(
            night.model.folder,
            night.book,
            night.as_of,
            engine,
            accept_gaps=True,
            without=night.without | leaving,
        )
    levels = _levels(folder)
    besides = Besides(leaving=leaving, declined=house.declined, among=levels.keys())
    ranking = ranked(
        candidates_of(night.book, night.as_of, day, besides), Capacity(house.calls), yesterday=house.listed
    )
    _write(folder / SCORES, day, ranking, levels)
    return {**_nothing_of(night.model), **_said(about, night, day, ranking)}


def _levels(folder: Path) -> dict[str, str]:
    """Client → level, of those who may be called."""
    with duckdb.connect() as connection:
        found = connection.execute(
            f"SELECT client_id, level FROM read_parquet({quoted(folder / WARNINGS)}) "
            f"WHERE list_contains(?, level)",
            [list(CALLED)],
        )
        return dict(found.fetchall())


def _write(file: Path, day: Day, ranking: Ranking, levels: Mapping[str, str]) -> None:
    places = {one.client_id: one for one in (*ranking.waiting, *ranking.listed)}
    listed = {one.client_id: one.place for one in ranking.listed}
    why = dict(_explained(day, ranking, levels))
    ids = list(day.months.client_ids)
    found = [places.get(one) for one in ids]
    table = pa.table(
        {
            "client_id": pa.array(ids, pa.string()),
            "p": pa.array(day.scores, pa.float64()),
            "expected": pa.array([one and round(one.expected, CENTS) for one in found], pa.float64()),
            "priority": pa.array([one and round(one.weight, CENTS) for one in found], pa.float64()),
            "call_place": pa.array([listed.get(one) for one in ids], pa.int32()),
            "explained": pa.array([why.get(one) for one in ids], pa.string()),
        }
    )
    pq.write_table(table, file, compression="zstd")


def _explained(day: Day, ranking: Ranking, levels: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Client → three sentences, as JSON: for who is listed, and who must be called."""
    must = (one for one in ranking.waiting if levels[one.client_id] in MUST_BE_CALLED)
    chosen: list[Listed] = [*ranking.listed, *must][:MOST_EXPLAINED]
    if not chosen:
        return
    place = {client: number for number, client in enumerate(day.months.client_ids)}
    rows = [place[one.client_id] for one in chosen]
    told = explained(day.model, day.months.features[rows], day.scores[rows], float(day.scores.mean()))
    for one, why in zip(chosen, told, strict=True):
        yield one.client_id, json.dumps([_as_json(text) for text in why.sentences], ensure_ascii=False)


def _said(about: Mapping[str, Any], night: Night, day: Day, ranking: Ranking) -> dict[str, Any]:
    """What is said of the scores as a whole; what the card does not say is unknown."""
    card = about["card"]
    tried = card["trials"]["time"]
    learnt_until = date.fromisoformat(card["times"][-1]) + timedelta(days=int(about["horizon"]))
    base = tried["figures"]["base rate"]["average_precision"]  # of equal scores it is the share that left
    tenths = [{name: one[name] for name in OF_A_CARD} for one in tried["reliability"] if "lowest" in one]
    return {
        "model": night.model.fingerprint,
        "horizon": int(about["horizon"]),
        "knows_later": learnt_until > night.as_of,
        "usual": float(np.mean(day.scores)),
        "scored": len(day.scores),
        "listed": len(ranking.listed),
        "overlap": ranking.overlap,
        "basis": ranking.basis,
        "left_out": dict(ranking.left_out),
        "base": base,
        "tenths": tenths,
    }


def _nothing_of(model: InPlace) -> dict[str, Any]:
    return {
        "model": "",
        "why_not": _as_json(model.why_not) if model.why_not else None,
        "horizon": hazard().horizon,
        "knows_later": False,
        "usual": None,
        "scored": 0,
        "listed": 0,
        "overlap": None,
        "basis": "",
        "left_out": {},
        "base": [],
        "tenths": [],
    }


def _reason(fault: Exception) -> Text:
    """Its sentence; of what nobody foresaw the kind alone, since a message may hold a client's row."""
    log.error("the model in place was not used: %s", type(fault).__name__)
    what = fault.message if isinstance(fault, WanliuError) else None
    return _NOT_USED.format(why=what or _UNKNOWN.format(what=type(fault).__name__))


def _as_json(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


_NOT_USED = Text(
    zh="模型没有用上，名单按等级、再按在险价值排序。{why.zh}",
    en="The model was not used; the list is ordered by level, then by value at stake. {why.en}",
)
_UNKNOWN = Text(
    zh="读模型或打分时程序出错（{what}）。请重新训练，或联系系统管理员。",
    en="The program failed over the model or its scores ({what}). Fit it again, or ask the administrator.",
)
