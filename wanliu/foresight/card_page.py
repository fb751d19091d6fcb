"""A page as a few kinds of blocks, written as text for a terminal or as HTML that opens without a network."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from unicodedata import east_asian_width

WIDE = ("W", "F")


@dataclass(frozen=True)
class Section:
    """A heading, sentences under it, and at most one table; cells are text, the first column reads left."""

    heading: str
    sentences: Sequence[str] = field(default=())
    head: Sequence[str] = field(default=())
    rows: Sequence[Sequence[str]] = field(default=())


def as_text(title: str, sections: Iterable[Section]) -> str:
    parts = [title, "=" * _width(title)]
    for section in sections:
        parts += ["", section.heading, "-" * _width(section.heading), *section.sentences]
        if section.rows:
            parts += ["", *_columns([section.head, *section.rows])]
    return "\n".join(parts)


def as_html(title: str, sections: Iterable[Section], language: str) -> str:
    body = "".join(_section(section) for section in sections)
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{STYLE}</style></head>"
        f"<body><main><h1>{html.escape(title)}</h1>{body}</main></body></html>\n"
    )


def _section(section: Section) -> str:
    told = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in section.sentences)
    table = ""
    if section.rows:
        head = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in section.head)
        rows = "".join(
            "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>"
            for row in section.rows
        )
        table = f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    return f"<section><h2>{html.escape(section.heading)}</h2>{told}{table}</section>"


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(_width(row[place]) for row in rows) for place in range(len(rows[0]))]
    return [
        "  ".join(_cell(cell, widths[n], left=n == 0) for n, cell in enumerate(row)).rstrip() for row in rows
    ]


def _cell(text: str, width: int, *, left: bool) -> str:
    gap = " " * (width - _width(text))
    return text + gap if left else gap + text


def _width(text: str) -> int:
    return sum(2 if east_asian_width(one) in WIDE else 1 for one in text)


STYLE = """
body{font:16px/1.6 system-ui,"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;
color:#1d2733;margin:0;background:#f6f7f9}
main{max-width:60rem;margin:0 auto;padding:2rem 1rem;background:#fff}
h1{font-size:1.6rem}
h2{font-size:1.15rem;margin-top:2rem;border-bottom:1px solid #d9dee5}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:.9rem}
th,td{padding:.3rem .6rem;text-align:right;border-bottom:1px solid #e6e9ee;white-space:nowrap}
th:first-child,td:first-child{text-align:left}
.wide{overflow-x:auto}
@media print{body{background:#fff}}
"""
