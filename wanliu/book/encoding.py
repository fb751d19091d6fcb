"""Bytes to text, strictly: BOM, then UTF-8, then GB18030, else the file is refused; nothing is ever replaced
silently.
"""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from wanliu.errors import BookRefused
from wanliu.text import Text

CHUNK = 1 << 20
GZIP_MAGIC = b"\x1f\x8b"
BOMB_FLOOR = 256 << 20
BOMB_RATIO = 300
"""Exports shrink ten- to fiftyfold. What grows more than this, past the floor (bytes), is no export."""

FIRST_WIDE = "\u0800"
"""From here on UTF-8 needs three bytes: Chinese does, and text in GB18030 hardly ever looks like it."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8 BOM"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16LE"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16BE"),
)


@dataclass(frozen=True)
class Encoding:
    """``codec`` is Python's name, ``name`` the one that people know."""

    codec: str
    name: str


class Undecodable(Exception):
    """The bytes are in none of the encodings; ``line`` is the first that is broken, ``rows`` the lines after
    the header.
    """

    def __init__(self, line: int, found: str, rows: int) -> None:
        super().__init__(line)
        self.line = line
        self.found = found
        self.rows = rows


class DamagedArchive(Exception):
    """A .gz that ends early or does not unpack."""


def open_bytes(path: Path) -> BinaryIO:
    """The bytes of a file, unpacked where it is gzip.

    Raises BookRefused while reading something that explodes.
    """
    raw = path.open("rb")
    magic = raw.read(len(GZIP_MAGIC))
    raw.seek(0)
    if magic != GZIP_MAGIC:
        return raw
    return io.BufferedReader(_Unpacked(path, raw), CHUNK)  # type: ignore[type-var]  # typeshed asks for FileIO's names


class _Unpacked(io.RawIOBase):
    """Unpacked gzip that turns damage and bombs into sentences."""

    def __init__(self, path: Path, raw: BinaryIO) -> None:
        self._path = path
        self._raw = raw
        self._stream = gzip.GzipFile(fileobj=raw)
        self._limit = max(BOMB_FLOOR, BOMB_RATIO * path.stat().st_size)
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]  # the stub asks for a wider buffer than any reader gives
        try:
            content = self._stream.read(len(buffer))
        except (EOFError, OSError, zlib.error) as failure:
            raise DamagedArchive(str(failure)) from failure
        self._given += len(content)
        if self._given > self._limit:
            raise BookRefused(
                Text(
                    zh="{file} 解压后超过 {size} MB，大得不合常理，已停止读取。请解压后直接提供该文件。",
                    en="{file} unpacks to more than {size} MB, which is no sensible export; reading stopped. "
                    "Deliver the file unpacked.",
                ).format(file=self._path.name, size=self._limit >> 20)
            )
        buffer[: len(content)] = content
        return len(content)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
            self._raw.close()
        super().close()


def detect(path: Path) -> Encoding:
    """The encoding in which the whole file decodes. Raises Undecodable, DamagedArchive, BookRefused."""
    with open_bytes(path) as stream:
        start = stream.read(4)
    for bom, codec, name in _BOMS:
        if start.startswith(bom):
            return _checked(path, Encoding(codec, name))
    if _decodes(path, "utf-8"):
        return Encoding("utf-8", "UTF-8")
    if _is_damaged_utf8(path):
        raise _undecodable(path, "utf-8", "UTF-8")
    return _checked(path, Encoding("gb18030", "GB18030"))


def _checked(path: Path, encoding: Encoding) -> Encoding:
    if not _decodes(path, encoding.codec):
        raise _undecodable(path, encoding.codec, encoding.name)
    return encoding


def _decodes(path: Path, codec: str) -> bool:
    decoder = codecs.getincrementaldecoder(codec)("strict")
    try:
        for chunk in _chunks(path):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_damaged_utf8(path: Path) -> bool:
    """Whether more three-byte characters are whole than broken.

    A single broken byte in UTF-8 often still decodes as GB18030, into nonsense; that must not pass.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    whole = broken = 0
    for chunk in _chunks(path):
        text = decoder.decode(chunk)
        lost = text.count("\ufffd")
        broken += lost
        whole += sum(character >= FIRST_WIDE for character in text) - lost
    return whole > broken


def _undecodable(path: Path, codec: str, name: str) -> Undecodable:
    first, found = 1, ""
    rows = -1
    for line, content in enumerate(_lines(path, _line_decoder(codec)), start=1):
        rows += bool(content.strip())
        if "\ufffd" in content and not found:
            first, found = line, content.strip()[:80]
    return Undecodable(first, f"{name}: {found}", max(rows, 0))


def _line_decoder(codec: str) -> Callable[[], codecs.IncrementalDecoder]:
    return lambda: codecs.getincrementaldecoder(codec)("replace")


def _lines(path: Path, decoder: Callable[[], codecs.IncrementalDecoder]) -> Iterator[str]:
    rest, decode = "", decoder()
    for chunk in _chunks(path):
        *lines, rest = (rest + decode.decode(chunk)).split("\n")
        yield from lines
    if rest:
        yield rest


def _chunks(path: Path) -> Iterator[bytes]:
    with open_bytes(path) as stream:
        while chunk := stream.read(CHUNK):
            yield chunk
