"""The truth: who leaves, when, why, and what would have kept them. No other code reads this folder.

``paths.csv`` has one row per client who was ever annoyed: client_id, story, reason, annoyed_on,
leaving_on, left_on, content_again_on, exit (silent, closes, transfers), kept_by. Days after the
book's last one are what would have come. ``market.csv`` has the market factor, ``stories.csv`` the
planted clients; where days were taken out of the delivery, ``faults.csv`` says which.
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
from wanliu.simulator.stories import load_stories

EXITS = ("silent", "closes", "transfers")


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


def _write(path: Path, table: pa.Table) -> None:
    with path.open("wb") as file:
        file.write((",".join(table.column_names) + "\n").encode())
        pc.write_csv(table, file, pc.WriteOptions(include_header=False, quoting_style="needed"))
