"""A verdict in words: the sentence with what was found marked in it, the basis, and what to say instead."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.text import Text as Styled

from wanliu.cli.lines import Line, for_display
from wanliu.compliance.lint import Finding, Hit, Severity, Verdict
from wanliu.text import Text

LONGEST = 200
"""Characters of a line that are shown; a longer one is cut around its first hit."""
BEFORE = 40
CUT = "……"


def show(console: Console, line: Line, verdict: Verdict) -> None:
    """One line: number, verdict, the sentence; under it each hit."""
    head = Styled(str(_LINE.format(number=line.number)), style="dim")
    head.append(f" {VERDICTS[verdict.verdict]} ", style=STYLES[verdict.verdict])
    head.append_text(_marked(line.text, verdict.hits))
    console.print(head, soft_wrap=True)
    for hit in verdict.hits:
        for row in _rows(hit):
            console.print(row, soft_wrap=True)


def summary(told: Mapping[str, int]) -> Styled:
    """How many lines may go out."""
    return Styled(
        str(
            _SUMMARY.format(
                lines=sum(told.values()),
                block=told.get("block", 0),
                warn=told.get("warn", 0),
                passed=told.get("pass", 0),
            )
        ),
        style="bold",
    )


def _rows(hit: Hit) -> list[Styled]:
    first = Styled("    ")
    first.append(f"{hit.rule} {hit.what}", style=STYLES[hit.severity])
    first.append(str(_FOUND.format(severity=SEVERITIES[hit.severity], found=for_display(hit.found, LONGEST))))
    if hit.severity == "info":
        return [first]
    told = (_BASIS.format(text=hit.basis), _INSTEAD.format(text=hit.instead), _BETTER.format(text=hit.better))
    return [first, *(Styled(f"        {row}") for row in told)]


def _marked(line: str, hits: tuple[Hit, ...]) -> Styled:
    start = max(0, hits[0].start - BEFORE) if hits and len(line) > LONGEST else 0
    shown = Styled(for_display(line[start : start + LONGEST], LONGEST))
    for hit in hits:
        shown.stylize(f"underline {STYLES[hit.severity]}", max(0, hit.start - start), max(0, hit.end - start))
    before = Styled(CUT if start else "")
    after = Styled(CUT if start + LONGEST < len(line) else "")
    return before.append_text(shown).append_text(after)


STYLES: Mapping[Finding | Severity, str] = {
    "block": "bold red",
    "warn": "yellow",
    "pass": "green",
    "info": "dim",
}
VERDICTS: Mapping[Finding, Text] = {
    "block": Text(zh="拦下", en="BLOCK"),
    "warn": Text(zh="待审", en="WARN"),
    "pass": Text(zh="通过", en="PASS"),
}
SEVERITIES: Mapping[Severity, Text] = {
    "block": Text(zh="不得说出或发出", en="may not go out"),
    "warn": Text(zh="须写明理由，交合规查看", en="needs a reason and a look by compliance"),
    "info": Text(
        zh="只作提示：否认、转述或提醒，不计入", en="for information: denied, told of others or a warning"
    ),
}
_LINE = Text(zh="第 {number} 行", en="line {number}")
_FOUND = Text(zh="（{severity}）：「{found}」", en=" ({severity}): “{found}”")
_BASIS = Text(zh="依据：{text}", en="basis: {text}")
_INSTEAD = Text(zh="怎么改：{text}", en="instead: {text}")
_BETTER = Text(zh="可以说：{text}", en="for example: {text}")
_SUMMARY = Text(
    zh="共 {lines} 行：拦下 {block}，待审 {warn}，通过 {passed}。",
    en="{lines} lines: {block} blocked, {warn} to be looked at, {passed} may go out.",
)
