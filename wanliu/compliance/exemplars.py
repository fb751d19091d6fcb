"""The sentences that the classifier learns from: what staff said, the kind of offence near it, its class.

Lines are ``kind<TAB>class<TAB>flags<TAB>text``, one file per writer. A figure about the classifier counts
only where the writer was left out whole, so the writer stays with every line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from wanliu.errors import ContentRefused
from wanliu.playbook.items import Script, ScriptRule
from wanliu.playbook.load import SHIPPED
from wanliu.playbook.placeholders import PLACEHOLDERS, FieldType
from wanliu.text import Text

STAFF = SHIPPED / "exemplars" / "staff"
NOTHING = "H00"
"""The kind of a sentence that comes near no offence."""
ORDINARY = "ordinary"
"""The file of sentences of everyday work, all honest; no figure counts it."""
FROM_THE_RULES = "rules"
"""The writer of the examples that stand in the rules themselves."""
FROM_THE_SCRIPTS = "scripts"
"""The writer of the playbook's scripts; compliance has approved them, so they are honest."""
OURS = frozenset({ORDINARY, FROM_THE_RULES, FROM_THE_SCRIPTS})
"""Writers that no figure counts."""

SAMPLES: dict[FieldType, str] = {
    "text": "示例",
    "money": "12,000.00",
    "count": "12",
    "rate": "万分之2.5",
    "ratio": "36.0%",
    "date": "2026-01-05",
}
"""What stands for a placeholder of each type."""

Class = Literal["forbidden", "doubtful", "honest"]
CLASSES: tuple[Class, ...] = ("forbidden", "doubtful", "honest")


@dataclass(frozen=True)
class Exemplar:
    writer: str
    kind: str
    verdict: Class
    at_exit: bool
    mass: bool
    text: str


def read(folder: Path = STAFF) -> tuple[Exemplar, ...]:
    """Every line of every writer. Raises ContentRefused with file and line where one is not of the form."""
    return tuple(
        _exemplar(file, number, line)
        for file in sorted(folder.glob("*.tsv"))
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
    )


def of_rules(rules: Iterable[ScriptRule]) -> tuple[Exemplar, ...]:
    """The hits and passes that the rules give as examples."""
    return tuple(
        Exemplar(FROM_THE_RULES, rule.id, verdict, rule.stage == "exit", False, text)
        for rule in rules
        for verdict, texts in ((_class_of(rule), rule.hits), (CLASSES[2], rule.passes))
        for text in texts
    )


def of_scripts(scripts: Iterable[Script]) -> tuple[Exemplar, ...]:
    """Every sentence of the scripts, with a sample in every placeholder."""
    filled = {name: SAMPLES[kind] for name, kind in PLACEHOLDERS.items()}
    return tuple(
        Exemplar(FROM_THE_SCRIPTS, NOTHING, CLASSES[2], script.stage == "exit", False, sentence)
        for script in scripts
        for sentence in _SENTENCE_END.split(script.text.zh.format(**filled))
        if sentence
    )


_SENTENCE_END = re.compile("(?<=[。！？；])")  # our own scripts only, and one character wide


def _class_of(rule: ScriptRule) -> Class:
    return "doubtful" if rule.severity == "warn" else "forbidden"


def _exemplar(file: Path, number: int, line: str) -> Exemplar:
    fields = line.split("\t")
    verdict = next((name for name in CLASSES if fields[1:2] == [name]), None)
    if len(fields) != 4 or verdict is None:
        raise ContentRefused(_NOT_OF_THE_FORM.format(file=file.name, line=number))
    kind, _, flags, text = fields
    return Exemplar(file.stem, kind, verdict, "exit" in flags, "mass" in flags, text)


_NOT_OF_THE_FORM = Text(
    zh="范例 {file} 第 {line} 行格式不对。每行应为：编号、forbidden/doubtful/honest、标记、句子，"
    "用制表符分开。",
    en="Line {line} of the exemplars {file} is not of the form: kind, forbidden/doubtful/honest, flags, "
    "text, parted by tabs.",
)
