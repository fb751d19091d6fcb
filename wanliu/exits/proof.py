"""The printed proof of an exit: one PDF, fit for an archive, whose fingerprint stands in the records."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

import typst
from django.db import transaction

from wanliu.audit.record import record
from wanliu.clock import now
from wanliu.errors import EnvironmentFailed
from wanliu.exits.course import records_of
from wanliu.exits.moving import locked, stream_of
from wanliu.exits.printed import said
from wanliu.exits.queries import Exit, exit_of
from wanliu.people.queries import person
from wanliu.people.rights import check_may
from wanliu.people.user import User
from wanliu.text import Language, Text

FONTS: Final = ("Noto Sans CJK SC", "Source Han Sans SC")
"""Any one of them will do: Chinese and Latin letters in one hand."""
ARCHIVAL: Final = "a-2u"
"""PDF/A-2u: fonts inside, every letter readable as text; exits are kept for twenty years."""


def print_proof(*, exit_id: int, language: Language, by: User) -> bytes:
    """The PDF. The records keep who printed it, and its SHA-256: a sheet of paper can be held against them.

    Raises NotFound, NotAllowed, and EnvironmentFailed where the machine has no Chinese font.
    """
    leaving = exit_of(exit_id)
    client = person(leaving.client_id)
    check_may(by, "exits.view", client)
    content = said(leaving, client, records_of(leaving), by=by.actor_name, language=language)
    pdf = set_in_type(content)  # outside the transaction: nobody else waits for the type-setting
    _record(leaving, {"language": language, "sha256": hashlib.sha256(pdf).hexdigest()}, by)
    return pdf


@transaction.atomic
def _record(leaving: Exit, ids: Mapping[str, str], by: User) -> None:
    locked(leaving.id)
    record(stream=stream_of(leaving.id), verb="proof_printed", by=by, client_id=leaving.client_id, ids=ids)


def set_in_type(content: Mapping[str, Any]) -> bytes:
    """The template filled with strings; what they hold is never read as markup. Raises EnvironmentFailed."""
    text = json.dumps({**content, "fonts": fonts_here()}, ensure_ascii=False)
    pdf = typst.compile(
        (files("wanliu.exits") / "proof.typ").read_bytes(),
        format="pdf",
        sys_inputs={"said": text},
        pdf_standards=ARCHIVAL,
        timestamp=int(now().timestamp()),
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
