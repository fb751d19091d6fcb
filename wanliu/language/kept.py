"""What was learnt, kept between runs as plain arrays in the user's cache folder.

A cache file is named by a fingerprint of everything that shaped it: the sources, the code of this room and
the learner's version. A broken or strange file is learnt anew; a folder that cannot be written to costs time,
never the result.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol, Self, TypeVar
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from wanliu.language.meaning import encoder
from wanliu.language.normalise import missing_parts
from wanliu.text import Text

Arrays = Mapping[str, NDArray[Any]]
Note = Callable[[Text], None]
OWN_FOLDER = "WANLIU_CACHE"


class Keepable(Protocol):
    """A thing that turns into plain arrays and back."""

    def arrays(self) -> dict[str, NDArray[Any]]: ...

    @classmethod
    def of(cls, arrays: Arrays) -> Self:
        """Raises KeyError, TypeError or ValueError where the arrays are not what ``arrays`` gave."""
        ...


Kept = TypeVar("Kept", bound=Keepable)


def kept(
    kind: type[Kept],
    name: str,
    sources: Sequence[Path],
    learn: Callable[[], Kept],
    *,
    note: Note = lambda _sentence: None,
) -> Kept:
    """The thing of this name from the cache; learnt, and kept, where it is not there.

    ``sources``: every file that shapes it: the exemplars, and the caller's own code. ``learn`` is called only
    after ``note`` was told that this takes a moment; what it raises passes through.
    """
    file = cache_folder() / f"{name}-{_fingerprint(sources)}.npz"
    try:
        return _read(kind, file)
    except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile):
        note(_LEARNING)
    arrays = learn().arrays()
    with suppress(OSError):
        _write(file, arrays)
        _forget_old(name)
    return kind.of(arrays)  # as every later run will read it, to the last digit


def cache_folder() -> Path:
    """Where the user's caches live on this system; the environment variable WANLIU_CACHE overrides."""
    if own := os.environ.get(OWN_FOLDER):
        return Path(own)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "wanliu" / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "wanliu"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "wanliu"


def _fingerprint(sources: Sequence[Path]) -> str:
    """Of this room's code and the sources; files count by what they hold, not by where they lie."""
    whole = hashlib.sha256(json.dumps([_learner(), encoder(), missing_parts()]).encode())
    for file in (*sorted(Path(__file__).parent.glob("*.py")), *sources):
        whole.update(hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()[:16]


def _learner() -> str:
    try:
        return importlib.metadata.version("scikit-learn")
    except importlib.metadata.PackageNotFoundError:
        return "none"


def _read(kind: type[Kept], file: Path) -> Kept:
    """Raises one of several faults where the file is missing or is not of the kind."""
    with np.load(file, allow_pickle=False) as arrays:
        return kind.of({name: arrays[name] for name in arrays.files})


def _write(file: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Appears whole or not at all: two runs that learn at once do no harm."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            np.savez(stream, allow_pickle=False, **arrays)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


NEWEST = 3
"""Files kept of one name: enough for two versions side by side, and no pile of what nobody asks for."""


def _forget_old(name: str) -> None:
    ours = sorted(cache_folder().glob(f"{name}-*.npz"), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in ours[NEWEST:]:
        file.unlink(missing_ok=True)


_LEARNING = Text(
    zh="第一次使用（或样句有更新）：正在学习样句，请稍候……",
    en="First use (or the exemplars have changed): learning from them, one moment …",
)
