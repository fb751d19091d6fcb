"""A made-up brokerage whose leavers we know: one call writes its delivery folder, and the truth apart.

Files come out the same for the same seed, span and number of clients, however many processes write.
The book lives under today's fees whatever its dates. Bytes also depend on the versions of numpy and pyarrow.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa

from wanliu.book.atomic import appearing, check_free
from wanliu.errors import UsageError
from wanliu.simulator.arrow import Words, arrow_table
from wanliu.simulator.block import PLANTED, make_block
from wanliu.simulator.cast import Setting
from wanliu.simulator.damaged import write_damaged
from wanliu.simulator.faults import LostDay
from wanliu.simulator.firm import Firm, make_firm
from wanliu.simulator.index import Closes
from wanliu.simulator.market import make_market
from wanliu.simulator.profiles import BLOCK
from wanliu.simulator.rows import BY_MONTH, pieces
from wanliu.simulator.sinks import CsvSink, ParquetSink, Sink
from wanliu.simulator.stories import load_stories
from wanliu.simulator.truth import (
    cuts_of_block,
    truth_of_block,
    write_cuts,
    write_faults,
    write_market,
    write_stories,
    write_truth,
)
from wanliu.simulator.world import load_world
from wanliu.text import Text

Format = Literal["csv", "parquet"]
Progress = Callable[[int, int], None]
"""Called with clients done and clients in all."""

Truth = tuple[pa.Table, pa.Table | None]
"""A block's paths, and its cuts where there is a price effect."""

BLOCKS_IN_A_PART = 50
"""Blocks of clients that one file of a month holds; it is fixed so that processes do not show."""
TABLES_BY_BLOCK = (
    "clients", "persons", "assets", "flows", "trades", "contacts", "requests", "rate_changes", "exits",
    "profile_changes", "logins",
)  # fmt: skip
BOOK_TOML = '[assets]\nfrequency = "daily"\n'


@dataclass(frozen=True)
class _Job:
    """One part of the clients; everything a process needs to make it."""

    part: int
    clients: int
    first: date
    last: date
    seed: int
    faults: tuple[LostDay, ...]
    price_effect: float | None = None
    index: Closes | None = None
    blocks_in_a_part: int = BLOCKS_IN_A_PART

    @property
    def setting(self) -> Setting:
        made = _setting(self.seed, self.clients, self.first, self.last, self.index)
        return replace(made, price_effect=self.price_effect)

    @property
    def blocks(self) -> list[tuple[int, int]]:
        """(block, clients kept of it); the planted clients come with the last part."""
        drawn = _drawn_blocks(self.clients)
        start = self.part * self.blocks_in_a_part
        stop = start + self.blocks_in_a_part
        return [*drawn[start:stop], (PLANTED, BLOCK)] if stop >= len(drawn) else drawn[start:stop]


def simulate(
    out: Path,
    *,
    clients: int,
    first: date,
    last: date,
    seed: int,
    format: Format = "parquet",  # the word of the command line
    truth: Path | None = None,
    damaged: Path | None = None,
    replace: bool = False,
    progress: Progress | None = None,
    faults: Sequence[LostDay] = (),
    processes: int | None = None,
    price_effect: float | None = None,
    index: Closes | None = None,
) -> None:
    """Writes the delivery folder ``out`` and the truth folder (``out`` + ``.truth``), whole or not at all.

    ``clients`` counts the two dozen planted ones. ``faults`` takes days out of a table. ``damaged`` is a
    folder for copies of a CSV delivery with the damage of the real world. ``price_effect``: the share of
    the leavers for a reason of price whose leaving depends on the rate; None: as ever. ``index``: the market
    moves as these closes did.
    Raises UsageError where a folder exists and is not to be replaced, or clients, span or seed make no book.
    """
    truth = truth or out.with_name(out.name + ".truth")
    _check_numbers(clients=clients, first=first, last=last, seed=seed, price_effect=price_effect)
    _check_folders(out, beside=[truth, *([damaged] if damaged else [])], replace=replace)
    if damaged and format != "csv":
        raise UsageError(_CSV_ONLY)
    lost = tuple(faults)
    jobs = [
        _Job(part, clients, first, last, seed, lost, price_effect, index) for part in range(_parts(clients))
    ]
    with ExitStack() as stack:
        # the last that is opened is the first in place: whoever sees the delivery finds the others, too
        staged = stack.enter_context(appearing(out, replace=replace))
        staged_truth = stack.enter_context(appearing(truth, replace=replace))
        staged_damaged = stack.enter_context(appearing(damaged, replace=replace)) if damaged else None
        paths = _write_clients(staged, jobs, format, progress, processes)
        _write_firm(staged, jobs[0].setting.firm, format)
        staged.joinpath("book.toml").write_text(BOOK_TOML, encoding="utf-8")
        _write_truth(staged_truth, paths, jobs[0])
        if staged_damaged:
            write_damaged(staged, staged_damaged)


def _check_folders(out: Path, *, beside: Sequence[Path], replace: bool) -> None:
    for folder in (out, *beside):
        check_free(folder, replace=replace)
    for folder in beside:
        if out.resolve() in folder.resolve().parents:
            raise UsageError(_INSIDE.format(folder=folder))


