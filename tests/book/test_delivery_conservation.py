"""Nothing is lost: rows in = rows used + rows rejected, whatever happens to a file on its way.

The rows are counted by a second, slow road: a reader in plain Python that goes through the file sign by sign.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from wanliu.book.delivery import read_delivery
from wanliu.errors import BookRefused

HEADER = "flow_id,client_id,date,direction,amount,kind"
CLIENTS = "client_id,branch_id,opened_on\n" + "".join(f"{n:06},0101,2008-01-02\n" for n in range(1, 6))
FIELDS = 6
LINES_IN_A_QUOTE = 50

EXAMPLES = int(os.environ.get("WANLIU_DAMAGED_FILES", "60"))
MANY_EXAMPLES = 5 * EXAMPLES


@dataclass
class SlowCount:
    """Logical rows of a file by their first line, and those of them that have the right number of fields."""

    rows: int = 0
    whole: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)


def fields_of(text: str) -> tuple[str, ...] | None:
    """Fields by a machine of four states; None where a quote is open or stands in the wrong place."""
    found, cell, state = [], "", "start"
    for sign in text:
        if state == "quoted":
            cell, state = (cell, "closing") if sign == '"' else (cell + sign, "quoted")
        elif state == "closing" and sign == '"':
            cell, state = cell + '"', "quoted"
        elif sign == ",":
            found.append(cell)
            cell, state = "", "start"
        elif state == "closing" or (sign == "\n"):
            return None
        elif state == "start" and sign == '"':
            state = "quoted"
        else:
            cell, state = cell + sign, "plain"
    return None if state == "quoted" else (*found, cell)


def slow_count(text: str) -> SlowCount:
    """Counts as documented: blank lines and sums are no rows, a stray quote breaks its own line."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if lines and lines[-1] == "":
        lines.pop()
    counted, place = SlowCount(), 1
    while place < len(lines):
        fields, used = fields_of(lines[place]), 1
        if fields is None:
            fields, used = spanning(lines, place)
        line, place = place + 1, place + used
        if fields is None:
            counted.rows += 1
        elif any(cell.strip() for cell in fields) and not is_sum(fields):
            counted.rows += 1
            spare = fields[FIELDS:]
            if (
                len(fields) >= FIELDS
                and not any(cell.strip() for cell in spare)
                and "\0" not in "".join(fields)
            ):
                counted.whole.append((line, fields[:FIELDS]))
    return counted


def spanning(lines: list[str], place: int) -> tuple[tuple[str, ...] | None, int]:
    for more in range(1, min(LINES_IN_A_QUOTE, len(lines) - place)):
        fields = fields_of("\n".join(lines[place : place + more + 1]))
        if fields is not None:
            return (fields, more + 1) if len(fields) in (FIELDS, FIELDS + 1) else (None, 1)
    return None, 1


def is_sum(fields: tuple[str, ...]) -> bool:
    # exports set the two characters apart ("合 计"), with whatever blank they have at hand
    first = next(cell for cell in fields if cell.strip())
    return "".join(first.split()) in ("合计", "小计", "总计")


def used_by_the_slow_road(whole: list[tuple[int, tuple[str, ...]]]) -> int:
    """Rows that are right in themselves, known, and whose number nobody else claims with other content."""
    keys: dict[str, list[tuple[str, ...]]] = {}
    for _, fields in whole:
        keys.setdefault(fields[0].strip(), []).append(fields)
    used, seen = 0, set()
    for _, fields in whole:
        same = {meaning(row) for row in keys[fields[0].strip()]}
        if is_right(fields) and len(same) == 1 and fields[0].strip() not in seen:
            seen.add(fields[0].strip())
            used += 1
    return used


def meaning(fields: tuple[str, ...]) -> tuple[object, ...]:
    _, client, day, direction, amount, kind = (cell.strip() for cell in fields)
    return (client, read_day(day), direction, read_amount(amount), kind)


def is_right(fields: tuple[str, ...]) -> bool:
    flow, client, day, direction, amount, kind = (cell.strip() for cell in fields)
    money = read_amount(amount)
    return (
        flow not in ("", "-")
        and client in {f"{n:06}" for n in range(1, 6)}
        and read_day(day) is not None
        and direction in ("in", "out", "转出")
        and money is not None
        and money >= 0
        and kind in ("bank", "银行")
    )


def read_day(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[5:7]), int(text[8:])) if len(text) == 10 else None
    except ValueError:
        return None


def read_amount(text: str) -> Decimal | None:
    return Decimal(text) if AMOUNT.fullmatch(text) else None


