"""A folder of studies: the newest first, and the names of those that cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from wanliu.report.study_files import ACCOUNT

Study = TypeVar("Study")


def newest(
    folder: Path, opened: Callable[[Path, int], Study | None], *, most: int
) -> tuple[tuple[Study, ...], tuple[str, ...]]:
    """What lies in the folder; empty where there is none. Folders without an account are no studies yet.

    ``opened`` takes a study's folder and its account's moment, and gives None for what cannot be read.
    """
    found = [(file.stat().st_mtime_ns, file.parent) for file in folder.glob(f"*/{ACCOUNT}")]
    told = [(one.name, opened(one, stamp)) for stamp, one in sorted(found, reverse=True)[:most]]
    return (
        tuple(one for _, one in told if one is not None),
        tuple(name for name, one in told if one is None),
    )
