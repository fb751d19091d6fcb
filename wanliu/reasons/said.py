"""The exemplars: what clients say when they leave, written by many hands to be learnt from.

One file per writer under ``content/exemplars/said``; a line is ``labels<TAB>text``, labels one reason's id,
two of them as ``a+b``, or ``none`` where no reason is heard.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from wanliu.errors import ContentRefused
from wanliu.language.classifier import Example
from wanliu.language.normalise import plain
from wanliu.playbook.items import REASONS
from wanliu.playbook.load import SHIPPED
from wanliu.text import Text

SAID = SHIPPED / "exemplars" / "said"
NONE = "none"
LABELS = (*REASONS, NONE)


def files(folder: Path = SAID) -> tuple[Path, ...]:
    """One file per writer, in the order of their names."""
    return tuple(sorted(folder.glob("*.tsv")))


def examples(folder: Path = SAID) -> list[Example]:
    """All exemplars, read plainly; a line with two reasons counts half for each.

    Raises ContentRefused where a line has no text or an unknown label.
    """
    return [example for file in files(folder) for example in _of_writer(file)]


def _of_writer(file: Path) -> Iterator[Example]:
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        told, _tab, text = line.partition("\t")
        labels = told.split("+")
        if not text.strip() or not set(labels) <= set(LABELS):
            raise ContentRefused(_BROKEN.format(file=file.name, line=number))
        weights = {label: 1.0 / len(labels) for label in labels}
        yield Example(plain(text).text, weights, group=file.stem)


_BROKEN = Text(
    zh="样句 {file} 第 {line} 行不合格：应为“原因<制表符>句子”，"
    "原因写编号、“编号+编号”或 none。请改正后重试。",
    en="Exemplars {file}, line {line}, is not well formed: it should be reasons, a tab, the sentence; "
    "reasons being one id, two as a+b, or none. Mend it and try again.",
)
