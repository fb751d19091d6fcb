"""The printed proof of an exit: one PDF, fit for an archive, whose fingerprint stands in the records."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from django.db import transaction

from wanliu.audit.record import record
from wanliu.clock import now
from wanliu.exits.course import records_of
from wanliu.exits.moving import locked, stream_of
from wanliu.exits.printed import said
from wanliu.exits.queries import Exit, exit_of
from wanliu.people.queries import person
from wanliu.people.rights import check_may
from wanliu.people.user import User
from wanliu.report import typeset
from wanliu.text import Language


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
    """The proof's template filled. Raises EnvironmentFailed."""
    return typeset.set_in_type((files("wanliu.exits") / "proof.typ").read_bytes(), content, at=now())
