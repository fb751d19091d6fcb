"""``wanliu diagnose``: why clients leave, from what they said, one utterance per line."""

from __future__ import annotations

import argparse
from typing import Any

from rich.cells import cell_len

from wanliu.cli.lines import (
    STANDARD_INPUT,
    Line,
    add_format_option,
    for_display,
    is_for_programs,
    opened,
    print_json,
    to_standard_error,
    until_nobody_reads,
)
from wanliu.errors import DONE
from wanliu.playbook.load import load
from wanliu.reasons.words import Diagnosis, Listener, Reason
from wanliu.text import Text, current_language

HELP = Text(
    zh="从客户说的话判断离开的原因：每行一句，给出十一种原因的概率",
    en="why clients leave, from what they said: one utterance per line, eleven probabilities each",
)
LONGEST_SHOWN = 60
REASONS_SHOWN = 3
WORTH_SHOWING = 0.05
SUREST_SHOWN = 0.99
"""A person reads 100 % as certain, and no reading of words is."""
NUMBER_WIDTH = 4
WIDEST_BAR = 10
FULL = "■"
DIGITS = 6


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help=str(_FILE))
    add_format_option(parser)


def run(given: argparse.Namespace) -> int:
    with opened(given.file) as lines, until_nobody_reads():
        listener = Listener.ready(note=to_standard_error)
        show = _print_row if is_for_programs(given) else _Shown().show
        for line in lines:
            show(line, listener.diagnose(line.text))
    return DONE


def _print_row(line: Line, diagnosis: Diagnosis) -> None:
    print_json(row_of(line, diagnosis))


def row_of(line: Line, diagnosis: Diagnosis) -> dict[str, Any]:
    """The row of JSON Lines; ``unknown`` is there only where it is true."""
    shares = rounded([reason.probability for reason in diagnosis.reasons])
    reasons = [
        {"id": reason.id, "probability": share}
        for reason, share in zip(diagnosis.reasons, shares, strict=True)
    ]
    row: dict[str, Any] = {"line": line.number, "text": line.text, "reasons": reasons}
    return {**row, "unknown": True} if diagnosis.unknown else row


def rounded(shares: list[float]) -> list[float]:
    """Falling shares of 1, to six digits, still so: what is cut off goes to the first ones."""
    whole = 10**DIGITS
    units = [int(share * whole) for share in shares]
    left = whole - sum(units)
    return [(unit + (place < left)) / whole for place, unit in enumerate(units)]


class _Shown:
    """The list for a person to read."""

    def __init__(self) -> None:
        language = current_language()
        self._names = {id: item.name.to(language) for id, item in load().reasons.items()}
        self._room = max(map(cell_len, self._names.values()))

    def show(self, line: Line, diagnosis: Diagnosis) -> None:
        number = f"{line.number:>{NUMBER_WIDTH}}  "
        print(number + for_display(line.text, LONGEST_SHOWN))
        for sentence in self._said_of(diagnosis):
            print((" " * len(number) + sentence).rstrip())

    def _said_of(self, diagnosis: Diagnosis) -> list[str]:
        if not diagnosis.reasons:
            return [str(_BLANK)]
        if diagnosis.unknown:
            return [str(_UNKNOWN)]
        first, *others = diagnosis.reasons[:REASONS_SHOWN]
        shown = [first, *(reason for reason in others if reason.probability >= WORTH_SHOWING)]
        words = _QUOTED.format(
            words=_PAUSE.join(for_display(span.text, LONGEST_SHOWN) for span in diagnosis.words)
        )
        heard = f"  {words}" if diagnosis.words else ""
        lines = [self._drawn(reason) for reason in shown]
        return [lines[0] + heard, *lines[1:]]

    def _drawn(self, reason: Reason) -> str:
        name = self._names[reason.id]
        padded = name + " " * (self._room - cell_len(name))
        bar = FULL * round(reason.probability * WIDEST_BAR)
        return f"{padded}  {min(reason.probability, SUREST_SHOWN):>3.0%}  {bar:<{WIDEST_BAR}}"


_FILE = Text(
    zh=f"文本文件，UTF-8，每行一句客户的话；{STANDARD_INPUT} 为标准输入",
    en=f"text file in UTF-8, one utterance of a client per line; {STANDARD_INPUT}: standard input",
)
_QUOTED = Text(zh="听到：{words}", en="heard: {words}")
_PAUSE = " … "
_BLANK = Text(zh="（空行）", en="(empty line)")
_UNKNOWN = Text(
    zh="听不出离开的原因：请先问一问，不要猜。", en="No reason is heard: ask first, do not guess."
)
