"""One table of a delivery: its files grouped by header, parsed, checked and counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

import duckdb

from wanliu.book import quality, said
from wanliu.book.derive import Raw
from wanliu.book.mapping import Mapping as Wording
from wanliu.book.mapping import Source
from wanliu.book.parse import Group, parsed_select, takes_work
from wanliu.book.resolve import Delivered, Derived, NotDelivered, Resolution, resolve
from wanliu.book.reversal import PAIRS, pair_reversals
from wanliu.book.stage import Staged, WholeFile
from wanliu.book.tables import Column, Table
from wanliu.book.values import FIRST_YEAR, LAST_YEAR, quote_name, quote_text
from wanliu.errors import BookRefused
from wanliu.text import Text

NO_SUCH_COLUMN = ("column", "header_twice")

Sources = Sequence[tuple[Source, tuple[Staged, ...]]]


def _rightness(column: Column, raw: Raw) -> str | None:
    """SQL of the question whether all values of a Parquet column can be taken as they are; None: never."""
    name = quote_name(raw.name)
    if column.type == "id" and raw.type == "VARCHAR":
        return f"coalesce(bool_and(wl_is_plain({name})), true)"
    if column.type == "date" and raw.type == "DATE":
        return f"coalesce(year(min({name})) >= {FIRST_YEAR} and year(max({name})) <= {LAST_YEAR}, true)"
    return None


@dataclass(frozen=True)
class Outcome:
    """What became of a table; the fields are those of DeliveredTable."""

    relation: str
    rows_in: int
    rows_used: int
    rows_rejected: int
    orders: int | None
    totals: Mapping[str, Decimal]
    absent: tuple[str, ...]
    derived: tuple[str, ...]
    ignored: tuple[str, ...]
    not_delivered: tuple[str, ...]
    refused_files: tuple[str, ...]
    files: tuple[Staged, ...]
    notices: tuple[Text, ...]


@dataclass
class _Kept:
    """The groups of readable files, and the files themselves with their refusals."""

    groups: list[Group] = field(default_factory=list)
    files: list[Staged] = field(default_factory=list)


class TableReader:
    """Reads one table on a connection; the relation that it leaves is ``delivered_<table>``."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        table: Table,
        wording: Wording,
        delivery: Path,
        scratch: Path,
    ) -> None:
        self.connection = connection
        self.table = table
        self.wording = wording
        self.delivery = delivery
        self.scratch = scratch
        self.parsed = f"parsed_{table.name}"
        self.relation = f"delivered_{table.name}"

    def read(self, sources: Sources) -> Outcome:
        """Parses, checks and counts. Raises BookRefused where every file lacks a mandatory column."""
        kept = self._grouped(sources)
        self._check_readable(kept)
        self._create_parsed(kept.groups)
        left_out = self._left_out(kept.groups)
        self._pair_reversals(kept.groups)
        orphans = self.table.has_clients and self.table.name != "clients"
        found = quality.survey(self.connection, self.table, self.parsed, orphans=orphans)
        quality.check_rows(self.connection, self.table, self.parsed, found)
        rejected_here, rejected = self._rejected(kept.files)
        fills = any(group.source.fills for group in kept.groups)
        rows, totals = self._used(found, rejected_here, fills=fills)
        used = found.rows - rejected_here if fills else rows
        return self._outcome(kept, used, rejected, rows if fills else None, totals, left_out)

    def _grouped(self, sources: Sources) -> _Kept:
        kept = _Kept()
        names = [staged.file.name for _, files in sources for staged in files]
        numbers = {name: place for place, name in enumerate(dict.fromkeys(names), start=1)}
        for source, files in sources:
            together: dict[object, list[Staged]] = {}
            resolutions: dict[object, Resolution] = {}
            for staged in files:
                resolution = resolve(staged, source, self.wording)
                checked = self._refused_if_incomplete(staged, resolution)
                self._name_faults(
                    checked, resolution, first_time=staged.file.name not in {f.file.name for f in kept.files}
                )
                kept.files.append(checked)
                if checked.refused is None:
                    sameness = (staged.kind, staged.header, staged.types, repr(resolution))
                    together.setdefault(sameness, []).append(checked)
                    resolutions[sameness] = resolution
            kept.groups.extend(
                self._group(source, resolutions[sameness], tuple(members), numbers)
                for sameness, members in together.items()
            )
        return kept

    def _group(
        self, source: Source, resolution: Resolution, files: tuple[Staged, ...], numbers: Mapping[str, int]
    ) -> Group:
        codes = {column.name: self.wording.codes_of(source, column.name) for column in self.table.columns}
        group = Group(source, resolution, files, codes, self.delivery, numbers)
        return replace(group, right_already=self._right_already(group))

    def _right_already(self, group: Group) -> frozenset[int]:
        """Columns of Parquet files that need no cleaning, found by one cheap scan: client numbers and the
        like, and days.

        A day that is taken as it is lets the engine skip the files of other months.
        """
        tests = {
            feed.raw.index: test
            for name, feed in group.resolution.feeds.items()
            if isinstance(feed, Delivered) and (test := _rightness(self.table.column(name), feed.raw))
        }
        if group.files[0].is_text or not tests:
            return frozenset()
        paths = ", ".join(quote_text(str(file.parquet)) for file in group.files)
        asked = f"select {', '.join(tests.values())} from read_parquet([{paths}], hive_partitioning = false)"
        answers = self.connection.execute(asked).fetchall()[0]
        return frozenset(index for index, right in zip(tests, answers, strict=True) if right)

    def _refused_if_incomplete(self, staged: Staged, resolution: Resolution) -> Staged:
        if staged.refused is not None or not (resolution.missing or resolution.twice):
            return staged
        fault = "column" if resolution.missing else "header_twice"
        shown = ", ".join(staged.header)[:200]
        return replace(staged, refused=WholeFile(fault, 1, shown, staged.rows + staged.broken_rows))

    def _name_faults(self, staged: Staged, resolution: Resolution, *, first_time: bool) -> None:
        if staged.refused is not None:
            columns = resolution.missing or resolution.twice if staged.refused.fault in NO_SUCH_COLUMN else ()
            quality.reject_file(self.connection, self.table, staged, columns)
        elif staged.broken_rows and first_time:
            feed = resolution.feeds.get("client_id")
            place = feed.raw.index if isinstance(feed, Delivered) else None
            quality.reject_broken(self.connection, self.table, staged, place)

    def _check_readable(self, kept: _Kept) -> None:
        faults = [file.refused.fault if file.refused else "" for file in kept.files]
        if all(fault in NO_SUCH_COLUMN for fault in faults):
            missing = self.connection.execute(
                f"select distinct column_name from {quality.REJECTS} "
                f"where table_name = ? and line = 1 order by all",
                [self.table.name],
            ).fetchall()
            raise BookRefused(said.unreadable_table(self.table, kept.files, [name for (name,) in missing]))

    def _create_parsed(self, groups: list[Group]) -> None:
        """What takes work to read is read once and kept beside; what is right already is never copied."""
        parts = [self._parsed_part(f"{place}", group) for place, group in enumerate(groups)]
        union = " union all by name ".join(parts or [self._nothing()])
        if any(group.source.one_row_per_key for group in groups):
            union = self._beside("folded", self._folded(union))
        self.connection.execute(f"create or replace view {self.parsed} as {union}")

    def _parsed_part(self, place: str, group: Group) -> str:
        select = parsed_select(group)
        return self._beside(place, select) if takes_work(group) else f"({select})"

    def _beside(self, place: str, select: str) -> str:
        path = quote_text(str(self.scratch / f"{self.parsed}_{place}.parquet"))
        self.connection.execute(f"copy ({select}) to {path} (format parquet)")
        return f"(from read_parquet({path}))"

    def _nothing(self) -> str:
        columns = "".join(
            f", cast(null as {column.sql_type}) as {quote_name(column.name)}, "
            f"cast(null as varchar) as f_{column.name}, "
            f"cast(null as varchar) as s_{column.name}"
            for column in self.table.columns
        )
        flags = "false as is_reversal, false as is_fill"
        return f"(select '' as file, 0::bigint as line, {flags}{columns} where false)"

    def _folded(self, union: str) -> str:
        """One row per key: a table of clients drawn from a log of what they did; of each other column the
        least value.
        """
        key = ", ".join(map(quote_name, self.table.key))
        others = "".join(
            f", {name if name == quoted else f'min({name})'} as {name}"
            for column in self.table.columns
            for quoted in (quote_name(column.name) if column.name in self.table.key else "",)
            for name in (quote_name(column.name), f"f_{column.name}", f"s_{column.name}")
        )
        place = "min(struct_pack(file := file, line := line))"
        return (
            f"select {place}.file as file, {place}.line as line, false "
            f"as is_reversal, false as is_fill{others} from ({union}) group by {key}"
        )

    def _left_out(self, groups: list[Group]) -> int:
        """Rows that the mapping's filters leave to other tables."""
        filtered = [group for group in groups if group.resolution.filters]
        if not filtered or any(group.source.one_row_per_key for group in filtered):
            return 0
        delivered = sum(file.rows for group in groups for file in group.files)
        counted = self.connection.execute(f"select count(*) from {self.parsed}").fetchall()[0][0]
        return int(delivered - counted)

    def _pair_reversals(self, groups: list[Group]) -> None:
        self.connection.execute(f"drop table if exists paired_{self.table.name}")
        flagged = any(
            isinstance(feed, Derived) and feed.derivation.how == "reversal"
            for group in groups
            for feed in group.resolution.feeds.values()
        )
        if not flagged or not pair_reversals(self.connection, self.parsed):
            return
        unpaired = (
            f"{self.parsed} where is_reversal and reverses is null and (file, line) not in "
            f"(select (file, line) from {PAIRS} where flow_id is not null)"
        )
        quality.reject_reversals(self.connection, self.table, unpaired)
        self.connection.execute(
            f"create or replace table paired_{self.table.name} as from {PAIRS} where flow_id is not null"
        )

    def _rejected(self, files: list[Staged]) -> tuple[int, int]:
        """Rejected rows among the parsed ones, and all of them: with several faults a row counts once."""
        self.connection.execute(
            f"""create or replace table bad_{self.table.name} as select distinct file, line
            from {quality.REJECTS} where table_name = ? and file not in (select unnest(?::varchar[]))""",
            [self.table.name, [file.file.name for file in files if file.refused]],
        )
        named = int(self.connection.execute(f"select count(*) from bad_{self.table.name}").fetchall()[0][0])
        distinct = {file.file.name: file for file in files}.values()
        broken = sum(file.broken_rows for file in distinct if not file.refused)
        whole = sum(file.refused.rows for file in distinct if file.refused)
        return named - broken, named + whole

    def _used(
        self, found: quality.Survey, rejected: int, *, fills: bool
    ) -> tuple[int, Mapping[str, Decimal]]:
        """Creates the relation of the used rows; counts it anew unless it is the whole."""
        paired = self._has_pairs()
        chosen = ", ".join(
            f"coalesce(p.reverses, r.flow_id) as {quote_name('reverses')}"
            if paired and column.name == "reverses"
            else f"p.{quote_name(column.name)}"
            for column in self.table.columns
        )
        joined = (
            f" left join paired_{self.table.name} r on p.file = r.file and p.line = r.line" if paired else ""
        )
        good = (
            f" where (p.file, p.line) not in (select (file, line) from bad_{self.table.name})"
            if rejected
            else ""
        )
        used = f"select {chosen} from {self.parsed} p{joined}{good}"
        self.connection.execute(
            f"create or replace view {self.relation} as {self._orders(used) if fills else used}"
        )
        return (
            quality.totals_of(self.connection, self.table, self.relation)
            if rejected or fills
            else (found.rows, found.totals)
        )

    def _orders(self, fills: str) -> str:
        """One row per order: the money of its fills summed; in all else they were found to agree."""
        key = [quote_name(name) for name in self.table.key]
        columns = (
            name
            if name in key
            else f"{'sum' if column.type == 'money' else 'min'}({name})::{column.sql_type} as {name}"
            for column in self.table.columns
            for name in (quote_name(column.name),)
        )
        return f"select {', '.join(columns)} from ({fills}) group by {', '.join(key)}"

    def _has_pairs(self) -> bool:
        asked = "select 1 from duckdb_tables() where table_name = ?"
        return self.connection.execute(asked, [f"paired_{self.table.name}"]).fetchone() is not None

    def _outcome(
        self,
        kept: _Kept,
        used: int,
        rejected: int,
        orders: int | None,
        totals: Mapping[str, Decimal],
        left_out: int,
    ) -> Outcome:
        feeds = [feed for group in kept.groups for feed in group.resolution.feeds.items()]
        absent = {name for name, feed in feeds if isinstance(feed, NotDelivered) and feed.declared}
        derived = {name for name, feed in feeds if isinstance(feed, Derived)}
        derived |= {name for group in kept.groups for name in group.source.constants}
        missing = {name for name, feed in feeds if isinstance(feed, NotDelivered) and not feed.declared}
        ignored = tuple(dict.fromkeys(name for group in kept.groups for name in group.resolution.extras))
        order = [column.name for column in self.table.columns]
        return Outcome(
            relation=self.relation,
            rows_in=used + rejected,
            rows_used=used,
            rows_rejected=rejected,
            orders=orders,
            totals=totals,
            absent=tuple(name for name in order if name in absent),
            derived=tuple(name for name in order if name in derived),
            ignored=ignored,
            not_delivered=tuple(name for name in order if name in missing),
            refused_files=tuple(file.file.name for file in kept.files if file.refused),
            files=tuple(kept.files),
            notices=(
                *said.notices(self.table, kept.groups, kept.files, left_out),
                *said.summed(self.table, used, orders),
            ),
        )
