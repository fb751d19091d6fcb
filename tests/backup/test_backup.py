"""A furnished house goes into a folder and comes back, every row and every byte; nothing else comes back."""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from django.conf import LazySettings

from tests.backup.houses import (
    FILES,
    LEFT,
    ON_POSTGRES,
    Rows,
    empty_house,
    files_in,
    furnished,
    rows_here,
    rows_of,
    run,
    write_elsewhere,
)
from tests.outside import environment
from tests.web import make_user
from wanliu.backup import manifest as manifests
from wanliu.backup.house import alone, in_use
from wanliu.backup.making import back_up, back_up_into
from wanliu.backup.restoring import restore
from wanliu.book.atomic import locked
from wanliu.cases.models import SavedFilter
from wanliu.cli import main
from wanliu.errors import ArchiveRefused, Busy, EnvironmentFailed, UsageError
from wanliu.keys import FILE
from wanliu.text import Text

pytestmark = pytest.mark.django_db(transaction=True)
KILLS: Final = """
import os, sys
from wanliu.cli import main
from wanliu.cli.database import _set_up
_set_up()
from wanliu.backup import {module} as module
real, left = module.{name}, [{after}]
def dies(*given, **named):
    if not left[0]:
        os.kill(os.getpid(), 9)
    left[0] -= 1
    return real(*given, **named)
module.{name} = dies
sys.exit(main(sys.argv[1:]))
"""


def quiet(step: Text, done: int, total: int) -> None:
    """Nobody watches."""


@pytest.fixture
def home(tmp_path: Path, settings: LazySettings) -> Path:
    found = tmp_path / "home"
    found.mkdir()
    shutil.copy(settings.WANLIU_HOME / FILE, found / FILE)
    settings.WANLIU_HOME = found
    return found


@pytest.fixture
def small(home: Path, tmp_path: Path) -> Path:
    """A backup of hardly anything."""
    make_user("adviser")
    (home / "calendar.csv").write_bytes(FILES["calendar.csv"])
    return back_up(home, tmp_path / "small", watch=quiet).folder


def killed(module: str, name: str, *words: str, env: dict[str, str], after: int = 0) -> int:
    """The exit code of a command that kills itself where the function is called for the next time."""
    script = KILLS.format(module=module, name=name, after=after)
    return subprocess.run(
        [sys.executable, "-c", script, *words], env=env, check=False, capture_output=True
    ).returncode


def test_a_furnished_house_comes_back_row_by_row_and_byte_by_byte(home: Path, tmp_path: Path) -> None:
    furnished(home)
    SavedFilter.objects.all().delete()  # its number was given, and must not be given again
    before = rows_here()
    made = run("backup", str(tmp_path / "archive"), "--with-keys", env=environment(home))
    assert made.returncode == 0, made.stderr
    kept = manifests.read(tmp_path / "archive")
    assert kept.rows >= sum(map(len, before.values())) and kept.tables["cases_savedfilter"].last

    with empty_house(tmp_path / "restored") as there:
        done = run("restore", str(tmp_path / "archive"), "--lang", "en", env=there)
        assert done.returncode == 0, done.stderr
        assert "every hash redone" in done.stdout
        assert rows_of(there) == before
        restored = tmp_path / "restored"
        assert files_in(restored) == {
            name: content for name, content in files_in(home).items() if name not in LEFT
        }
        assert (restored / "models/current").readlink() == Path("2026-10")
        assert (restored / "keys.json").read_bytes() == (home / "keys.json").read_bytes()
        assert run("records", "verify", env=there).returncode == 0
        assert run("backup", str(tmp_path / "second"), "--with-keys", env=there).returncode == 0
        assert manifests.read(tmp_path / "second").tables == kept.tables  # with the last number of each
        if ON_POSTGRES:
            _across(tmp_path, before)


def _across(tmp_path: Path, before: Rows) -> None:
    """From PostgreSQL into SQLite, and from there into PostgreSQL: nothing is lost on the way."""
    with empty_house(tmp_path / "lite", postgres=False) as lite, empty_house(tmp_path / "again") as again:
        assert run("restore", str(tmp_path / "archive"), env=lite).returncode == 0
        assert run("backup", str(tmp_path / "third"), "--with-keys", env=lite).returncode == 0
        assert run("restore", str(tmp_path / "third"), env=again).returncode == 0
        assert rows_of(again) == before


def test_a_killed_backup_is_none_and_the_next_one_sweeps_it_away(home: Path, tmp_path: Path) -> None:
    make_user("adviser")
    (home / "calendar.csv").write_bytes(b"date\n")
    shelf = tmp_path / "shelf"
    env = environment(home)
    for module, name, after in (("tables", "dump", 20), ("making", "_copy", 0), ("making", "write", 0)):
        assert killed(module, name, "backup", "--into", str(shelf), env=env, after=after) == -signal.SIGKILL
        assert [one.name for one in shelf.iterdir() if not one.name.startswith(".")] == []
    back_up_into(shelf, home, keep=2, with_keys=False, with_taken=False, watch=quiet)
    (only,) = shelf.iterdir()
    assert manifests.read(only).tables["people_user"].rows == 1


