"""The SQL that turns the rows of files into the columns of a table, with the fault of every cell beside it.

A *parsed* relation has: file, line, is_reversal, is_fill, the table's columns with their types, and per
column ``f_<column>`` (the name of its fault, or NULL) and ``s_<column>`` (the cell as it was delivered).
It is built in layers, so that each cleaning is written once: raw → plain text → values → faults.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from collections.abc import Mapping as Dict
from dataclasses import dataclass
from pathlib import Path

from wanliu.book.derive import DERIVATIONS, Raw, build
from wanliu.book.mapping import CLOSED, Codes, Source
from wanliu.book.resolve import Constant, Delivered, Derived, Feed, NotDelivered, Resolution
from wanliu.book.stage import Staged
from wanliu.book.tables import TABLES, Column
from wanliu.book.values import FIRST_YEAR, LAST_YEAR, TOO_LARGE_A_RATE, quote_name, quote_text

FLOATS = ("FLOAT", "DOUBLE")
INTEGERS = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
)
SHANGHAI_HOURS = 8
NEVER_FROM = 2999
"""Years that mean "no day" where systems must fill in something."""
EXACT_INTEGER_DOUBLE = 2**53


@dataclass(frozen=True)
class Group:
    """Files of one source with the same header, which are read together."""

    source: Source
    resolution: Resolution
    files: tuple[Staged, ...]
    codes: Dict[str, Codes]
    delivery: Path
    numbers: Dict[str, int]
    right_already: frozenset[int] = frozenset()

    @property
    def table_name(self) -> str:
        return self.source.table


@dataclass(frozen=True)
class Cell:
    """SQL of a column's value, of the fault in reading it, and of the text to show."""

    value: str
    fault: str
    shown: str


def takes_work(group: Group) -> bool:
    """Whether its cells are made anew or read out of words; a view would do that again at each question."""
    table = TABLES[group.table_name]
    return group.files[0].is_text or any(
        isinstance(feed, Derived)
        or (isinstance(feed, Delivered) and _is_read_out_of_words(table.column(name), feed.raw, group))
        for name, feed in group.resolution.feeds.items()
    )


def _is_read_out_of_words(column: Column, raw: Raw, group: Group) -> bool:
    if raw.index in group.right_already or column.type in ("code", "boolean", "text"):
        return False
    return _read_typed(column, raw) is None


def parsed_select(group: Group) -> str:
    """The SELECT of the parsed relation of one group of files."""
    table = TABLES[group.table_name]
    cells = {column.name: _cell(column, group) for column in table.columns}
    values = ", ".join(
        f"{cell.value} as v_{name}, {cell.fault} as b_{name}, {cell.shown} as s_{name}"
        for name, cell in cells.items()
    )
    final = ", ".join(
        _final(column, group.resolution.feeds[column.name], group.codes.get(column.name, {}).values())
        for column in table.columns
    )
    return (
        f"with raw as ({raw_select(group)}), plain as ({_plain_select(group)}), "
        f"cells as (select file, line, {_reversal_flag(group)} as is_reversal, {values} from plain) "
        f"select file, line, is_reversal, {str(group.source.fills).lower()} as is_fill, {final} from cells"
    )


def raw_select(group: Group) -> str:
    """Rows as delivered: file (its name in the delivery), line, and the columns that are read as r<index>."""
    paths = ", ".join(quote_text(str(file.parquet)) for file in group.files)
    if group.files[0].is_text:
        names = ", ".join(quote_text(file.file.name) for file in group.files)
        file, line, options = f"list_extract([{names}], list_position([{paths}], filename))", "line", ""
        columns = {raw.index: f"c{raw.index}" for raw in group.resolution.raws}
    else:
        file = f"substr(filename, {len(str(group.delivery)) + 2})"
        line, options = "file_row_number + 1", ", file_row_number = true"
        columns = {raw.index: quote_name(raw.name) for raw in group.resolution.raws}
    chosen = "".join(f", {name} as r{index}" for index, name in columns.items())
    return (
        f"select {file} as file, {line} as line{chosen} "
        f"from read_parquet([{paths}], filename = true, hive_partitioning = false{options})"
    )


def _plain_select(group: Group) -> str:
    columns = "".join(
        f", {raw.delivered}, {_plain(raw, group.right_already)} as {raw.plain}"
        for raw in group.resolution.raws
    )
    return f"select * from (select file, line{columns} from raw){_where(group)}"


