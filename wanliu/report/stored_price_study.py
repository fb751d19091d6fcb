"""Reading a study of cuts back: what it says in a minute, and its charts.

A folder that is not whole is told apart and never half read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

from wanliu.report.price_said import CHARTS, chart_file
from wanliu.report.shelf import newest
from wanliu.report.study_files import ACCOUNT, PAGE, SHEETS
from wanliu.text import LANGUAGES, Language

MOST: Final = 20
"""Studies that are shown, the newest first."""
KEPT: Final = 64


@dataclass(frozen=True)
class StoredPriceStudy:
    """One finished study of cuts as its folder tells it."""

    folder: Path
    book: str
    landmarks: tuple[date, ...]
    lines: Mapping[Language, tuple[str, ...]]
    """The answers first, then service beside price, then the checks that failed."""

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def last(self) -> date:
        return self.landmarks[-1]

    @property
    def page(self) -> Path:
        return self.folder / PAGE

    @property
    def sheets(self) -> Path:
        return self.folder / SHEETS

    def charts(self, language: Language) -> Mapping[str, Path]:
        """Name → picture, of those that there was anything to draw on."""
        files = {name: self.folder / chart_file(name, language) for name in CHARTS}
        return {name: file for name, file in files.items() if file.is_file()}


def price_studies(folder: Path) -> tuple[tuple[StoredPriceStudy, ...], tuple[str, ...]]:
    """The studies of a folder, the newest first, and the names of those that cannot be read."""
    return newest(folder, _opened, most=MOST)


# A study is never changed after it has appeared: one that was read is read for good.
@lru_cache(maxsize=KEPT)
def _opened(folder: Path, stamp: int) -> StoredPriceStudy | None:  # noqa: ARG001 (a folder replaced is another study)
    try:
        told = json.loads((folder / ACCOUNT).read_text("utf-8"))
        return StoredPriceStudy(
            folder=folder,
            book=str(told["book"]),
            landmarks=tuple(date.fromisoformat(one) for one in told["landmarks"]),
            lines={language: tuple(map(str, told["lines"][language])) for language in LANGUAGES},
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