AMOUNT = re.compile(r"-?[0-9]+(\.[0-9]{1,2})?")
CELLS = (
    st.sampled_from(["f1", "f2", "f3", "f4", "f5", "f6", "", "-", " f1 "]),
    st.sampled_from(["000001", "000002", "000005", "000006", "", "1.23457E+11"]),
    st.sampled_from(["2009-10-09", "2009-10-12", "2009-13-01", "0", "x"]),
    st.sampled_from(["in", "out", "转出", "sideways", ""]),
    st.sampled_from(["1.00", "250", "-3", "0", "abc", ""]),
    st.sampled_from(["bank", "银行", "gold", ""]),
)
LINES = st.one_of(
    st.tuples(*CELLS).map(",".join),
    st.tuples(*CELLS).map(",".join).map(lambda line: line + ","),
    st.sampled_from(
        [
            "",
            "   ",
            ",,,,,",
            "合计,,,,3.00,",
            "小计",
            "f9,000001",
            "f9,000001,2009-10-09,in,1,234.00,bank",
            '"',
            '"f9',
        ]
    ),
)


@dataclass(frozen=True)
class Damage:
    """One act of damage: at a share of the file, put something in or take something out."""

    where: float
    insert: str
    remove: int

    def on(self, text: str) -> str:
        start = len(HEADER) + 1
        place = start + int(self.where * max(0, len(text) - start))
        return text[:place] + self.insert + text[place + self.remove :]


DAMAGES = st.builds(
    Damage,
    st.floats(0, 1, exclude_max=True),
    st.sampled_from(['"', '""', ",", "\n", "\r\n", "\0", "x", "，", "\t", "", '","', "\u2028", "\x0b"]),
    st.integers(0, 4),
)
FILES = st.builds(
    lambda lines, damages, end: _damaged(HEADER + "\n" + "\n".join(lines) + end, damages),
    st.lists(LINES, max_size=12),
    st.lists(DAMAGES, max_size=4),
    st.sampled_from(["\n", "", "\n\n"]),
)


def _damaged(text: str, damages: list[Damage]) -> str:
    for damage in damages:
        text = damage.on(text)
    return text


def check_conservation(text: str, encoding: str) -> None:
    with tempfile.TemporaryDirectory() as name, duckdb.connect(config={"threads": 1}) as connection:
        folder = Path(name)
        (folder / "clients.csv").write_text(CLIENTS, encoding="utf-8")
        (folder / "flows.csv").write_bytes(text.encode(encoding))
        delivery = read_delivery(connection, folder)
        flows = delivery.tables["flows"]
        named = connection.execute("select distinct line from rejects where table_name = 'flows'").fetchall()
        used = connection.execute(f"select count(*) from {flows.relation}").fetchall()
    slow = slow_count(text)
    assert flows.rows_in == flows.rows_used + flows.rows_rejected
    assert flows.rows_in == slow.rows
    assert [(flows.rows_used,)] == used
    assert flows.rows_rejected == len(named)
    if text.isprintable() or not set("\u2028\x0b\0\t，x") & set(text):
        assert flows.rows_used == used_by_the_slow_road(slow.whole)


@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(FILES, st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]))
@example(HEADER + '\nf1,"000001\n,2009-10-09,in,1.00,bank\n', "utf-8")
@example(HEADER + "\nf1,000001,2009-10-09,in,1.00,bank\nf1,000001,2009-10-09,in,250,bank\n", "utf-8")
def test_rows_of_randomly_damaged_files_are_conserved(text: str, encoding: str) -> None:
    check_conservation(text, encoding)


@pytest.mark.slow
@settings(max_examples=MANY_EXAMPLES, suppress_health_check=list(HealthCheck))
@given(FILES, st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]))
def test_rows_of_many_damaged_files_are_conserved(text: str, encoding: str) -> None:
    check_conservation(text, encoding)


@settings(max_examples=EXAMPLES // 2, suppress_health_check=list(HealthCheck))
@given(
    FILES,
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=3),
    st.booleans(),
)
def test_rows_of_files_with_broken_bytes_are_conserved(
    text: str, bytes_changed: list[tuple[float, int]], gb18030: bool
) -> None:
    """Whatever the bytes: no traceback, and either a sentence or the sum is right and each rejected row or
    file is named.
    """
    content = bytearray(text.encode("gb18030" if gb18030 else "utf-8"))
    for where, byte in bytes_changed:
        content[int(where * len(content))] = byte
    with tempfile.TemporaryDirectory() as name, duckdb.connect(config={"threads": 1}) as connection:
        folder = Path(name)
        (folder / "clients.csv").write_text(CLIENTS, encoding="utf-8")
        (folder / "flows.csv").write_bytes(bytes(content))
        try:
            flows = read_delivery(connection, folder).tables["flows"]
        except BookRefused as refused:
            assert refused.message.zh
            assert refused.message.en
            return
        named = Counter(file for (file,) in connection.execute("select file from rejects").fetchall())
    assert flows.rows_in == flows.rows_used + flows.rows_rejected
    assert bool(flows.rows_rejected or flows.refused_files) == bool(named)
