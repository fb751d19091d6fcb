"""What lies in deploy/ names commands, options and settings that exist, with no more rights than needed."""

from __future__ import annotations

import importlib
import re
import shlex
import shutil
import subprocess
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from wanliu.cli import names

DEPLOY: Final = Path(__file__).resolve().parent.parent / "deploy"
UNITS: Final = sorted((DEPLOY / "systemd").iterdir())
SERVICES: Final = [one for one in UNITS if one.suffix == ".service"]
HARDENED: Final = (
    "NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes", "User=wanliu",
    "CapabilityBoundingSet=", "RestrictSUIDSGID=yes", "SystemCallFilter=@system-service", "UMask=0077",
)  # fmt: skip


def commands() -> Iterator[tuple[str, list[str]]]:
    """Every command of ours with its arguments, and where it stands."""
    for unit in SERVICES:
        for line in re.findall(r"^ExecStart=(.*)$", unit.read_text("utf-8"), re.MULTILINE):
            program, *words = shlex.split(line)
            assert program.endswith("/bin/wanliu")
            yield unit.name, words
    for inside in re.findall(r"command: \[(.*)\]", (DEPLOY / "compose.yaml").read_text("utf-8")):
        yield "compose.yaml", [word.strip().strip('"') for word in inside.split(",")]


def test_every_command_is_one_of_ours_with_options_that_it_has() -> None:
    found = list(commands())
    assert {words[0] for _, words in found} >= {"serve", "work", "backup"}
    for place, (name, *words) in found:
        assert name in names(), place
        parser = ArgumentParser(exit_on_error=False)
        importlib.import_module(f"wanliu.cli.commands.{name}").configure(parser)
        parser.parse_args(words)


def test_every_service_has_no_more_rights_than_it_needs() -> None:
    for unit in SERVICES:
        lines = unit.read_text("utf-8").splitlines()
        assert [one for one in HARDENED if one not in lines] == [], unit.name


def test_every_timer_names_a_service_that_is_here() -> None:
    for unit in UNITS:
        for name in re.findall(r"^(?:Unit|Conflicts)=(.*)$", unit.read_text("utf-8"), re.MULTILINE):
            assert (DEPLOY / "systemd" / name).is_file()


def test_every_setting_is_known() -> None:
    known = (DEPLOY.parent / "wanliu/settings.py").read_text("utf-8")
    told = "".join(one.read_text("utf-8") for one in DEPLOY.rglob("*") if one.is_file())
    found = set(re.findall(r"WANLIU_[A-Z_]+", told))
    assert found and [name for name in sorted(found) if f"``{name}``" not in known] == []


def test_systemd_finds_no_fault(tmp_path: Path) -> None:
    """Where systemd is there to ask; elsewhere the other tests must do."""
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        return
    for unit in UNITS:
        text = unit.read_text("utf-8").replace("/opt/wanliu/.venv/bin/wanliu", "/bin/true")
        (tmp_path / unit.name).write_text(text, "utf-8")
    done = subprocess.run(
        [analyze, "verify", "--man=no", *(str(tmp_path / unit.name) for unit in UNITS)],
        check=False,
        capture_output=True,
        text=True,
    )
    ours = [line for line in done.stderr.splitlines() if "wanliu" in line]
    assert ours == [], ours


@pytest.mark.parametrize("name", ["WANLIU_MONITOR_TOKEN", "WANLIU_LOG"])
def test_a_setting_that_is_wrong_is_said_calmly(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from wanliu import settings
    from wanliu.errors import UsageError

    monkeypatch.setenv(name, "short")
    with pytest.raises(UsageError, match=name):
        (settings._token if name.endswith("TOKEN") else settings._log)(name)
