"""Whole processes: wall seconds, processor seconds, and the most that lay in memory at once."""

from __future__ import annotations

import os
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

ROOT = Path(__file__).resolve().parent.parent
SAMPLED_EVERY = 0.1
"""Seconds between two looks at a process and its children (Spark's work is done by a child)."""

PAGE = os.sysconf("SC_PAGE_SIZE")
TOLD_AT_MOST = 2000
"""Characters of a failed program's last words."""


@dataclass(frozen=True)
class Once:
    """One run of one process: wall seconds, processor seconds (children included), peak bytes."""

    seconds: float
    processor: float
    peak: int


@dataclass(frozen=True)
class Measured:
    """Several runs of the same process; None of them if it failed, with its last words."""

    name: str
    runs: tuple[Once, ...]
    failure: str = ""

    @property
    def seconds(self) -> float:
        return statistics.median(run.seconds for run in self.runs) if self.runs else float("nan")

    @property
    def processor(self) -> float:
        return statistics.median(run.processor for run in self.runs) if self.runs else float("nan")

    @property
    def peak(self) -> int:
        return max((run.peak for run in self.runs), default=0)


def measured(name: str, command: Sequence[str], *, times: int, before: Callable[[], None]) -> Measured:
    """The process run so many times; ``before`` clears away what the run before left, off the clock."""
    runs = []
    for _ in range(times):
        before()
        try:
            runs.append(run_once(command))
        except Failed as failure:
            return Measured(name, (), str(failure))
    return Measured(name, tuple(runs))


class Failed(Exception):
    """A measured process ended with a code other than zero; the message is what it said last."""


def run_once(command: Sequence[str], *, out: Path | None = None) -> Once:
    """Runs a process to its end. Raises Failed with its last words."""
    with TemporaryFile() as said, out.open("wb") if out else TemporaryFile() as stdout:
        began = time.perf_counter()
        child = subprocess.Popen(command, cwd=ROOT, stdout=stdout, stderr=said, env=_environment())
        watch = _Watch(child.pid)
        _, status, used = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        seen = watch.stop()
        if child.returncode:
            said.seek(0)
            last_words = said.read().decode(errors="replace").strip()[-TOLD_AT_MOST:]
            raise Failed(f"exit code {child.returncode}: {last_words}")
    # ru_maxrss knows the process alone but misses nothing; the samples see its children too
    processor = max(used.ru_utime + used.ru_stime, watch.processor)
    return Once(seconds, processor, max(used.ru_maxrss * 1024, seen))


def _environment() -> dict[str, str]:
    """As an installed program meets it: modules are compiled once, not by every process anew."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}


class _Watch:
    """Samples the resident memory and the processor time of a process and all below it."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.peak = 0
        self.processor = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> int:
        self._ended.set()
        self._thread.join()
        return self.peak

    def _look(self) -> None:
        while not self._ended.wait(SAMPLED_EVERY):
            family = _family(self.pid)
            self.peak = max(self.peak, sum(_resident(pid) for pid in family))
            self.processor = max(self.processor, sum(_processor(pid) for pid in family))


def _family(pid: int) -> list[int]:
    """The process and all below it; empty where it ended meanwhile."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return []
    return [pid, *(below for child in children for below in _family(int(child)))]


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * PAGE
    except (OSError, IndexError):
        return 0


def _processor(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError):
        return 0.0
