"""``wanliu lint``: what the law says to each sentence of a staff member."""

from __future__ import annotations

import argparse
from collections import Counter

from rich.console import Console

from wanliu.cli.lines import (
    Line,
    add_format_option,
    is_for_programs,
    opened,
    print_json,
    to_standard_error,
    until_nobody_reads,
)
from wanliu.cli.verdicts import show, summary
from wanliu.compliance.lint import CHANNELS, STAGES, Linter, Verdict
from wanliu.errors import DONE
from wanliu.text import Text

HELP = Text(
    zh="检查员工要说的话：每行一句，违规的拦下，给出依据和更好的说法",
    en="check what staff are about to say, one sentence a line: what is forbidden, why, what to say instead",
)
BLOCKED = 1
"""The exit code where any line may not go out."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help=str(_FILE))
    parser.add_argument("--stage", choices=STAGES, default=STAGES[0], help=str(_STAGE))
    parser.add_argument("--channel", choices=CHANNELS, default=CHANNELS[0], help=str(_CHANNEL))
    parser.add_argument("--adviser", action="store_true", help=str(_ADVISER))
    add_format_option(parser)


def run(given: argparse.Namespace) -> int:
    told: Counter[str] = Counter()
    with opened(given.file) as lines, until_nobody_reads():
        linter, as_json = _linter(), is_for_programs(given)
        console = Console(highlight=False, markup=False, emoji=False)
        for line in lines:
            verdict = linter.lint(line.text, stage=given.stage, channel=given.channel, adviser=given.adviser)
            told[verdict.verdict] += 1
            if as_json:
                print_json(row_of(line, verdict))
            else:
                show(console, line, verdict)
        if not as_json:
            console.print(summary(told), soft_wrap=True)
    return BLOCKED if told["block"] else DONE


def row_of(line: Line, verdict: Verdict) -> dict[str, object]:
    """The row of JSON Lines; basis and better wording in the chosen language."""
    hits = [
        {
            "rule": hit.rule,
            "severity": hit.severity,
            "start": hit.start,
            "end": hit.end,
            "found": hit.found,
            "basis": str(hit.basis),
            "instead": str(hit.instead),
        }
        for hit in verdict.hits
    ]
    return {"line": line.number, "text": line.text, "verdict": verdict.verdict, "hits": hits}


def _linter() -> Linter:
    """The shipped rules and classifier; on standard error what is missing, if something is."""
    linter = Linter.load(note=to_standard_error)
    if linter.missing:
        to_standard_error(
            Text(
                zh=_RULES_ONLY.zh.format(missing=linter.missing.zh),
                en=_RULES_ONLY.en.format(missing=linter.missing.en),
            )
        )
    return linter


_FILE = Text(
    zh="文本文件，每行一句，UTF-8；- 为标准输入",
    en="text file, one sentence a line, UTF-8; - for standard input",
)
_STAGE = Text(
    zh="normal：平时（默认）；exit：客户的转户、销户申请正在办理",
    en="normal (default), or exit: while a client's request to leave is open",
)
_CHANNEL = Text(
    zh="one_to_one：一对一（默认）；mass：短信、海报、群发",
    en="one_to_one (default), or mass: texts, posters and what is sent to many",
)
_ADVISER = Text(
    zh="说话人是登记的投资顾问，客户已签约",
    en="the speaker is a registered adviser and the client has a contract",
)
_RULES_ONLY = Text(
    zh="只用了规则，没有用分类器，换个说法的违规话可能查不出来。{missing}",
    en="Only the rules were used, not the classifier: an offence in other words may pass. {missing}",
)
