"""Options and habits that several commands share: days, deliveries, engines, progress."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from hashlib import sha256
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from wanliu.book.engine import Engine
from wanliu.book.engines import DEFAULT, engine_for
from wanliu.book.sealed import Book, is_sealed
from wanliu.errors import UsageError
from wanliu.text import Text

ShowProgress = Callable[[Text, int, int], None]
CACHE = ".wanliu-cache"


def the_day(written: str) -> date:
    """A calendar day from the command line."""
    try:
        return date.fromisoformat(written)
    except ValueError as fault:
        raise UsageError(_NO_DAY.format(written=written)) from fault


def add_delivery_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--map", dest="mapping", metavar="NAME|FILE", help=str(_MAP))
    parser.add_argument("--on-bad-rows", choices=("stop", "quarantine"), default="stop", help=str(_BAD_ROWS))


def add_engine_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--engine", default=DEFAULT, metavar="ADDRESS", help=str(_ENGINE))
    parser.add_argument("--memory", metavar="SIZE", default="2GB", help=str(_MEMORY))
    parser.add_argument("--threads", type=int, metavar="N", help=str(_THREADS))


def engine_of(given: argparse.Namespace) -> AbstractContextManager[Engine]:
    return engine_for(given.engine, memory=given.memory, threads=given.threads)


def opened_book(path: Path, given: argparse.Namespace, *, cache: Path, progress: ShowProgress) -> Book:
    """The sealed book at the path; a raw delivery is sealed first, into a cache that is kept."""
    if not path.exists():
        raise UsageError(_NOT_THERE.format(path=path))
    if is_sealed(path):
        return Book.open(path)
    from wanliu.book.seal import seal  # reading deliveries loads much that a sealed book does not need

    sealed = cache / CACHE / _print_of(path, given.mapping, given.on_bad_rows)
    if not is_sealed(sealed):
        seal(
            path,
            sealed,
            mapping=given.mapping,
            on_bad_rows=given.on_bad_rows,
            replace=sealed.exists(),
            progress=progress,
        )
    return Book.open(sealed)


def _print_of(delivery: Path, mapping: str | None, on_bad_rows: str) -> str:
    """Changes whenever a file of the delivery, the mapping or the policy does."""
    own_mapping = [Path(mapping)] if mapping and Path(mapping).is_file() else []
    files = [*sorted(file for file in delivery.rglob("*") if file.is_file()), *own_mapping]
    told = [(str(file), (state := file.stat()).st_size, state.st_mtime_ns) for file in files]
    return sha256(repr((told, mapping, on_bad_rows)).encode()).hexdigest()[:16]


@contextmanager
def shown_progress() -> Iterator[ShowProgress]:
    """Progress on standard error, where a person watches; silent in a pipe."""
    console = Console(stderr=True)
    if not sys.stderr.isatty():
        yield lambda _step, _done, _total: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def show(step: Text, done: int, total: int) -> None:
            name = str(step)
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=total)
            bars.update(tasks[name], completed=done, total=total)

        yield show


_NO_DAY = Text(
    zh="{written} 不是日期，请写成 2009-10-31 这样。", en="{written} is no day; write it like 2009-10-31."
)
_MAP = Text(
    zh="字段映射：apex、hundsun、kingdom,或自定的 TOML 文件",
    en="mapping of columns: apex, hundsun, kingdom, or a TOML file of your own",
)
_BAD_ROWS = Text(
    zh="遇到坏行：停下（默认）,或隔离后继续",
    en="on broken rows: stop (default), or quarantine them and go on",
)
_ENGINE = Text(
    zh="计算引擎：duckdb（默认）、local[2]、spark://主机:端口、sc://主机:端口",
    en="engine: duckdb (default), local[2], spark://host:port, sc://host:port",
)
_MEMORY = Text(zh="内存上限，如 2GB（默认）", en="memory to use, as 2GB (default)")
_THREADS = Text(zh="使用的线程数", en="threads to use")
_NOT_THERE = Text(zh="找不到 {path}。请检查路径。", en="There is nothing at {path}. Check the path.")
