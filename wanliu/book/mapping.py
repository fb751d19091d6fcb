"""Mappings: how the files, headers and codes of one system become the book's tables. Their shape and loader.

A mapping is a TOML file. It stands on ``default.toml`` (Chinese headers and code words), may extend another
by ``extends = "apex"``, and holds one ``[[sources]]`` per table and kind of file. Every key is explained in
``mappings/README.md``; a key that is not known is refused, since a typing error would lose data silently.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from wanliu.book.derive import DERIVATIONS, Derivation
from wanliu.book.tables import TABLES, Table
from wanliu.errors import BookRefused, UsageError
from wanliu.text import Text

DEFAULT = "default"
LONGEST_NUMBER = 64
"""Digits to which a number may be padded."""
ANY = "any"
"""In headers: for every table. In codes: for every boolean column."""

CLOSED = "closed"
"""A code word for clients.status that is no status: the column closed_on must then say the day."""

FILLED = "trades"
"""The table whose rows may be delivered fill by fill."""

Codes = Dict[str, str]


@dataclass(frozen=True)
class Source:
    """How one table is read from one kind of file; names of delivered columns are in the sender's words."""

    table: str
    files: tuple[str, ...]
    columns: Dict[str, str] = field(default_factory=dict)
    constants: Dict[str, str] = field(default_factory=dict)
    codes: Dict[str, Codes] = field(default_factory=dict)
    derive: Dict[str, Derivation] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    width: Dict[str, int] = field(default_factory=dict)
    keep: Dict[str, tuple[str, ...]] = field(default_factory=dict)
    leave_out: Dict[str, tuple[str, ...]] = field(default_factory=dict)
    leave_out_blank: tuple[str, ...] = ()
    keep_positive: tuple[str, ...] = ()
    excel_dates: tuple[str, ...] = ()
    one_row_per_key: bool = False
    fills: bool = False
    """Rows are fills; those of one order are summed."""

    @property
    def names_used(self) -> set[str]:
        """The sender's column names that this source reads."""
        derived = {name for derivation in self.derive.values() for name in derivation.columns}
        filters = {*self.keep, *self.leave_out, *self.leave_out_blank, *self.keep_positive}
        return {*self.columns.values(), *derived, *filters}


@dataclass(frozen=True)
class Mapping:
    """A whole mapping; ``headers`` and ``codes`` hold the default's entries, too."""

    name: str
    headers: Dict[str, Dict[str, tuple[str, ...]]]
    codes: Dict[str, Codes]
    files: Dict[str, tuple[str, ...]]
    width: Dict[str, int]
    sources: tuple[Source, ...]

    def sources_of(self, table: str) -> tuple[Source, ...]:
        """The declared sources, and the plain one unless a declared source claims the table's own name."""
        declared = tuple(source for source in self.sources if source.table == table)
        claimed = any(table in source.files for source in declared)
        plain = Source(table, files=(table, *self.files.get(table, ())))
        sources = declared if claimed else (*declared, plain)
        return tuple(replace(source, width={**self.width, **source.width}) for source in sources)

    def header_names(self, table: Table, column: str) -> tuple[str, ...]:
        """What the column may be called in a file, best name first, each in its ``same_header`` form."""
        own = (column, table.column(column).meaning.zh)
        told = (self.headers.get(scope, {}).get(column, ()) for scope in (table.name, ANY))
        return tuple(dict.fromkeys(same_header(name) for names in (own, *told) for name in names))

    def known_headers(self) -> frozenset[str]:
        """Every header that means something in some table: by these the header line is found."""
        canonical = (
            name
            for table in TABLES.values()
            for column in table.columns
            for name in self.header_names(table, column.name)
        )
        used = (same_header(name) for source in self.sources for name in source.names_used)
        return frozenset((*canonical, *used))

    def codes_of(self, source: Source, column: str) -> Codes:
        """Code words of a column in lower case: the source's own win over the mapping's."""
        declared = TABLES[source.table].column(column)
        told = self.codes.get(ANY, {}) if declared.type == "boolean" else {}
        general = self.codes.get(f"{source.table}.{column}", {})
        return {
            word.lower(): code for word, code in {**told, **general, **source.codes.get(column, {})}.items()
        }


