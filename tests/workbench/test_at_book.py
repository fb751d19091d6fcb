"""The book behind the pages: opened once, opened anew when a night has changed it, refused when damaged."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.conf import LazySettings

from tests.small_books import sealed_from
from wanliu.book.history import rows_of_client
from wanliu.errors import BookRefused
from wanliu.workbench.at_book import current_book, reader

CLIENT = {"client_id": "C1", "branch_id": "B1", "opened_on": date(2005, 1, 4)}


@pytest.fixture
def home(tmp_path: Path, settings: LazySettings) -> Path:
    settings.WANLIU_HOME = tmp_path
    return tmp_path


def test_a_state_is_opened_once_and_the_next_one_as_soon_as_it_is_there(home: Path) -> None:
    sealed_from({"clients": [CLIENT]}, home / "book")
    first = current_book()
    assert current_book() is first

    (home / "book").rename(home / "before")
    sealed_from({"clients": [CLIENT, {**CLIENT, "client_id": "C2"}]}, home / "book")
    with reader() as connection:
        assert rows_of_client(connection, current_book(), "clients", "C2").num_rows == 1


def test_no_book_and_a_damaged_one_are_refused_every_time(home: Path) -> None:
    with pytest.raises(BookRefused):
        current_book()
    book = sealed_from({"clients": [CLIENT]}, home / "book")
    Path(book.paths("clients")[0]).write_bytes(b"gone")
    for _ in range(2):
        with pytest.raises(BookRefused):
            current_book()
