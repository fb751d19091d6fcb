"""The conditions of a run, as far as they matter to its figures; nothing that names the machine."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from wanliu import __version__

TOOLS = ("duckdb", "pyarrow", "polars", "pandas", "pyspark")
GIB = 1 << 30


@dataclass(frozen=True)
class Conditions:
    """What a reader must know to weigh the figures."""

    day: str
    began: str
    end: str
    cores: int
    processor: str
    memory_gib: float
    system: str
    python: str
    versions: dict[str, str]
    load_before: float
    load_after: float
    note: str

    @classmethod
    def now(cls, *, note: str = "") -> Conditions:
        moment = datetime.now(UTC)
        return cls(
            day=moment.date().isoformat(),
            began=moment.strftime("%H:%M UTC"),
            end="",
            cores=len(os.sched_getaffinity(0)),
            processor=_processor(),
            memory_gib=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIB, 1),
            system=f"{platform.system()} {platform.machine()}",
            python=platform.python_version(),
            versions=_versions(),
            load_before=round(os.getloadavg()[0], 2),
            load_after=0.0,
            note=note,
        )

    def ended(self) -> Conditions:
        end = datetime.now(UTC).strftime("%H:%M UTC")
        return replace(self, end=end, load_after=round(os.getloadavg()[0], 2))

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def _processor() -> str:
    try:
        told = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    except OSError:
        told = None
    return told[1].strip() if told else platform.processor() or "unknown"


def _versions() -> dict[str, str]:
    found = {"wanliu": __version__}
    for tool in TOOLS:
        try:
            found[tool] = metadata.version(tool)
        except metadata.PackageNotFoundError:
            continue
    if java := _java():
        found["java"] = java
    return found


def _java() -> str:
    try:
        said = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr
    except OSError:
        return ""
    told = re.search(r'version "([^"]+)"', said)
    return told[1] if told else ""
