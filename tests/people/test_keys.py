"""The keys of an installation: made once, readable by their owner alone, never lost by a second start."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from wanliu.errors import EnvironmentFailed
from wanliu.keys import FILE, keys_in


def test_keys_are_made_once_and_kept(tmp_path: Path) -> None:
    assert keys_in(tmp_path / "home") == keys_in(tmp_path / "home")


def test_keys_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    keys_in(tmp_path)

    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_many_who_start_at_once_share_one_file(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(keys_in, [tmp_path] * 32))

    assert len({one.seal for one in found}) == 1
    assert [file.name for file in tmp_path.iterdir()] == [FILE]


def test_a_damaged_file_is_named_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{")

    with pytest.raises(EnvironmentFailed, match=FILE):
        keys_in(tmp_path)

    assert (tmp_path / FILE).read_text() == "{"


def test_keys_print_without_their_secrets(tmp_path: Path) -> None:
    assert keys_in(tmp_path).seal not in repr(keys_in(tmp_path))
