"""Opening a sealed book: what is noticed, and how fast."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest

from tests.book.small_book import AN, OCTOBER, write_clients, write_trades
from wanliu.book.manifest import FILE_NAME, Manifest
from wanliu.book.seal import seal
from wanliu.book.sealed import Book, is_sealed
from wanliu.errors import BookRefused


def first_part(book: Path, table: str = "assets") -> Path:
    return Path(Book.open(book).paths(table)[0])


def test_open_a_raw_folder_is_refused(october: Path) -> None:
    assert not is_sealed(october)
    with pytest.raises(BookRefused):
        Book.open(october)


def test_open_tells_what_is_in_the_book(book: Path) -> None:
    opened = Book.open(book)

    assert is_sealed(book)
    assert opened.has("assets")
    assert not opened.has("contacts")
    assert (opened.first_date("assets"), opened.last_date("assets")) == (OCTOBER[0], OCTOBER[-1])
    assert opened.first_date("clients") is None
    assert opened.rows_by_day("assets") == dict.fromkeys(OCTOBER, 3)
    assert opened.paths("assets", date(2009, 11, 1), date(2009, 11, 30)) == []
    assert opened.calendar.last_on_or_before(date(2009, 10, 8)) == date(2009, 9, 30)


def test_open_a_missing_part_is_refused(book: Path) -> None:
    first_part(book).unlink()

    with pytest.raises(BookRefused):
        Book.open(book)


def test_open_a_torn_part_is_refused(book: Path) -> None:
    part = first_part(book)
    part.write_bytes(part.read_bytes()[:-1])

    with pytest.raises(BookRefused):
        Book.open(book)


def test_open_a_changed_footer_is_refused(book: Path) -> None:
    part = first_part(book)
    content = bytearray(part.read_bytes())
    content[-20] ^= 1
    part.write_bytes(content)

    with pytest.raises(BookRefused):
        Book.open(book)


def test_verify_finds_a_changed_byte_that_the_quick_check_cannot_see(tmp_path: Path) -> None:
    clients = [f"{number * 7919 % 1_000_003:08}" for number in range(30_000)]
    write_clients(tmp_path / "in", *clients)
    seal(tmp_path / "in", tmp_path / "book")
    part = first_part(tmp_path / "book", "clients")
    content = bytearray(part.read_bytes())
    content[1000] ^= 1
    part.write_bytes(content)

    book = Book.open(tmp_path / "book")

    with pytest.raises(BookRefused):
        book.verify()


def test_open_a_manifest_changed_by_hand_is_refused(book: Path) -> None:
    file = book / FILE_NAME
    file.write_text(file.read_text().replace('"daily"', '"month_end"'))

    with pytest.raises(BookRefused):
        Book.open(book)


def test_open_a_broken_manifest_is_refused(book: Path) -> None:
    (book / FILE_NAME).write_text("{}")

    with pytest.raises(BookRefused):
        Book.open(book)


def test_manifest_survives_writing_and_reading(book: Path) -> None:
    manifest = Book.open(book).manifest

    assert Manifest.from_json(manifest.to_json()) == manifest


def test_open_two_years_takes_no_time(tmp_path: Path) -> None:
    months = [date(2008 + month // 12, month % 12 + 1, 15) for month in range(24)]
    write_clients(tmp_path / "in", AN)
    write_trades(tmp_path / "in", months, AN)
    seal(tmp_path / "in", tmp_path / "book")

    def seconds() -> float:
        start = time.perf_counter()
        Book.open(tmp_path / "book")
        return time.perf_counter() - start

    assert min(seconds() for _ in range(5)) < 0.02
