"""Reading the content: the shipped folder, and a firm's own of the same shape laid over it."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from wanliu.errors import ContentRefused
from wanliu.playbook.items import (
    KINDS,
    REASONS,
    Item,
    Material,
    Method,
    Precedent,
    Principle,
    ReasonItem,
    Script,
    ScriptRule,
    Slot,
)
from wanliu.text import Text

SHIPPED = Path(__file__).parent.parent / "content"
LANGUAGES = ("zh", "en")
FAULTS_SHOWN = 20

Kind = TypeVar("Kind", bound=Item)


@dataclass(frozen=True)
class Playbook:
    """All content, by kind and id; ``hashes`` has one for every item, of its files' bytes."""

    items: Mapping[str, Mapping[str, Item]]
    hashes: Mapping[str, str] = field(default_factory=dict)

    @property
    def principles(self) -> dict[str, Principle]:
        return dict(sorted(self._of(Principle).items(), key=lambda pair: pair[1].number))

    @property
    def reasons(self) -> dict[str, ReasonItem]:
        """In the order of the guide."""
        found = self._of(ReasonItem)
        return {id: found[id] for id in REASONS if id in found}

    @property
    def methods(self) -> dict[str, Method]:
        return self._of(Method)

    @property
    def scripts(self) -> dict[str, Script]:
        return self._of(Script)

    @property
    def slots(self) -> dict[str, Slot]:
        return dict(sorted(self._of(Slot).items(), key=lambda pair: pair[1].number))

    @property
    def materials(self) -> dict[str, Material]:
        return self._of(Material)

    @property
    def precedents(self) -> dict[str, Precedent]:
        return self._of(Precedent)

    @property
    def rules(self) -> dict[str, ScriptRule]:
        return self._of(ScriptRule)

    def all(self) -> Iterator[Item]:
        for of_kind in self.items.values():
            yield from of_kind.values()

    def _of(self, kind: type[Kind]) -> dict[str, Kind]:
        return {id: item for id, item in self.items[kind.folder].items() if isinstance(item, kind)}


def load(*overlays: Path, shipped: Path = SHIPPED) -> Playbook:
    """The shipped content with each overlay's items in place of, or beside, those of the same kind and id.

    Raises ContentRefused with every fault of every file: unknown or missing fields, maker who is checker …
    """
    items: dict[str, dict[str, Item]] = {kind.folder: {} for kind in KINDS}
    hashes: dict[str, str] = {}
    faults: list[str] = []
    for root in (shipped, *overlays):
        if not root.is_dir():
            raise ContentRefused(_NO_FOLDER.format(path=root))
        for kind in KINDS:
            for file in sorted((root / kind.folder).glob("*.toml")):
                try:
                    item = _read(kind, file)
                except (ValidationError, ValueError, OSError) as fault:
                    faults.append(f"{kind.folder}/{file.name}: {_in_short(fault)}")
                    continue
                items[kind.folder][item.id] = item
                hashes[f"{kind.folder}/{item.id}"] = _hash(file)
    if faults:
        raise ContentRefused(refusal(faults))
    return Playbook(items, hashes)


def refusal(faults: list[str]) -> Text:
    """One sentence with the faults, the first of them."""
    more = len(faults) - FAULTS_SHOWN
    listed = "\n".join(f"  {fault}" for fault in faults[:FAULTS_SHOWN]) + (
        f"\n  … +{more}" if more > 0 else ""
    )
    return _FAULTS.format(number=len(faults), faults=listed)


def _read(kind: type[Item], file: Path) -> Item:
    with file.open("rb") as stream:
        told: dict[str, Any] = tomllib.load(stream)
    if "id" in told:
        raise ValueError("the file's name is the id; leave it out")
    if kind is Precedent:
        told["story"] = {language: _prose(file, language) for language in LANGUAGES}
    return kind.model_validate({"id": file.name.removesuffix(".toml"), **told})


def _prose(file: Path, language: str) -> str:
    return file.with_name(f"{file.name.removesuffix('.toml')}.{language}.md").read_text(encoding="utf-8")


def _hash(file: Path) -> str:
    """Of the item's TOML file and of the prose beside it."""
    whole = hashlib.sha256(file.read_bytes())
    for prose in sorted(file.parent.glob(f"{file.name.removesuffix('.toml')}.*.md")):
        whole.update(prose.read_bytes())
    return whole.hexdigest()


def _in_short(fault: Exception) -> str:
    if isinstance(fault, ValidationError):
        return "; ".join(
            f"{'.'.join(str(part) for part in one['loc']) or '-'}: {one['msg']}" for one in fault.errors()
        )
    if isinstance(fault, OSError):
        return f"{Path(str(fault.filename)).name}: {fault.strerror}"
    return str(fault)


_NO_FOLDER = Text(
    zh="{path} 不是文件夹。请给出自有内容所在的文件夹。",
    en="{path} is not a folder. Name the folder of your own content.",
)
_FAULTS = Text(
    zh="内容有 {number} 处错误，没有采用：\n{faults}\n请逐条改正后重试。",
    en="The content has {number} faults and is not used:\n{faults}\nMend each and try again.",
)
