"""The keys of one installation: made once, kept in one file that its owner alone may read.

Whoever holds this file reads names and phones; whoever loses it loses them. It belongs into the backup,
but apart from the database.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from wanliu.errors import EnvironmentFailed
from wanliu.text import Text

FILE = "keys.json"
BYTES = 32


@dataclass(frozen=True, repr=False)
class Keys:
    """Three secrets, each for one thing, as hexadecimal text."""

    django: str
    """Signs sessions and forms."""
    seal: str
    """Encrypts names and phones in the database (AES-256-GCM)."""
    find: str
    """Keys the hashes by which a client is found (HMAC-SHA-256)."""


def keys_in(home: Path) -> Keys:
    """The keys of this home; made now if there are none. Raises EnvironmentFailed if they cannot be read."""
    file = home / FILE
    try:
        home.mkdir(parents=True, exist_ok=True)
        _make(file)
        return Keys(**json.loads(file.read_text("utf-8")))
    except (OSError, ValueError, TypeError) as fault:
        raise EnvironmentFailed(_UNREADABLE.format(file=file)) from fault


def _make(file: Path) -> None:
    """Writes fresh keys beside and links them into place, so that two who start at once share one file."""
    if file.exists():
        return
    fresh = Keys(*(secrets.token_hex(BYTES) for _ in range(3)))
    beside = file.with_name(f".{FILE}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        json.dump(asdict(fresh), out)
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(beside, file)
    except FileExistsError:
        pass  # somebody else was first: theirs counts
    finally:
        beside.unlink()


_UNREADABLE = Text(
    zh="密钥文件 {file} 读不出来。请检查权限，或从备份恢复；不要删除它，否则已加密的姓名和电话无法再读。",
    en="The key file {file} cannot be read. Check its permissions or restore it from the backup; do not "
    "delete it, or names and phones that were encrypted with it are lost.",
)
