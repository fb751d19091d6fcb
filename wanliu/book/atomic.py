"""Files and folders that appear whole or not at all, whatever kills the run that makes them.

Work goes on in a hidden sibling of the target, is forced to disk, and is renamed into place. A killed run
leaves only such a sibling; it is never read, and the next run towards the same target sweeps it away. A run
that is still alive holds a lock on its sibling, so it is not swept.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from wanliu.errors import Busy, EnvironmentFailed, UsageError
from wanliu.text import Text

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2

_MACHINE_FAULTS = frozenset(
    (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.ENOMEM)
)

_EXISTS = Text(
    zh="{path} 已经存在。请换一个输出位置，或加 --replace 覆盖它。",
    en="{path} exists already. Choose another place for the output, or overwrite it with --replace.",
)
_CANNOT_WRITE = Text(
    zh="无法写入 {path}：{why}。原有内容未动；请检查磁盘空间和权限后重试。",
    en="Cannot write {path}: {why}. What was there before is untouched; check disk space and permissions, "
    "then try again.",
)
_BUSY = Text(
    zh="另一个程序正在写入 {path}。请等它结束后再试。",
    en="Another program is writing to {path}. Wait until it has ended, then try again.",
)


@contextmanager
def appearing(target: Path, *, replace: bool = False) -> Iterator[Path]:
    """A folder to fill, that becomes ``target`` when the block ends well and vanishes when it does not.

    Raises UsageError where target exists and is not to be replaced, EnvironmentFailed for machine faults.
    """
    target = target.absolute()
    check_free(target, replace=replace)
    with machine_faults(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        sweep(target)
        unfinished = _sibling(target)
        unfinished.mkdir()
        with _held(unfinished):
            try:
                yield unfinished
                sync_tree(unfinished)
                _put_in_place(unfinished, target, replace=replace)
            finally:
                # after an exchange this is the old state, after a failure the unfinished one
                shutil.rmtree(unfinished, ignore_errors=True)


def write_file(target: Path, content: bytes) -> None:
    """Writes or replaces one file; readers see the old content or the new. Raises EnvironmentFailed."""
    target = target.absolute()
    with machine_faults(target):
        unfinished = _sibling(target)
        try:
            _write_through(unfinished, content)
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
        sync_folder(target.parent)


def vanish(target: Path) -> None:
    """Removes a folder, whole or not at all; nothing to do where there is none."""
    target = target.absolute()
    with machine_faults(target):
        sweep(target)
        if target.exists():
            unwanted = _sibling(target)
            target.rename(unwanted)
            shutil.rmtree(unwanted, ignore_errors=True)


def check_free(target: Path, *, replace: bool = False) -> None:
    """Raises UsageError where target exists and is not to be replaced."""
    if target.exists() and not replace:
        raise UsageError(_EXISTS.format(path=target))


def sweep(target: Path) -> None:
    """Removes what killed runs left beside target; brings back a target that they had moved aside."""
    for leftover in sorted(target.parent.glob(f".{target.name}.previous-*")):
        if target.exists():
            shutil.rmtree(leftover, ignore_errors=True)
        else:
            leftover.rename(target)
    for leftover in target.parent.glob(f".{target.name}.unfinished-*"):
        if not leftover.is_dir():
            leftover.unlink(missing_ok=True)
        elif _abandoned(leftover):
            shutil.rmtree(leftover, ignore_errors=True)


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Holds an exclusive lock on the file; the system lets go of it when the process dies.

    Raises Busy at once where another process holds it.
    """
    with machine_faults(file), file.open("a") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as failure:
            raise Busy(_BUSY.format(path=file.parent)) from failure
        yield


@contextmanager
def machine_faults(target: Path) -> Iterator[None]:
    """Turns the system's 'disk full', 'not permitted' and the like into EnvironmentFailed."""
    try:
        yield
    except OSError as failure:
        if failure.errno not in _MACHINE_FAULTS:
            raise
        raise cannot_write(target, failure.strerror or type(failure).__name__) from failure


def cannot_write(target: Path, why: str) -> EnvironmentFailed:
    return EnvironmentFailed(_CANNOT_WRITE.format(path=target, why=why))


def sync_tree(folder: Path) -> None:
    """Forces every file and folder below to disk, so that a rename after it cannot outrun the content."""
    for place, _, files in os.walk(folder):
        for name in files:
            _sync(Path(place, name))
        sync_folder(Path(place))


def sync_folder(folder: Path) -> None:
    _sync(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_through(file: Path, content: bytes) -> None:
    with file.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _sibling(target: Path, what: str = "unfinished") -> Path:
    return target.with_name(f".{target.name}.{what}-{secrets.token_hex(4)}")


def _put_in_place(unfinished: Path, target: Path, *, replace: bool) -> None:
    if not (replace and target.exists()):
        _move_to_free(unfinished, target)
    elif not _exchange(unfinished, target):
        # no atomic exchange here: two renames, and sweep() knows how to undo the first
        aside = _sibling(target, "previous")
        target.rename(aside)
        unfinished.rename(target)
        shutil.rmtree(aside, ignore_errors=True)
    sync_folder(target.parent)


def _move_to_free(unfinished: Path, target: Path) -> None:
    check_free(target)
    try:
        unfinished.rename(target)
    except OSError as failure:
        if failure.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
            raise UsageError(_EXISTS.format(path=target)) from failure
        raise


def _exchange(one: Path, other: Path) -> bool:
    """Swaps two names in one step; False where this system or file system cannot."""
    if not sys.platform.startswith("linux"):
        return False
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        return False
    return bool(call(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Marks the folder as a living run's. Some network disks cannot: then nobody sweeps there either."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _abandoned(folder: Path) -> bool:
    """Whether no living run holds the folder; False where that cannot be known."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    else:
        return True
    finally:
        os.close(descriptor)
