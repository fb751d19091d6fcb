"""Which files of a delivery belong to which table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from wanliu.book.mapping import Mapping, Source
from wanliu.book.tables import TABLES
from wanliu.errors import BookRefused
from wanliu.text import Text

SUFFIXES = (".csv", ".tsv", ".txt", ".parquet", ".xlsx", ".xlsm", ".xls", ".csv.gz", ".tsv.gz", ".txt.gz")
NO_TABLES = ("book.toml", "totals.csv")
"""Files of a delivery that tell about it."""

_NO_FOLDER = Text(
    zh="{path} 不是数据目录。请给出一个目录，其中每个表一个文件或子目录（clients.csv、assets/ …）。",
    en=(
        "{path} is no folder of a delivery. Give a folder with "
        "one file or sub-folder per table (clients.csv, assets/ …)."
    ),
)
_TWICE = Text(
    zh="表 {table} 同时有 {items}，不知以哪个为准。请只保留一个，或把文件放进同一个子目录 {table}/。",
    en="The table {table} is there as {items}; which of them counts is unclear. Keep one, or put the files "
    "into one folder {table}/.",
)
_FOLDER_LIKE_FILE = Text(
    zh="{name} 是目录，不是文件。若其中是表 {table} 的文件，请改名为 {stem}/。",
    en=(
        "{name} is a folder where a file should be. If it "
        "holds files of the table {table}, rename it to {stem}/."
    ),
)
_IGNORED = Text(
    zh="未读取：{names}（不是任何表的文件名或格式）。",
    en="Not read: {names} (no table's name, or no known format).",
)
_EMPTY_FOLDER = Text(
    zh="目录 {name}/ 中没有数据文件。请补上文件，或删去该目录（表不存在与表中无行含义不同）。",
    en=(
        "The folder {name}/ holds no data file. Add its files, "
        "or remove it (an absent table and an empty one differ)."
    ),
)


@dataclass(frozen=True)
class DataFile:
    """One file of a table; ``name`` is its path in the delivery, ``partition`` what its Hive folders say."""

    path: Path
    name: str
    partition: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Found:
    """The files of one source of one table."""

    source: Source
    files: tuple[DataFile, ...]


def stem_of(name: str) -> str:
    """The name without its known suffix, in lower case."""
    lowered = name.lower()
    suffix = max((suffix for suffix in SUFFIXES if lowered.endswith(suffix)), key=len, default="")
    return lowered.removesuffix(suffix)


def has_known_suffix(name: str) -> bool:
    return name.lower().endswith(SUFFIXES)


def find_tables(delivery: Path, mapping: Mapping) -> tuple[dict[str, tuple[Found, ...]], tuple[Text, ...]]:
    """Per table that is there its files, and notices on what was not read.

    Raises BookRefused where the delivery is no folder, or a table is there twice.
    """
    if not delivery.is_dir():
        raise BookRefused(_NO_FOLDER.format(path=delivery))
    items = sorted(item for item in delivery.iterdir() if not item.name.startswith((".", "_")))
    tables: dict[str, tuple[Found, ...]] = {}
    used: set[Path] = set()
    for table in TABLES:
        matches = [(source, _matching(items, source)) for source in mapping.sources_of(table)]
        found = tuple(
            Found(source, _files_of(delivery, matched, table)) for source, matched in matches if matched
        )
        used.update(item for _, matched in matches for item in matched)
        if found:
            tables[table] = found
    ignored = [item.name for item in items if item not in used and item.name.lower() not in NO_TABLES]
    notices = (_IGNORED.format(names=", ".join(ignored)),) if ignored else ()
    return tables, notices


def _matching(items: list[Path], source: Source) -> list[Path]:
    """Items whose name is one of the source's; a name may hold * for a day (zjmxls_*)."""
    return [
        item
        for item in items
        if (item.is_dir() or has_known_suffix(item.name)) and item.name.lower() not in NO_TABLES
        if any(fnmatchcase(stem_of(item.name), pattern.lower()) for pattern in source.files)
    ]


def _files_of(delivery: Path, items: list[Path], table: str) -> tuple[DataFile, ...]:
    if len(items) > 1 and len({stem_of(item.name) for item in items}) < len(items):
        raise BookRefused(_TWICE.format(table=table, items=", ".join(item.name for item in items)))
    return tuple(file for item in items for file in _files_in(delivery, item, table))


def _files_in(delivery: Path, item: Path, table: str) -> Iterator[DataFile]:
    if item.is_file():
        yield DataFile(item, item.name)
        return
    if has_known_suffix(item.name):
        stem = item.name[: len(stem_of(item.name))]
        raise BookRefused(_FOLDER_LIKE_FILE.format(name=item.name, table=table, stem=stem))
    inside = sorted(path for path in item.rglob("*") if path.is_file() and _is_data(path.relative_to(item)))
    if not inside:
        raise BookRefused(_EMPTY_FOLDER.format(name=item.name))
    for path in inside:
        yield DataFile(path, path.relative_to(delivery).as_posix(), _partition(path.relative_to(item)))


def _is_data(path: Path) -> bool:
    return has_known_suffix(path.name) and not any(part.startswith((".", "_")) for part in path.parts)


def _partition(path: Path) -> tuple[tuple[str, str], ...]:
    pairs = (folder.partition("=") for folder in path.parts[:-1] if "=" in folder)
    return tuple((name, value) for name, _, value in pairs)
