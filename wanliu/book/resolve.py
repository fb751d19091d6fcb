"""From the header of one file to the book's columns: where each column's value comes from."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from dataclasses import dataclass, field

from wanliu.book.derive import Derivation, Raw
from wanliu.book.mapping import Mapping, Source, same_header
from wanliu.book.stage import Staged
from wanliu.book.tables import TABLES, Column, Table


@dataclass(frozen=True)
class Delivered:
    raw: Raw


@dataclass(frozen=True)
class Constant:
    value: str


@dataclass(frozen=True)
class Derived:
    derivation: Derivation
    raws: tuple[Raw, ...]


@dataclass(frozen=True)
class NotDelivered:
    """Absent by declaration of the mapping, or an optional column that is not in the file."""

    declared: bool = False


Feed = Delivered | Constant | Derived | NotDelivered


@dataclass(frozen=True)
class Resolution:
    """``feeds`` has every column of the table; ``missing`` and ``twice`` refuse the file; ``extras`` are kept
    out.
    """

    feeds: Dict[str, Feed]
    missing: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    filters: Dict[str, Raw] = field(default_factory=dict)

    @property
    def raws(self) -> tuple[Raw, ...]:
        """The delivered columns that are read, in the order of the file."""
        used = {raw.index: raw for feed in self.feeds.values() for raw in raws_of(feed)}
        used.update({raw.index: raw for raw in self.filters.values()})
        return tuple(used[index] for index in sorted(used))


def raws_of(feed: Feed) -> tuple[Raw, ...]:
    if isinstance(feed, Delivered):
        return (feed.raw,)
    return feed.raws if isinstance(feed, Derived) else ()


def resolve(staged: Staged, source: Source, mapping: Mapping) -> Resolution:
    """Where the values of the source's table come from in this file."""
    return _Resolver(staged, source, mapping).resolve()


class _Resolver:
    def __init__(self, staged: Staged, source: Source, mapping: Mapping) -> None:
        self.source = source
        self.mapping = mapping
        self.table: Table = TABLES[source.table]
        self.partition = {same_header(name): value for name, value in staged.file.partition}
        self.header = staged.header
        self.raws: dict[str, Raw] = {}
        self.repeated: set[str] = set()
        for place, (name, kind) in enumerate(zip(staged.header, staged.types, strict=False)):
            plain = same_header(name)
            if plain in self.raws:
                self.repeated.add(plain)
            else:
                self.raws[plain] = Raw(place, name, kind, staged.in_sheet)

    def resolve(self) -> Resolution:
        missing: list[str] = []
        feeds: dict[str, Feed] = {}
        for column in self.table.columns:
            feed = self._feed(column, missing)
            if column.required and isinstance(feed, NotDelivered) and not feed.declared:
                missing.append(column.name)
            feeds[column.name] = feed
        filters = self._filters(missing)
        used = {same_header(raw.name) for feed in feeds.values() for raw in raws_of(feed)}
        used.update(same_header(raw.name) for raw in filters.values())
        extras = tuple(name for name in self.header if name and same_header(name) not in used)
        twice = tuple(self.raws[name].name for name in sorted(used & self.repeated))
        return Resolution(feeds, tuple(dict.fromkeys(missing)), twice, extras, filters)

    def _feed(self, column: Column, missing: list[str]) -> Feed:
        source = self.source
        if column.name in source.constants:
            return Constant(source.constants[column.name])
        if column.name in source.absent:
            return NotDelivered(declared=True)
        if column.name in source.derive:
            return self._derived(source.derive[column.name], column, missing)
        explicit = self.raws.get(same_header(source.columns.get(column.name, "")))
        if explicit:
            return Delivered(explicit)
        return self._direction_by_sign(column) or self._by_header(column)

    def _derived(self, derivation: Derivation, column: Column, missing: list[str]) -> Feed:
        found = [self.raws.get(same_header(name)) for name in derivation.columns]
        if derivation.columns and not any(found):
            return self._by_header(column)
        missing.extend(name for name, raw in zip(derivation.columns, found, strict=True) if raw is None)
        return Derived(derivation, tuple(raw for raw in found if raw))

    def _direction_by_sign(self, column: Column) -> Feed | None:
        """A signed amount tells the direction, too, unless the mapping says where that comes from."""
        amount = self.source.derive.get("amount")
        if column.name != "direction" or amount is None or amount.how != "signed_amount":
            return None
        raws = [self.raws.get(same_header(name)) for name in amount.columns]
        return (
            Derived(Derivation("sign_of", amount.columns), tuple(raw for raw in raws if raw))
            if all(raws)
            else None
        )

    def _by_header(self, column: Column) -> Feed:
        names = self.mapping.header_names(self.table, column.name)
        found = next((self.raws[name] for name in names if name in self.raws), None)
        if found:
            return Delivered(found)
        told = next((self.partition[name] for name in names if name in self.partition), None)
        return Constant(told) if told is not None else NotDelivered()

    def _filters(self, missing: list[str]) -> dict[str, Raw]:
        source = self.source
        names = [*source.keep, *source.leave_out, *source.leave_out_blank, *source.keep_positive]
        missing.extend(name for name in names if same_header(name) not in self.raws)
        return {name: self.raws[same_header(name)] for name in names if same_header(name) in self.raws}
