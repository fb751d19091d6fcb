"""Processes of their own on the test's database: real ones, which can be killed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from wanliu.keys import FILE

PATIENCE = 60.0


def database_url() -> str:
    """Where the test's own database is."""
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{given['NAME']}").geturl()


def environment(home: Path, **more: str) -> dict[str, str]:
    """For a process that works in this home with the test's database and keys."""
    home.mkdir(parents=True, exist_ok=True)
    if not (home / FILE).exists():
        shutil.copy(settings.WANLIU_HOME / FILE, home / FILE)
    return {
        **os.environ,
        "WANLIU_HOME": str(home),
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "wanliu.settings",
        **more,
    }


def started(*words: str, env: dict[str, str]) -> subprocess.Popen[bytes]:
    """``python`` with these words; it says nothing."""
    quiet: Any = subprocess.DEVNULL
    return subprocess.Popen([sys.executable, *words], env=env, stdin=quiet, stdout=quiet, stderr=quiet)


def wait_until(holds: Callable[[], object], patience: float = PATIENCE) -> None:
    """Another process can only be watched. Raises AssertionError where it takes too long."""
    end = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)
