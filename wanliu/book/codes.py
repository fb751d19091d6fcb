"""What people call our codes: the Chinese word is the first one that the default mapping reads for it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from wanliu.text import Text


def code_word(table: str, column: str, code: str) -> Text:
    """The code as people say it: ``bank`` of flows.kind is 银行. A code without a word stands for itself."""
    read: Mapping[str, object] = _codes().get(table, {}).get(column, {})
    chinese = (word for word, meant in read.items() if meant == code and not word.isascii())
    return Text(zh=next(chinese, code), en=code)


@cache
def _codes() -> Mapping[str, Mapping[str, Mapping[str, object]]]:
    text = resources.files("wanliu.book.mappings").joinpath("default.toml").read_text("utf-8")
    codes: Mapping[str, Mapping[str, Mapping[str, object]]] = tomllib.loads(text)["codes"]
    return codes
