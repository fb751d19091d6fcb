"""Answers that the browser keeps as a file."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF: Final = "application/pdf"
TOML: Final = "application/toml; charset=utf-8"
ZIP: Final = "application/zip"


def as_file(content: bytes | str, name: str, kind: str) -> HttpResponse:
    """``name`` is ours: nothing that somebody typed."""
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