def _plain(raw: Raw, right_already: Collection[int]) -> str:
    cell = raw.delivered
    if raw.index in right_already:
        return cell
    if raw.type in FLOATS:
        whole = f"{cell} = trunc({cell}) and abs({cell}) < {EXACT_INTEGER_DOUBLE}"
        text = (
            f"case when {whole} then cast(cast({cell} as bigint) as varchar) else cast({cell} as varchar) end"
        )
        return f"case when isnan({cell}) then null else {text} end"
    return f"wl_plain(cast({cell} as varchar))" if raw.type != "VARCHAR" else f"wl_plain({cell})"


def _where(group: Group) -> str:
    """The rows of a file that are the table's; the others are counted and told in a notice."""
    source, filters = group.source, group.resolution.filters
    tests = [f"{filters[name].plain} in ({_texts(codes)})" for name, codes in source.keep.items()]
    tests += [
        f"coalesce({filters[name].plain} not in ({_texts(codes)}), true)"
        for name, codes in source.leave_out.items()
    ]
    tests += [f"{filters[name].plain} is not null" for name in source.leave_out_blank]
    tests += [
        f"coalesce({filters[name].exact} > 0, {filters[name].plain} is not null)"
        for name in source.keep_positive
    ]
    return f" where {' and '.join(tests)}" if tests else ""


def _texts(texts: Sequence[str]) -> str:
    return ", ".join(map(quote_text, texts)) or "null"


def _reversal_flag(group: Group) -> str:
    feed = group.resolution.feeds.get("reverses")
    if not isinstance(feed, Derived) or feed.derivation.how != "reversal":
        return "false"
    return f"coalesce({feed.raws[0].plain} in ({_texts(feed.derivation.flags or ('1',))}), false)"


def _cell(column: Column, group: Group) -> Cell:
    feed = group.resolution.feeds[column.name]
    if isinstance(feed, NotDelivered):
        return Cell(f"cast(null as {column.sql_type})", "cast(null as varchar)", "cast(null as varchar)")
    if isinstance(feed, Constant):
        text = quote_text(feed.value)
        return Cell(*_read_text(column, text, group, serial=False), text)
    if isinstance(feed, Derived):
        return _derived(column, feed, group)
    shown = f"cast({feed.raw.delivered} as varchar)"
    if column.type == "date" and feed.raw.index in group.right_already:
        return Cell(feed.raw.delivered, "cast(null as varchar)", shown)
    typed = _read_typed(column, feed.raw)
    return Cell(
        *(typed or _read_text(column, feed.raw.plain, group, serial=_has_serials(feed.raw, group))), shown
    )


def _has_serials(raw: Raw, group: Group) -> bool:
    return raw.in_sheet or raw.name in group.source.excel_dates


def _derived(column: Column, feed: Derived, group: Group) -> Cell:
    shown = (
        f"concat_ws(' | ', {', '.join(raw.plain for raw in feed.raws)})"
        if feed.raws
        else "cast(null as varchar)"
    )
    if feed.derivation.how == "running_number":
        return Cell(_running_number(group), "cast(null as varchar)", shown)
    formula = build(feed.raws, feed.derivation)
    if DERIVATIONS[feed.derivation.how].gives == "text":
        return Cell(*_read_text(column, f"cast({formula.value} as varchar)", group, serial=False), shown)
    value = f"try_cast({formula.value} as {column.sql_type})"
    lost = f"({formula.value}) is not null and {value} is null"
    return Cell(value, _fault("number", f"{formula.unreadable} or ({lost})"), shown)


def _running_number(group: Group) -> str:
    """Unique over days and files, and the same however often the delivery is read: day-file-line."""
    numbers = ", ".join(str(group.numbers[file.file.name]) for file in group.files)
    names = ", ".join(quote_text(file.file.name) for file in group.files)
    place = f"list_extract([{numbers}], list_position([{names}], file))"
    feed = group.resolution.feeds.get("date")
    if feed is None or isinstance(feed, NotDelivered):
        return f"concat({place}, '-', line)"
    day = _cell(TABLES[group.table_name].column("date"), group).value
    return f"concat(coalesce(strftime({day}, '%Y%m%d'), ''), '-', {place}, '-', line)"


def _fault(name: str, when: str) -> str:
    return f"case when {when} then {quote_text(name)} end"


