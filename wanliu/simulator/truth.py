"""The truth: who leaves, when, why, and what would have kept them. No other code reads this folder.

``paths.csv`` has one row per client who was ever annoyed: client_id, story, reason, annoyed_on,
leaving_on, left_on, content_again_on, exit (silent, closes, transfers), kept_by. Days after the
book's last one are what would have come. ``market.csv`` has the market factor, ``stories.csv`` the
planted clients; where days were taken out of the delivery, ``faults.csv`` says which. With a price effect
``cuts.csv`` has the leaving with and without each cut, and ``effect.csv`` what that comes to.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc

from wanliu.simulator.block import Block
from wanliu.simulator.cast import Setting
from wanliu.simulator.faults import LostDay
from wanliu.simulator.market import Market
from wanliu.simulator.price import true_effect, truth_of_cuts
from wanliu.simulator.stories import load_stories

EXITS = ("silent", "closes", "transfers")
EFFECT_HORIZONS = (90, 180)
"""Days within which leaving counts in the true effect of a cut."""


def truth_of_block(block: Block, setting: Setting, clients: int) -> pa.Table:
    """One row per client with a latent story among the block's first ``clients``."""
    life, reasons = block.cast.life, setting.world.reasons
    kept = np.flatnonzero(life.who < clients)
    names = tuple(reasons)
    own = {story.id: story.kept_by for story in load_stories() if story.kept_by}
    return pa.table(
        {
            "client_id": [block.cast.ids[place] for place in life.who[kept]],
            "story": pa.array([life.story[place] or None for place in kept], type=pa.string()),
            "reason": [names[life.reason[place]] for place in kept],
            "annoyed_on": _days(life.annoyed_on[kept]),
            "leaving_on": _days(life.leaving_on[kept]),
            "left_on": _days(life.left_on[kept]),
            "content_again_on": _days(life.content_again_on[kept]),
            "exit": [EXITS[life.explicit[place]] for place in kept],
            "kept_by": [
                own.get(life.story[place], reasons[names[life.reason[place]]].kept_by) for place in kept
            ],
        }
    ).cast(
        pa.schema(
            [
                (name, pa.date32() if name.endswith("_on") else pa.string())
                for name in (
                    "client_id", "story", "reason", "annoyed_on", "leaving_on", "left_on", "content_again_on",
                    "exit", "kept_by",
                )
            ]
        )
    )  # fmt: skip


def _days(moments: np.ndarray) -> pa.Array:
    return pa.array(moments.astype("datetime64[D]"), type=pa.date32())


def write_truth(folder: Path, tables: list[pa.Table]) -> None:
    _write(folder / "paths.csv", pa.concat_tables(tables))


def write_market(folder: Path, market: Market) -> None:
    slump = np.zeros(market.length, dtype=bool)
    if market.slump is not None:
        slump[slice(*market.slump)] = True
    table = pa.table(
        {
            "date": _days(market.days),
            "index_return": np.round(market.returns, 8),
            "turnover_index": np.round(market.turnover, 6),
            "slump": slump,
        }
    )
    _write(folder / "market.csv", table)


def write_stories(folder: Path) -> None:
    stories = load_stories()
    table = pa.table(
        {
            "client_id": [story.id for story in stories],
            "reason": [story.reason for story in stories],
            "zh": [story.zh for story in stories],
            "en": [story.en for story in stories],
        }
    )
    _write(folder / "stories.csv", table)


def write_faults(folder: Path, faults: Sequence[LostDay]) -> None:
    """One row per fault: table, date, and the share of the clients whose rows arrived all the same."""
    table = pa.table(
        {
            "table": [fault.table for fault in faults],
            "date": _days(np.array([fault.day for fault in faults])),
            "arrived": [fault.arrived for fault in faults],
        }
    )
    _write(folder / "faults.csv", table)


def cuts_of_block(block: Block, setting: Setting, clients: int) -> pa.Table | None:
    """One row per cut among the block's first ``clients``; None where the book has no price effect."""
    cast = block.cast
    if cast.cuts is None:
        return None
    return truth_of_cuts(cast.cuts, cast.ids, setting.market, cast.profiles.valid(setting.world), clients)


def write_cuts(folder: Path, tables: Sequence[pa.Table]) -> None:
    """The cuts, and their true effect on valid clients still here, by horizon and by which cut it was."""
    cuts = pa.concat_tables(tables)
    _write(folder / "cuts.csv", cuts)
    valid = cuts.filter(cuts["valid"])
    nth = valid["nth"].to_numpy()
    dates, left_with, left_without = (
        valid[name].to_numpy().astype("datetime64[D]") for name in ("date", "left_with", "left_without")
    )
    rows = []
    for horizon in EFFECT_HORIZONS:
        for name, kept in (("all", nth > 0), *((str(one), nth == one) for one in sorted(set(nth.tolist())))):
            count, with_it, without = true_effect(dates[kept], left_with[kept], left_without[kept], horizon)
            rows.append((horizon, name, count, with_it, without, with_it - without))
    names = ("horizon", "nth", "cuts", "left_with", "left_without", "effect")
    _write(folder / "effect.csv", pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))))


def _write(path: Path, table: pa.Table) -> None:
    with path.open("wb") as file:
        file.write((",".join(table.column_names) + "\n").encode())
        pc.write_csv(table, file, pc.WriteOptions(include_header=False, quoting_style="needed"))
