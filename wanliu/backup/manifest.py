"""What a backup says of itself: every file with its hash, every table with its rows, and who wrote it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, Final

from wanliu.errors import ArchiveRefused
from wanliu.text import Text

FORMAT: Final = 1
FILE: Final = "manifest.json"
SUM: Final = "manifest.sha256"
"""Written last: a folder without it is no backup."""
TABLES: Final = "database"
HOME: Final = "home"
KEYS: Final = "keys.json"
AT_ONCE: Final = 1 << 20


@dataclass(frozen=True)
class Table:
    """``last``: the last number that the database gave to a row, None where it gives none."""

    rows: int
    columns: tuple[str, ...]
    last: int | None


@dataclass(frozen=True)
class Stored:
    """One file of the archive."""

    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """``files`` are named from the archive's folder, ``links`` from the home: both with ``/``."""

    made_at: datetime
    program: str
    engine: str
    keys: str
    """Which keys names and phones are sealed with: a print of them, that tells nothing else."""
    migrations: Mapping[str, list[str]]
    tables: Mapping[str, Table]
    files: Mapping[str, Stored]
    links: Mapping[str, str]
    left_out: tuple[str, ...]
    settings: Mapping[str, Any]
    """How the house was set when this was made; for people to read, nothing sets it again."""

    @property
    def has_keys(self) -> bool:
        return KEYS in self.files

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())

    @property
    def bytes(self) -> int:
        return sum(file.bytes for file in self.files.values())

    def in_home(self) -> Iterator[str]:
        """The files that belong into the home, named from there."""
        beginning = f"{HOME}/"
        return (name.removeprefix(beginning) for name in self.files if name.startswith(beginning))


def write(folder: Path, manifest: Manifest) -> None:
    told = {"format": FORMAT, **asdict(manifest), "made_at": manifest.made_at.isoformat()}
    content = (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
    (folder / FILE).write_bytes(content)
    (folder / SUM).write_text(hashlib.sha256(content).hexdigest() + "\n", "ascii")


def read(folder: Path) -> Manifest:
    """Raises ArchiveRefused where the folder is no whole backup, or one of a later kind."""
    try:
        content = (folder / FILE).read_bytes()
        told = (folder / SUM).read_bytes().decode("ascii", "replace").strip()
    except FileNotFoundError as fault:
        raise ArchiveRefused(_NONE.format(folder=folder)) from fault
    if hashlib.sha256(content).hexdigest() != told:
        raise ArchiveRefused(DAMAGED.format(file=FILE))
    try:
        found = json.loads(content)
        if found["format"] > FORMAT:
            raise ArchiveRefused(_NEWER.format(program=found["program"]))
        return _manifest(found)
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise ArchiveRefused(_NONE.format(folder=folder)) from fault


def _manifest(found: dict[str, Any]) -> Manifest:
    manifest = Manifest(
        made_at=datetime.fromisoformat(found["made_at"]),
        program=str(found["program"]),
        engine=str(found["engine"]),
        keys=str(found["keys"]),
        migrations={app: list(names) for app, names in found["migrations"].items()},
        tables={
            name: Table(int(one["rows"]), tuple(one["columns"]), one["last"])
            for name, one in found["tables"].items()
        },
        files={name: Stored(int(one["bytes"]), one["sha256"]) for name, one in found["files"].items()},
        links=dict(found["links"]),
        left_out=tuple(found["left_out"]),
        settings=found["settings"],
    )
    for name in (*manifest.files, *manifest.links):
        _check_inside(name)
    return manifest


def _check_inside(name: str) -> None:
    """Raises ValueError for a name that leads out of the folder."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise ValueError(name)


def check_file(folder: Path, name: str, stored: Stored) -> None:
    """Raises ArchiveRefused where the file is missing or has other bytes."""
    file = folder / name
    if not file.is_file() or file.stat().st_size != stored.bytes or hash_of(file) != stored.sha256:
        raise ArchiveRefused(DAMAGED.format(file=name))


def hash_of(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


DAMAGED = Text(
    zh="备份已损坏：{file} 缺失或内容不符。没有恢复任何内容，请换一份备份。",
    en="The backup is damaged: {file} is missing or not what was written. Nothing was restored; use another "
    "backup.",
)
_NONE = Text(
    zh="{folder} 不是一份完整的备份。请给出 wanliu backup 写成的文件夹。",
    en="{folder} is no whole backup. Name a folder that wanliu backup wrote.",
)
_NEWER = Text(
    zh="这份备份由更新的版本（{program}）写成，本版本读不了。请先升级软件。",
    en="A later version ({program}) wrote this backup; this one cannot read it. Upgrade the software first.",
)