def same_header(text: str) -> str:
    """A header without what does not matter: width of letters, case, blanks, a trailing star and units."""
    plain = unicodedata.normalize("NFKC", text).replace("\ufeff", "").lower()
    plain = "".join(plain.split()).rstrip("*")
    for unit in ("(元)", "(人民币)", "(必填)", "(rmb)"):
        plain = plain.removesuffix(unit)
    return plain


def shipped_mappings() -> tuple[str, ...]:
    """Names that ``--map`` takes, besides a path."""
    folder = files("wanliu.book") / "mappings"
    return tuple(
        sorted(item.name.removesuffix(".toml") for item in folder.iterdir() if item.name.endswith(".toml"))
    )


def load_mapping(mapping: str | Path | None = None) -> Mapping:
    """A shipped mapping by name, or a TOML file by path; None is the default.

    Raises UsageError where there is none of that name, BookRefused where the file is not a mapping.
    """
    if mapping is None or str(mapping) == DEFAULT:
        return _built(DEFAULT, _shipped(DEFAULT), ())
    return _loaded(mapping, seen=())


def _loaded(mapping: str | Path, seen: tuple[str, ...]) -> Mapping:
    name = str(mapping)
    if name in seen:
        raise _refused(name, "extends", Text("继承关系成环", "it extends itself"))
    content = _shipped(name) if name in shipped_mappings() else _from_path(Path(name))
    base = str(content.pop("extends", DEFAULT))
    parent = load_mapping(None) if base == DEFAULT else _loaded(_beside(name, base), (*seen, name))
    return _built(name, content, (parent,))


def _beside(name: str, base: str) -> str | Path:
    return base if base in shipped_mappings() else Path(name).parent / base


@cache
def _shipped_text(name: str) -> str:
    return (files("wanliu.book") / "mappings" / f"{name}.toml").read_text(encoding="utf-8")


def _shipped(name: str) -> dict[str, Any]:
    return tomllib.loads(_shipped_text(name))