def test_of_older_backups_the_newest_stay(home: Path, small: Path, tmp_path: Path) -> None:
    shelf = tmp_path / "shelf"
    for day in ("20260101", "20260102", "20260103"):
        shutil.copytree(small, shelf / f"wanliu-{day}T020000Z")
    (shelf / "notes").mkdir()
    made = back_up_into(shelf, home, keep=2, with_keys=False, with_taken=False, watch=quiet)
    assert {one.name for one in shelf.iterdir()} == {made.folder.name, "wanliu-20260103T020000Z", "notes"}


@pytest.mark.slow
def test_a_restore_that_was_killed_changed_nothing_or_says_so(
    small: Path, tmp_path: Path, home: Path
) -> None:
    told = ("restore", str(small), "--lang", "en")
    with empty_house(tmp_path / "restored") as there:
        shutil.copy(home / FILE, tmp_path / "restored" / FILE)
        assert killed("tables", "fill", *told, env=there, after=20) == -signal.SIGKILL
        assert run(*told, env=there).returncode == 0, "nothing had changed"
        before = rows_of(there)
        # the first question in the moment of the change itself
        assert killed("restoring", "belongs", *told, "--replace", env=there) == -signal.SIGKILL
        refused = run("work", "--once", "--lang", "en", env=there)
        assert refused.returncode == EnvironmentFailed.exit_code and "interrupted" in refused.stderr
        assert run(*told, "--replace", env=there).returncode == 0
        assert rows_of(there) == before
        assert run("work", "--once", env=there).returncode == 0


def test_one_other_byte_anywhere_is_found(small: Path, home: Path) -> None:
    files = [one for one in small.rglob("*") if one.is_file()]
    assert len(files) > 40
    for file in files:
        content = file.read_bytes()
        if not content:
            continue
        place = len(content) // 2
        file.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        with pytest.raises(ArchiveRefused):
            restore(small, home, replace=True, watch=quiet)
        file.write_bytes(content)
    assert (home / "calendar.csv").is_file() and list(home.glob(".restoring-*")) == []


def rewritten(small: Path, **given: object) -> None:
    """The manifest says something else, and its hash fits."""
    told = json.loads((small / manifests.FILE).read_text("utf-8"))
    told |= given
    content = json.dumps(told).encode()
    (small / manifests.FILE).write_bytes(content)
    (small / manifests.SUM).write_text(hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize(
    "given",
    [
        {"format": 99},
        {"migrations": {"cases": ["0001_initial", "0999_of_tomorrow"]}},
        {"files": {"../../etc/passwd": {"bytes": 1, "sha256": "0"}}},
        {"tables": {}},
        {"links": {"book": "../.."}},
        {"files": 3},
    ],
)
def test_what_is_later_foreign_or_leads_out_is_refused(
    small: Path, home: Path, given: dict[str, object]
) -> None:
    rewritten(small, **given)
    with pytest.raises(ArchiveRefused):
        restore(small, home, replace=True, watch=quiet)
    assert (home / "calendar.csv").is_file()


def test_no_folder_of_ours_is_refused_calmly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in (tmp_path / "nothing", tmp_path):
        assert main(["restore", str(folder)]) == ArchiveRefused.exit_code
    assert main(["backup"]) == UsageError.exit_code
    assert main(["backup", "x", "--keep", "2"]) == UsageError.exit_code
    assert "Traceback" not in capsys.readouterr().err


def test_a_house_that_is_lived_in_is_not_replaced_unasked(small: Path, home: Path) -> None:
    with pytest.raises(UsageError, match="calendar"):
        restore(small, home, watch=quiet)
    (home / "calendar.csv").unlink()
    with pytest.raises(UsageError, match=r"people_user|audit_"):
        restore(small, home, watch=quiet)


def test_a_house_in_use_is_not_restored_and_a_restored_one_not_used(small: Path, home: Path) -> None:
    with in_use(home), in_use(home), pytest.raises(Busy):
        restore(small, home, replace=True, watch=quiet)
    with alone(home), pytest.raises(Busy), in_use(home):
        raise AssertionError("it was let in")
    with locked(home / "nightly.lock"), pytest.raises(Busy):
        restore(small, home, replace=True, watch=quiet)


def test_without_the_keys_names_go_and_all_else_comes_back(home: Path, tmp_path: Path) -> None:
    furnished(home)
    back_up(home, tmp_path / "archive", watch=quiet)
    assert not (tmp_path / "archive" / "keys.json").exists()
    with empty_house(tmp_path / "restored") as there:
        refused = run("restore", str(tmp_path / "archive"), "--lang", "en", env=there)
        assert refused.returncode == UsageError.exit_code and "--without-keys" in refused.stderr
        done = run("restore", str(tmp_path / "archive"), "--without-keys", env=there)
        assert done.returncode == 0 and "姓名和电话已清空" in done.stderr
        clients = rows_of(there)["people_client"]
        assert clients and not any(isinstance(value, bytes) for row in clients for value in row)
        assert rows_of(there)["people_account"] == []
        assert rows_of(there)["cases_case"] == rows_here()["cases_case"]


def test_people_write_on_while_a_backup_is_made(home: Path, tmp_path: Path) -> None:
    """Somebody saves between two tables: it is not in the backup, and nobody had to wait."""
    make_user("adviser")
    wrote: list[int] = []

    def watch(step: Text, done: int, _total: int) -> None:
        if done == 1 and not wrote and step.en.startswith("Writing"):
            wrote.append(write_elsewhere())

    made = back_up(home, tmp_path / "archive", watch=watch)
    assert wrote and made.manifest.tables["workbench_usedform"].rows == 0
