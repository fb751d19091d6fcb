"""The zip that a client is given: ``client.json`` for machines, ``client.html`` for people, nothing else."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from datetime import datetime
from html import escape

from wanliu.audit.held import Part
from wanliu.text import Text


def packed(client_id: str, parts: Sequence[Part], *, purpose: Text, at: datetime) -> bytes:
    """The zip's bytes."""
    told = io.BytesIO()
    with zipfile.ZipFile(told, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in (
            ("client.json", _as_json(client_id, parts, purpose, at)),
            ("client.html", _as_page(client_id, parts, purpose, at)),
        ):
            package.writestr(zipfile.ZipInfo(name, at.timetuple()[:6]), text.encode("utf-8"))
    return told.getvalue()


def _as_json(client_id: str, parts: Sequence[Part], purpose: Text, at: datetime) -> str:
    content = {
        "client_id": client_id,
        "exported_at": at.isoformat(timespec="seconds"),
        "purpose": vars(purpose),
        "tables": [
            {
                "table": one.table,
                "name": vars(one.name),
                "columns": {column: vars(words) for column, words in one.columns.items()},
                "rows": one.rows,
            }
            for one in parts
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=1)


def _as_page(client_id: str, parts: Sequence[Part], purpose: Text, at: datetime) -> str:
    full, empty = [one for one in parts if one.rows], [one for one in parts if not one.rows]
    body = [
        f"<h1>{_both(_TITLE)}</h1>",
        f"<p>{_both(_CLIENT)}：{escape(client_id)}<br>{_both(_PURPOSE)}：{_both(purpose)}"
        f"<br>{_both(_AT)}：{at:%Y-%m-%d %H:%M}</p>",
        *map(_section, full),
        f"<h2>{_both(_EMPTY)}</h2><p>{'；'.join(_both(one.name) for one in empty)}</p>" if empty else "",
    ]
    return f'<!doctype html><html lang="zh"><meta charset="utf-8"><title>{_both(_TITLE)}</title>{_STYLE}' + (
        "\n".join(body)
    )


def _section(part: Part) -> str:
    """One small table per row: a client reads down, not across thirty columns."""
    rows = "".join(
        "<table>"
        + "".join(
            f"<tr><th>{_both(words)}</th><td>{_cell(row[column])}</td></tr>"
            for column, words in part.columns.items()
        )
        + "</table>"
        for row in part.rows
    )
    return f"<h2>{_both(part.name)}（{len(part.rows)}）</h2>{rows}"


def _cell(value: object) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return "是 · yes" if value else "否 · no"
    return escape(json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value))


def _both(words: Text) -> str:
    return f"{escape(words.zh)} <small>{escape(words.en)}</small>"


_STYLE = (
    "<style>body{font:15px/1.6 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "small{color:#666}table{border-collapse:collapse;width:100%;margin:0 0 1rem}"
    "th,td{border:1px solid #ddd;padding:.2rem .6rem;text-align:left;vertical-align:top;"
    "overflow-wrap:anywhere}th{width:40%;font-weight:normal;background:#f6f6f6}</style>"
)
_TITLE = Text(zh="我们保存的关于您的全部信息", en="All that we hold on you")
_CLIENT = Text(zh="客户号", en="Client id")
_PURPOSE = Text(zh="导出用途", en="Exported for")
_AT = Text(zh="导出时间（北京时间）", en="Exported at (Shanghai time)")
_EMPTY = Text(zh="以下各项没有您的记录", en="Nothing is held on you here")