def _from_path(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise UsageError(
            Text(
                zh="没有名为 {name} 的映射。可用:{known},或给出一个 .toml 文件的路径。",
                en="There is no mapping {name}. Known are: {known}; or give the path of a .toml file.",
            ).format(name=path, known=", ".join(shipped_mappings()))
        )
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as failure:
        raise _refused(
            str(path), "TOML", Text(f"读不懂({failure})", f"cannot be read ({failure})")
        ) from failure


def _built(name: str, content: dict[str, Any], parents: tuple[Mapping, ...]) -> Mapping:
    _check_keys(name, "", content, {"name", "extends", "headers", "codes", "files", "width", "sources"})
    headers, codes = _headers(name, content.get("headers", {})), _codes(name, content.get("codes", {}))
    named_files = {
        table: _names(name, f"files.{table}", given) for table, given in content.get("files", {}).items()
    }
    width = _widths(
        name,
        "width",
        content.get("width", {}),
        {column.name for table in TABLES.values() for column in table.columns},
    )
    sources = tuple(
        _source(name, place, given)
        for place, given in enumerate(_list(name, "sources", content.get("sources", [])), start=1)
    )
    for parent in parents:
        headers = {
            scope: {**parent.headers.get(scope, {}), **_ahead(headers, parent, scope)}
            for scope in {*parent.headers, *headers}
        }
        codes = {
            column: {**parent.codes.get(column, {}), **codes.get(column, {})}
            for column in {*parent.codes, *codes}
        }
        named_files = {**parent.files, **named_files}
        width = {**parent.width, **width}
        sources = (*sources, *(source for source in parent.sources if not _replaced(source, sources)))
    return Mapping(
        name=name,
        headers=MappingProxyType(headers),
        codes=MappingProxyType(codes),
        files=MappingProxyType(named_files),
        width=MappingProxyType(width),
        sources=sources,
    )


def _ahead(
    headers: dict[str, dict[str, tuple[str, ...]]], parent: Mapping, scope: str
) -> dict[str, tuple[str, ...]]:
    """A mapping's own header names go before those of the mapping that it extends."""
    inherited = parent.headers.get(scope, {})
    return {column: (*names, *inherited.get(column, ())) for column, names in headers.get(scope, {}).items()}


def _replaced(source: Source, own: tuple[Source, ...]) -> bool:
    return any(source.table == mine.table and set(source.files) & set(mine.files) for mine in own)


def _headers(name: str, given: Any) -> dict[str, dict[str, tuple[str, ...]]]:
    _check_keys(name, "headers", given, {*TABLES, ANY})
    for scope, columns in given.items():
        known = {
            column.name for table in TABLES.values() if scope in (table.name, ANY) for column in table.columns
        }
        _check_keys(name, f"headers.{scope}", columns, known)
    return {
        scope: {column: _names(name, f"headers.{scope}.{column}", names) for column, names in columns.items()}
        for scope, columns in given.items()
    }


def _codes(name: str, given: Any) -> dict[str, Codes]:
    _check_keys(name, "codes", given, {*TABLES, ANY})
    found = {ANY: _code_words(name, "codes.any", given.get(ANY, {}), ("true", "false"))}
    for table in given.keys() - {ANY}:
        _check_keys(name, f"codes.{table}", given[table], {column.name for column in TABLES[table].columns})
        for column, words in given[table].items():
            found[f"{table}.{column}"] = _column_words(name, f"codes.{table}.{column}", table, column, words)
    return found


def _column_words(name: str, place: str, table: str, column: str, words: Any) -> Codes:
    declared = TABLES[table].column(column)
    allowed = ("true", "false") if declared.type == "boolean" else declared.codes
    if (table, column) == ("clients", "status"):
        allowed = (*allowed, CLOSED)
    return _code_words(name, place, words, allowed)


def _code_words(name: str, place: str, words: Any, allowed: tuple[str, ...]) -> Codes:
    for word, code in words.items():
        if allowed and str(code).lower() not in allowed:
            options = ", ".join(allowed)
            raise _refused(
                name,
                f"{place}.{word}",
                Text(f"{code} 不在 {options} 之中", f"{code} is not one of {options}"),
            )
    return {str(word): str(code).lower() if allowed else str(code) for word, code in words.items()}


SOURCE_KEYS = frozenset(Source.__dataclass_fields__)


def _source(name: str, number: int, given: dict[str, Any]) -> Source:
    place = f"sources[{number}]"
    _check_keys(name, place, given, SOURCE_KEYS)
    if given.get("table") not in TABLES or not given.get("files"):
        raise _refused(name, place, Text("须写明 table 与 files", "it needs table and files"))
    table = TABLES[given["table"]]
    columns = {column.name for column in table.columns}
    for key in ("columns", "constants", "codes", "derive"):
        _check_keys(name, f"{place}.{key}", given.get(key, {}), columns)
    absent = _names(name, f"{place}.absent", given.get("absent", []))
    _check_keys(name, f"{place}.absent", dict.fromkeys(absent), columns - {"client_id", "date"})
    return Source(
        table=table.name,
        files=tuple(file.lower() for file in _names(name, f"{place}.files", given["files"])),
        columns=given.get("columns", {}),
        constants={
            column: str(value).lower() if isinstance(value, bool) else str(value)
            for column, value in given.get("constants", {}).items()
        },
        codes={
            column: _column_words(name, f"{place}.codes.{column}", table.name, column, words)
            for column, words in given.get("codes", {}).items()
        },
        derive={
            column: _derivation(name, f"{place}.derive.{column}", how)
            for column, how in given.get("derive", {}).items()
        },
        absent=absent,
        width=_widths(name, f"{place}.width", given.get("width", {}), columns),
        keep=_filters(name, f"{place}.keep", given.get("keep", {})),
        leave_out=_filters(name, f"{place}.leave_out", given.get("leave_out", {})),
        leave_out_blank=_names(name, f"{place}.leave_out_blank", given.get("leave_out_blank", [])),
        keep_positive=_names(name, f"{place}.keep_positive", given.get("keep_positive", [])),
        excel_dates=_names(name, f"{place}.excel_dates", given.get("excel_dates", [])),
        one_row_per_key=bool(given.get("one_row_per_key", False)),
        fills=_fills(name, place, given),
    )


def _fills(name: str, place: str, given: dict[str, Any]) -> bool:
    fills = given.get("fills", False)
    if not isinstance(fills, bool) or (fills and given["table"] != FILLED):
        raise _refused(
            name, f"{place}.fills", Text(f"须为 true，且只用于 {FILLED}", f"it is true, for {FILLED} only")
        )
    return fills


def _derivation(name: str, place: str, given: Any) -> Derivation:
    _check_keys(name, place, given, {"how", "from", "by", "flags", "codes"})
    how = given.get("how")
    if how not in DERIVATIONS:
        options = ", ".join(sorted(DERIVATIONS))
        raise _refused(name, place, Text(f"how 只能是 {options}", f"how must be one of {options}"))
    columns = _names(name, f"{place}.from", given.get("from", []))
    if not DERIVATIONS[how].takes(len(columns)):
        raise _refused(name, f"{place}.from", Text("列数不对", "the number of columns is wrong"))
    by = given.get("by", 1)
    if not isinstance(by, int) or isinstance(by, bool) or by < 1:
        raise _refused(name, f"{place}.by", Text("须为正整数", "it must be a positive integer"))
    codes = given.get("codes", {})
    _check_keys(name, f"{place}.codes", codes, set(codes))
    flags = _names(name, f"{place}.flags", given.get("flags", []))
    return Derivation(how, columns, by, flags, tuple((str(word), str(text)) for word, text in codes.items()))


def _widths(name: str, place: str, given: Any, columns: set[str]) -> dict[str, int]:
    _check_keys(name, place, given, columns)
    for column, digits in given.items():
        if not isinstance(digits, int) or not 0 < digits <= LONGEST_NUMBER:
            raise _refused(name, f"{place}.{column}", Text("须为正整数", "it must be a positive integer"))
    return dict(given)


def _filters(name: str, place: str, given: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(given, dict):
        raise _refused(name, place, Text("须为表", "it must be a table"))
    return {column: _names(name, f"{place}.{column}", codes) for column, codes in given.items()}


def _names(name: str, place: str, given: Any) -> tuple[str, ...]:
    return tuple(str(item) for item in _list(name, place, given))


def _list(name: str, place: str, given: Any) -> list[Any]:
    if not isinstance(given, list):
        raise _refused(name, place, Text("须为列表", "it must be a list"))
    return given


def _check_keys(name: str, place: str, given: Any, known: set[str] | frozenset[str]) -> None:
    if not isinstance(given, dict):
        raise _refused(name, place, Text("须为表", "it must be a table"))
    for key in given:
        if key not in known:
            options = ", ".join(sorted(known))
            raise _refused(
                name,
                f"{place}.{key}".lstrip("."),
                Text(f"没有这一项,可用:{options}", f"unknown; known are: {options}"),
            )


def _refused(name: str, place: str, what: Text) -> BookRefused:
    return BookRefused(
        Text(
            zh=f"映射 {name} 的 {place} 有误:{what.zh}。请改正该映射文件。",
            en=f"The mapping {name} has a fault at {place}: {what.en}. Mend the mapping file.",
        )
    )
