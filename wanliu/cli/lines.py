"""Files of one sentence per line, read as they come; JSON Lines, written as they are ready."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from wanliu.errors import UsageError
from wanliu.text import Text

STANDARD_INPUT = "-"
FAULTS_SHOWN = 5
UTF_8_MARK = b"\xef\xbb\xbf"
OTHER_MARKS = (b"\xff\xfe", b"\xfe\xff")
Say = Callable[[Text], None]


@dataclass(frozen=True)
class Line:
    """``number`` counts from 1; ``text`` is without its line end."""

    number: int
    text: str


def to_standard_error(sentence: Text) -> None:
    print(sentence, file=sys.stderr, flush=True)


@contextmanager
def opened(name: str, *, say: Say = to_standard_error) -> Iterator[Iterator[Line]]:
    """Every line of the file (``-``: standard input), in order; no line is lost.

    Bytes that are no UTF-8 become �, and ``say`` is told in which line. Raises UsageError where there is no
    such file, or it is in UTF-16.
    """
    with _opened(name) as stream:
        yield _decoded(stream, say)


@contextmanager
def _opened(name: str) -> Iterator[BinaryIO]:
    if name == STANDARD_INPUT:
        yield sys.stdin.buffer
        return
    path = Path(name)
    if path.is_dir():
        raise UsageError(_FOLDER.format(path=path))
    try:
        stream = path.open("rb")
    except FileNotFoundError as fault:
        raise UsageError(_NOT_THERE.format(path=path)) from fault
    except PermissionError as fault:
        raise UsageError(_NOT_ALLOWED.format(path=path)) from fault
    with stream:
        yield stream


def _decoded(stream: BinaryIO, say: Say) -> Iterator[Line]:
    broken = 0
    for number, raw in enumerate(stream, start=1):
        if number == 1 and raw.startswith(OTHER_MARKS):
            raise UsageError(_UTF_16)
        line = raw.removeprefix(UTF_8_MARK) if number == 1 else raw
        line = line.removesuffix(b"\n").removesuffix(b"\r")
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError as fault:
            broken += 1
            if broken <= FAULTS_SHOWN:
                say(_UNDECODABLE.format(line=number, byte=fault.start + 1))
            text = line.decode("utf-8", errors="replace")
        yield Line(number, text)
    if broken > FAULTS_SHOWN:
        say(_MORE_UNDECODABLE.format(number=broken))


def print_json(row: Mapping[str, Any]) -> None:
    """One line of JSON in UTF-8, whatever the terminal's encoding, and at once."""
    written = json.dumps(row, ensure_ascii=False)
    for mark in UNICODE_LINE_ENDS:  # json leaves these as they are; other programs take them for line ends
        written = written.replace(mark, f"\\u{ord(mark):04x}")
    sys.stdout.buffer.write(written.encode() + b"\n")
    sys.stdout.buffer.flush()


UNICODE_LINE_ENDS = ("\x85", "\u2028", "\u2029")


def add_format_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("text", "json"), help=str(_FORMAT))


def is_for_programs(given: argparse.Namespace) -> bool:
    """JSON Lines, unless a person is looking or has asked for text."""
    return (given.format or ("text" if sys.stdout.isatty() else "json")) == "json"


@contextmanager
def until_nobody_reads() -> Iterator[None]:
    """Stops in peace where the reader of our output has gone (``… | head``)."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more on its way out; let that go nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def for_display(text: str, longest: int) -> str:
    """Safe for a terminal: control characters shown as □, no more than ``longest`` characters."""
    cut = text if len(text) <= longest else f"{text[: longest - 1]}…"
    return "".join(one if one.isprintable() else "□" for one in cut)


_FORMAT = Text(
    zh="text：给人看（在终端里默认）；json：每行一个 JSON 对象（写入文件或管道时默认）",
    en="text: for people (default in a terminal); json: JSON Lines (default in a file or pipe)",
)
_NOT_THERE = Text(
    zh="找不到文件 {path}。请检查路径；从标准输入读取时写 -。",
    en="There is no file {path}. Check the path; for standard input, write -.",
)
_FOLDER = Text(
    zh="{path} 是文件夹。请给出一个每行一句话的文本文件。",
    en="{path} is a folder. Name a text file with one sentence per line.",
)
_NOT_ALLOWED = Text(
    zh="没有权限读取 {path}。请检查文件权限。", en="{path} may not be read. Check its permissions."
)
_UTF_16 = Text(
    zh="文件是 UTF-16 编码，没有读取。请另存为 UTF-8 后重试。",
    en="The file is in UTF-16 and was not read. Save it as UTF-8 and try again.",
)
_UNDECODABLE = Text(
    zh="第 {line} 行第 {byte} 个字节起不是 UTF-8，读不出的地方以 � 代替，这一行照常给出结果。"
    "文件可能是 GBK 编码，请另存为 UTF-8。",
    en="Line {line} is not UTF-8 from byte {byte} on; what cannot be read is replaced by �, and the line "
    "still has its result. The file may be in GBK: save it as UTF-8.",
)
_MORE_UNDECODABLE = Text(
    zh="共有 {number} 行不是 UTF-8，以上只列出前几行。",
    en="{number} lines in all are not UTF-8; only the first few are named above.",
)
