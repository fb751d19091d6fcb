"""Whole or not at all: folders and files, also where the machine fails."""

from __future__ import annotations

import errno
import os
import resource
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.book.small_book import state_of, write_assets
from wanliu.book import atomic
from wanliu.book.atomic import appearing, vanish, write_file
from wanliu.book.ingest import ingest
from wanliu.book.seal import seal
from wanliu.book.sealed import Book
from wanliu.errors import EnvironmentFailed, UsageError


def fill(target: Path, text: str, *, replace: bool = False) -> None:
    with appearing(target, replace=replace) as folder:
        (folder / "inner").mkdir()
        (folder / "inner" / "file").write_text(text)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def disk_full(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Call it, and from then on nothing can be forced to disk."""

    def fail(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    return lambda: monkeypatch.setattr(os, "fsync", fail)


def test_appearing_makes_the_folder_and_its_parents(tmp_path: Path) -> None:
    fill(tmp_path / "a" / "out", "new")

    assert (tmp_path / "a" / "out" / "inner" / "file").read_text() == "new"
    assert names(tmp_path / "a") == ["out"]


def test_appearing_is_not_there_before_the_end(tmp_path: Path) -> None:
    with appearing(tmp_path / "out"):
        assert not (tmp_path / "out").exists()


def test_appearing_after_an_error_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), appearing(tmp_path / "out") as folder:
        (folder / "file").write_text("half")
        raise ZeroDivisionError

    assert names(tmp_path) == []


def test_appearing_over_an_existing_folder_needs_replace(tmp_path: Path) -> None:
    fill(tmp_path / "out", "old")

    with pytest.raises(UsageError):
        fill(tmp_path / "out", "new")

    assert (tmp_path / "out" / "inner" / "file").read_text() == "old"


@pytest.mark.parametrize("can_exchange", [True, False])
def test_appearing_replaces_the_old_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, can_exchange: bool
) -> None:
    if not can_exchange:
        monkeypatch.setattr(atomic, "_exchange", lambda _one, _other: False)
    fill(tmp_path / "out", "old")

    fill(tmp_path / "out", "new", replace=True)

    assert (tmp_path / "out" / "inner" / "file").read_text() == "new"
    assert names(tmp_path) == ["out"]


def test_appearing_after_an_error_keeps_the_old_folder(tmp_path: Path) -> None:
    fill(tmp_path / "out", "old")

    with pytest.raises(ZeroDivisionError), appearing(tmp_path / "out", replace=True):
        raise ZeroDivisionError

    assert (tmp_path / "out" / "inner" / "file").read_text() == "old"
    assert names(tmp_path) == ["out"]


def test_appearing_sweeps_what_a_killed_run_left(tmp_path: Path) -> None:
    (tmp_path / ".out.unfinished-00000000").mkdir()
    (tmp_path / ".other.unfinished-00000000").mkdir()

    fill(tmp_path / "out", "new")

    assert names(tmp_path) == [".other.unfinished-00000000", "out"]


def test_appearing_leaves_alone_what_a_living_run_holds(tmp_path: Path) -> None:
    with appearing(tmp_path / "out", replace=True) as living:
        (living / "file").write_text("slow")
        fill(tmp_path / "out", "quick")

    assert (tmp_path / "out" / "file").read_text() == "slow"


def test_appearing_brings_back_a_folder_that_a_killed_run_had_moved_aside(tmp_path: Path) -> None:
    fill(tmp_path / ".out.previous-00000000", "old")

    with pytest.raises(ZeroDivisionError), appearing(tmp_path / "out", replace=True):
        raise ZeroDivisionError

    assert (tmp_path / "out" / "inner" / "file").read_text() == "old"


def test_appearing_on_a_full_disk_fails_and_keeps_the_old_folder(
    tmp_path: Path, disk_full: Callable[[], None]
) -> None:
    fill(tmp_path / "out", "old")
    disk_full()

    with pytest.raises(EnvironmentFailed):
        fill(tmp_path / "out", "new", replace=True)

    assert (tmp_path / "out" / "inner" / "file").read_text() == "old"
    assert names(tmp_path) == ["out"]


def test_appearing_lets_an_error_that_is_not_the_machines_pass(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), appearing(tmp_path / "out"):
        (tmp_path / "no such file").read_text()


def test_vanish_removes_a_folder_and_does_not_mind_there_being_none(tmp_path: Path) -> None:
    fill(tmp_path / "out", "old")

    vanish(tmp_path / "out")
    vanish(tmp_path / "out")

    assert names(tmp_path) == []


def test_write_file_replaces_the_content(tmp_path: Path) -> None:
    write_file(tmp_path / "file", b"old")
    write_file(tmp_path / "file", b"new")

    assert (tmp_path / "file").read_bytes() == b"new"
    assert names(tmp_path) == ["file"]


def test_write_file_on_a_full_disk_keeps_the_old_content(
    tmp_path: Path, disk_full: Callable[[], None]
) -> None:
    write_file(tmp_path / "file", b"old")
    disk_full()

    with pytest.raises(EnvironmentFailed):
        write_file(tmp_path / "file", b"new")

    assert (tmp_path / "file").read_bytes() == b"old"
    assert names(tmp_path) == ["file"]


def test_seal_where_the_engine_cannot_write_makes_no_book(tmp_path: Path, october: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (512, before[1]))
    try:
        with pytest.raises(EnvironmentFailed):
            seal(october, tmp_path / "book")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert names(tmp_path) == ["october"]


def test_seal_with_too_little_memory_makes_no_book(tmp_path: Path, october: Path) -> None:
    with pytest.raises(EnvironmentFailed) as failed:
        seal(october, tmp_path / "book", memory="1MB")

    assert "--memory" in failed.value.message.en
    assert names(tmp_path) == ["october"]


def test_seal_on_a_full_disk_makes_no_book(
    tmp_path: Path, october: Path, disk_full: Callable[[], None]
) -> None:
    disk_full()

    with pytest.raises(EnvironmentFailed):
        seal(october, tmp_path / "book")

    assert names(tmp_path) == ["october"]


def test_ingest_on_a_full_disk_keeps_the_book(
    tmp_path: Path, book: Path, disk_full: Callable[[], None]
) -> None:
    write_assets(tmp_path / "day", [Book.open(book).calendar.last], "000001")
    before = Book.open(book).fingerprint
    content = state_of(book)
    disk_full()

    with pytest.raises(EnvironmentFailed):
        ingest(book, tmp_path / "day")

    after = Book.open(book)
    after.verify()
    assert after.fingerprint == before
    assert content.items() <= state_of(book).items()
