"""A printed page: a template filled with strings, set in type as one PDF that is fit for an archive."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final

import typst

from wanliu.errors import EnvironmentFailed
from wanliu.text import Text

FONTS: Final = ("Noto Sans CJK SC", "Source Han Sans SC")
"""Any one of them will do: Chinese and Latin letters in one hand."""
ARCHIVAL: Final = "a-2u"
"""PDF/A-2u: fonts inside, every letter readable as text."""


def set_in_type(template: bytes, content: Mapping[str, Any], *, at: datetime) -> bytes:
    """What the strings hold is never read as markup. Raises EnvironmentFailed without a Chinese font."""
    pdf = typst.compile(
        template,
        format="pdf",
        sys_inputs={"said": json.dumps({**content, "fonts": fonts_here()}, ensure_ascii=False)},
        pdf_standards=ARCHIVAL,
        timestamp=int(at.timestamp()),
    )
    assert isinstance(pdf, bytes)  # one PDF, and no file was asked for
    return pdf


@cache
def fonts_here() -> list[str]:
    """Which of them this machine has. Raises EnvironmentFailed where it has none."""
    found = set(typst.Fonts().families())
    here: list[str] = [name for name in FONTS if name in found]
    if not here:
        raise EnvironmentFailed(_NO_FONT.format(names=Text(zh="、".join(FONTS), en=" / ".join(FONTS))))
    return here


_NO_FONT = Text(
    zh="这台机器没有中文字体（{names.zh} 任一种），无法打印。请安装：apt-get install fonts-noto-cjk。",
    en="This machine has no Chinese font (any of {names.en}), so nothing can be printed. Install it: "
    "apt-get install fonts-noto-cjk.",
)