def _check_numbers(*, clients: int, first: date, last: date, seed: int, price_effect: float | None) -> None:
    if price_effect is not None and not 0 <= price_effect <= 1:
        raise UsageError(_NO_SHARE.format(share=price_effect))
    fewest = len(load_stories()) + 1
    if clients < fewest or seed < 0 or first > last:
        raise UsageError(
            Text(
                zh="客户数须至少为 {fewest}，种子不得为负，起始日不得晚于截止日。",
                en="Give at least {fewest} clients, a seed of 0 or more, and a first day not after the last.",
            ).format(fewest=fewest)
        )


def _parts(clients: int) -> int:
    return max(1, -(-len(_drawn_blocks(clients)) // BLOCKS_IN_A_PART))


def _drawn_blocks(clients: int) -> list[tuple[int, int]]:
    drawn = clients - len(load_stories())
    return [(start // BLOCK, min(BLOCK, drawn - start)) for start in range(0, drawn, BLOCK)]


def _setting(seed: int, clients: int, first: date, last: date, index: Closes | None = None) -> Setting:
    world = load_world()
    market = make_market(seed, first=first, last=last, numbers=world.market, index=index)
    return Setting(seed, market, make_firm(seed, clients=clients, market=market, world=world), world)


def _expected(setting: Setting) -> dict[str, str | None]:
    month = setting.market.months[0].label
    return {table: month if table in BY_MONTH else None for table in TABLES_BY_BLOCK}


def _write_clients(
    folder: Path, jobs: list[_Job], format: Format, progress: Progress | None, processes: int | None
) -> list[Truth]:
    """Everything but the firm; returns the truth, part by part."""
    if format == "csv":
        return _write_csv(folder, jobs, progress)
    return _write_parquet(folder, jobs, progress, processes)


def _write_csv(folder: Path, jobs: list[_Job], progress: Progress | None) -> list[Truth]:
    setting = jobs[0].setting
    paths: list[Truth] = []
    with CsvSink(folder, _expected(setting)) as sink:
        for job in jobs:
            paths += _fill(sink, job, setting, progress)
    return paths


def _write_parquet(
    folder: Path, jobs: list[_Job], progress: Progress | None, processes: int | None
) -> list[Truth]:
    workers = min(processes or os.cpu_count() or 1, len(jobs))
    if workers == 1:
        return [table for job in jobs for table in _parquet_part(folder, job, progress)]
    paths: list[list[Truth]] = [[] for _ in jobs]
    spawn = multiprocessing.get_context("spawn")
    done = 0
    with ProcessPoolExecutor(max_workers=workers, mp_context=spawn) as pool:
        running = {pool.submit(_parquet_part, folder, job): place for place, job in enumerate(jobs)}
        for each in as_completed(running):
            paths[running[each]] = each.result()
            done += sum(kept for block, kept in jobs[running[each]].blocks if block != PLANTED)
            if progress:
                progress(done, jobs[0].clients)
    return [table for part in paths for table in part]


def _parquet_part(folder: Path, job: _Job, progress: Progress | None = None) -> list[Truth]:
    setting = job.setting
    # only the first part promises that each table is there
    expected = _expected(setting) if job.part == 0 else {}
    with ParquetSink(folder, job.part, expected) as sink:
        return _fill(sink, job, setting, progress)


def _fill(sink: Sink, job: _Job, setting: Setting, progress: Progress | None) -> list[Truth]:
    """Writes a part's rows and returns its truth."""
    paths = []
    done = job.part * job.blocks_in_a_part * BLOCK
    for number, kept in job.blocks:
        block = make_block(setting, number)
        for table, month, rows in pieces(block, setting, kept, job.faults):
            sink.write(table, month, rows)
        paths.append((truth_of_block(block, setting, kept), cuts_of_block(block, setting, kept)))
        done += min(kept, len(block.cast.ids))
        if progress:
            progress(done, job.clients)
    return paths


def _write_firm(folder: Path, firm: Firm, format: Format) -> None:  # the word of the command line
    places = np.arange(len(firm.branches))
    branches = arrow_table(
        "branches",
        {
            "branch_id": Words(places, firm.branches),
            "name": Words(places, firm.branch_names),
            "city": Words(places, firm.branch_cities),
        },
        len(places),
    )
    people = np.arange(len(firm.staff))
    staff = arrow_table(
        "staff",
        {
            "staff_id": Words(people, firm.staff),
            "branch_id": Words(firm.staff_branch, firm.branches),
            "name": Words(people, [f"拟员工{place + 1:04d}" for place in people]),
            "registration": Words(people, [f"SIM-{place + 1:06d}" for place in people]),
            "is_adviser": np.array(firm.advisers),
        },
        len(people),
    )
    with CsvSink(folder, {}) if format == "csv" else ParquetSink(folder, 0, {}) as sink:
        sink.write("branches", None, branches)
        sink.write("staff", None, staff)


def _write_truth(folder: Path, truths: list[Truth], job: _Job) -> None:
    write_truth(folder, [paths for paths, _ in truths])
    if cuts := [table for _, table in truths if table is not None]:
        write_cuts(folder, cuts)
    write_stories(folder)
    write_market(folder, job.setting.market)
    if job.faults:
        write_faults(folder, job.faults)


_INSIDE = Text(
    zh="{folder} 不能放在数据目录里面。请给一个外面的目录。",
    en="{folder} may not lie inside the delivery. Give a folder outside.",
)
_NO_SHARE = Text(
    zh="价格作用是一个比例，须在 0 和 1 之间（给的是 {share}）。",
    en="The price effect is a share between 0 and 1 ({share} was given).",
)
_CSV_ONLY = Text(
    zh="损坏的副本由 CSV 数据生成。请用 --format csv。",
    en="Damaged copies are made from CSV. Use --format csv.",
)
