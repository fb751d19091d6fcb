"""The little Markdown that the pages are written in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wanliu.text import Language, Text

GENERATED = "<!-- wanliu docs -->"
"""The first line of every generated page; a page without it is a person's work and is never touched."""

_NOTICE = Text(
    zh="由 `wanliu docs` 生成，请勿手改。[English]({other})",
    en="Written by `wanliu docs`; never edit it by hand. [中文]({other})",
)


def heading(title: str, *, other: str, language: Language) -> list[str]:
    """The head of a page, with the way to the same page in the other language."""
    return [GENERATED, f"# {title}", _NOTICE.format(other=other).to(language)]


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; bars inside cells are escaped."""
    lines = [_row(headings), _row(["---"] * len(headings)), *(_row(row) for row in rows)]
    return "\n".join(lines)


def page(parts: Iterable[str]) -> str:
    """Paragraphs as one page, with one empty line between them and one line end at the end."""
    return "\n\n".join(part.strip("\n") for part in parts if part) + "\n"


def other_language(language: Language) -> Language:
    return "en" if language == "zh" else "zh"


def file_name(name: str, language: Language) -> str:
    return f"{name}.{language}.md"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
