"""A model on disk: LightGBM's own text files beside JSON; nothing in it is ever executed.

``model.json`` holds the format's number, what the model reads, the calibration, the card, and the hash of
every other file; ``model.sha256`` the hash of ``model.json``. The hashes notice damage and careless changes;
who can write the folder can also write new hashes, so keep it where only the right people can write.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from wanliu import __version__
from wanliu.book.atomic import appearing
from wanliu.errors import BookRefused, UsageError
from wanliu.foresight.boosting import Bag, lightgbm
from wanliu.foresight.calibration import Calibration
from wanliu.text import Text

FORMAT = 1
"""Grows when an older program can no longer read the folder."""

ABOUT, SEAL = "model.json", "model.sha256"
TREES = "trees-{number}.txt"


def save(folder: Path, kind: str, about: Mapping[str, Any], bag: Bag, *, replace: bool = False) -> None:
    """Writes the folder whole or not at all. ``kind``: which part of the program reads it."""
    with appearing(folder, replace=replace) as place:
        files = {}
        for number, booster in enumerate(bag.boosters):
            name = TREES.format(number=number)
            text = booster.model_to_string(num_iteration=booster.best_iteration or -1)
            place.joinpath(name).write_text(text, "utf-8")
            files[name] = sha256(text.encode()).hexdigest()
        told = {
            "format": FORMAT, "kind": kind, "program": __version__, "files": files,
            "calibration": bag.calibration.as_json(), **about,
        }  # fmt: skip
        body = json.dumps(told, ensure_ascii=False, indent=1, allow_nan=False)
        place.joinpath(ABOUT).write_text(body, "utf-8")
        place.joinpath(SEAL).write_text(sha256(body.encode()).hexdigest() + "\n", "utf-8")


def load(folder: Path, kind: str) -> tuple[dict[str, Any], Bag]:
    """What the model says of itself, and its trees. Raises UsageError where there is no model of the kind,
    BookRefused where a file is missing, changed, or of another format."""
    about = read_about(folder)
    if about["kind"] != kind:
        raise UsageError(_OTHER_KIND.format(folder=folder, kind=about["kind"], wanted=kind))
    boosters = []
    for name, hash_ in about["files"].items():
        text = _text(folder, name)
        if sha256(text.encode()).hexdigest() != hash_:
            raise BookRefused(_CHANGED.format(file=folder / name))
        boosters.append(lightgbm().Booster(model_str=text))
    if not boosters:
        raise BookRefused(_CHANGED.format(file=folder / ABOUT))
    return about, Bag(tuple(boosters), Calibration(**about["calibration"]))


def read_about(folder: Path) -> dict[str, Any]:
    """``model.json`` of a folder, checked against its hash and format; the trees are not touched."""
    if not (folder / ABOUT).is_file():
        raise UsageError(_NO_MODEL.format(folder=folder))
    body = _text(folder, ABOUT)
    if _text(folder, SEAL).strip() != sha256(body.encode()).hexdigest():
        raise BookRefused(_CHANGED.format(file=folder / ABOUT))
    try:
        about = dict(json.loads(body))
        found, kind, files = about["format"], about["kind"], about["files"]
    except (ValueError, KeyError, TypeError) as fault:
        raise BookRefused(_CHANGED.format(file=folder / ABOUT)) from fault
    if found != FORMAT:
        raise BookRefused(_OTHER_FORMAT.format(folder=folder, found=found, ours=FORMAT))
    if not isinstance(kind, str) or any("/" in str(name) or "\\" in str(name) for name in files):
        raise BookRefused(_CHANGED.format(file=folder / ABOUT))
    return about


def fingerprint(folder: Path) -> str:
    """The hash that speaks for the whole folder: other trees, card or calibration have another one. Raises as
    ``read_about`` does."""
    read_about(folder)
    return _text(folder, SEAL).strip()


def _text(folder: Path, name: str) -> str:
    try:
        return folder.joinpath(name).read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise BookRefused(_CHANGED.format(file=folder / name)) from fault


_NO_MODEL = Text(
    zh="{folder} 不是模型文件夹（缺少 model.json）。请先用 wanliu model fit 训练一个。",
    en="{folder} is no model's folder (no model.json in it). Fit one with wanliu model fit.",
)
_CHANGED = Text(
    zh="模型文件 {file} 缺失、损坏或被改动过，没有使用。请从备份恢复，或重新训练。",
    en="The model's file {file} is missing, damaged or was changed; it was not used. Restore it from a "
    "backup, or fit the model again.",
)
_OTHER_FORMAT = Text(
    zh="{folder} 是另一种格式的模型（格式 {found}，本程序读格式 {ours}）。请用写出它的那个版本，或重新训练。",
    en="{folder} holds a model of another format ({found}; this program reads {ours}). Use the version that "
    "wrote it, or fit the model again.",
)
_OTHER_KIND = Text(
    zh="{folder} 是“{kind}”模型，这里要的是“{wanted}”：table 用于自有表格，book 用于账簿。请检查命令或文"
    "件夹。",
    en="{folder} holds a model of the kind “{kind}”, wanted is “{wanted}”: table is for tables of one's "
    "own, book for a book. Check the command or the folder.",
)