def _read_typed(column: Column, raw: Raw) -> tuple[str, str] | None:
    """Value and fault where the file's own type is already right, or nearly; else None: read it as text."""
    cell, kind = raw.delivered, raw.type
    if column.type == "date" and (kind == "DATE" or kind.startswith("TIMESTAMP")):
        return _typed_day(cell, kind)
    if column.type in ("money", "rate") and kind == "DOUBLE":
        value = (
            f"wl_money_of_double({cell})"
            if column.type == "money"
            else f"try_cast({cell} as {column.sql_type})"
        )
        return value, _fault("number", f"{cell} is not null and not isnan({cell}) and {value} is null")
    exact = kind in INTEGERS or kind.startswith("DECIMAL")
    if exact and (column.type in ("money", "rate") or (column.type == "integer" and kind in INTEGERS)):
        value = f"try_cast({cell} as {column.sql_type})"
        return value, _fault("number", f"{cell} is not null and {value} is null")
    if column.type == "boolean" and kind == "BOOLEAN":
        return cell, "cast(null as varchar)"
    return None


def _typed_day(cell: str, kind: str) -> tuple[str, str]:
    if "TIME ZONE" in kind:
        cell = f"make_timestamp(epoch_us({cell}) + {SHANGHAI_HOURS} * 3600000000)"
    day = f"cast({cell} as date)"
    value = f"case when year({day}) between {FIRST_YEAR} and {LAST_YEAR} then {day} end"
    no_day = f"{day} = date '1900-01-01' or year({day}) >= {NEVER_FROM}"
    return value, _fault("date", f"{cell} is not null and {value} is null and not ({no_day})")


def _read_text(column: Column, plain: str, group: Group, *, serial: bool) -> tuple[str, str]:
    """Value and fault of a plain text."""
    codes = group.codes.get(column.name, {})
    if column.type in ("code", "boolean"):
        return _coded(column, plain, codes)
    if codes:
        plain = f"case lower({plain}) {_whens(codes)} else {plain} end"
    if column.type == "text":
        return _words(column, plain, group), "cast(null as varchar)"
    if column.type == "id":
        width = group.source.width.get(column.name)
        padded = f"wl_padded({plain}, {width})" if width else plain
        return padded, _fault("digits", f"wl_digits_lost({plain})")
    if column.type == "date":
        day = f"coalesce(wl_day({plain}), wl_serial_day({plain}))" if serial else f"wl_day({plain})"
        return day, _fault("date", f"{plain} is not null and {day} is null and not wl_no_day({plain})")
    number = f"wl_{column.type}({plain})"
    fault = "rate" if column.type == "rate" else "number"
    return number, _fault(fault, f"{plain} is not null and {number} is null")


def _words(column: Column, plain: str, group: Group) -> str:
    """Free text keeps its full-width signs: they are how people write."""
    feed = group.resolution.feeds[column.name]
    return f"wl_text(cast({feed.raw.delivered} as varchar))" if isinstance(feed, Delivered) else plain


def _coded(column: Column, plain: str, codes: Codes) -> tuple[str, str]:
    known = {code: code for code in (column.codes or ("true", "false"))}
    chosen = f"case lower({plain}) {_whens({**known, **codes})} end"
    fault = _fault("code", f"{plain} is not null and {chosen} is null")
    return (f"cast({chosen} as boolean)" if column.type == "boolean" else chosen), fault


def _whens(codes: Codes) -> str:
    return " ".join(f"when {quote_text(word)} then {quote_text(code)}" for word, code in codes.items())


def _final(column: Column, feed: Feed, feed_codes: Collection[str]) -> str:
    """The column with its default, its whole fault and what to show."""
    value, tests = f"v_{column.name}", [f"when b_{column.name} is not null then b_{column.name}"]
    declared_absent = isinstance(feed, NotDelivered) and feed.declared
    if column.required and not declared_absent:
        tests.append(f"when {value} is null then 'empty'")
    if column.at_least is not None:
        name = "negative" if column.at_least == 0 else "range"
        tests.append(f"when {value} < {column.at_least} then '{name}'")
    if column.at_most is not None:
        tests.append(f"when {value} > {column.at_most} then 'range'")
    if column.type == "rate":
        tests.append(f"when {value} >= {TOO_LARGE_A_RATE} then 'rate'")
    if CLOSED in feed_codes:
        tests.append(f"when {value} = '{CLOSED}' and v_closed_on is null then 'closing_day'")
        value = f"nullif({value}, '{CLOSED}')"
    return (
        f"{_with_default(column, value)} as {quote_name(column.name)}, "
        f"case {' '.join(tests)} end as f_{column.name}, s_{column.name}"
    )


def _with_default(column: Column, value: str) -> str:
    if column.default is None:
        return value
    default = f"cast({quote_text(column.default)} as {column.sql_type})"
    if column.name == "effective":
        # A mass text message is no contact unless the sender says so.
        default = "coalesce(v_channel, '') <> 'sms'"
    return f"coalesce({value}, {default})"
