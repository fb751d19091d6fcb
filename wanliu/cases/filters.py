"""Filters that somebody keeps under a name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from django.db import transaction

from wanliu.audit.record import record
from wanliu.cases import inputs
from wanliu.cases.models import SavedFilter
from wanliu.errors import NotFound, Refused
from wanliu.people.rights import check_may
from wanliu.people.user import User
from wanliu.text import Text

PAGES: Final = ("today", "warnings")
MOST: Final = 20
"""Filters that one person keeps for one page."""
NAME_LENGTH: Final = 64
QUERY_LENGTH: Final = 2000


@transaction.atomic
def save_filter(*, page: str, name: str, query: Mapping[str, str], by: User) -> int:
    """Keeps the filter under the name, in place of an older one; its number. Raises NotAllowed, Refused."""
    check_may(by, "cases.view")
    inputs.check_code(page, PAGES)
    name = inputs.words(name, most=NAME_LENGTH, needed=True)
    kept = SavedFilter.objects.filter(user=by, page=page)
    if kept.exclude(name=name).count() >= MOST or len(json.dumps(dict(query))) > QUERY_LENGTH:
        raise Refused(_TOO_MANY.format(most=MOST))
    saved, _ = SavedFilter.objects.update_or_create(
        user=by, page=page, name=name, defaults={"query": dict(query)}
    )
    record(stream=f"user/{by.pk}", verb="filter_saved", by=by, ids={"filter": saved.pk, "page": page})
    return saved.pk


@transaction.atomic
def delete_filter(*, filter_id: int, by: User) -> None:
    """Raises NotFound for one that is not one's own."""
    deleted, _ = SavedFilter.objects.filter(pk=filter_id, user=by).delete()
    if not deleted:
        raise NotFound(_NO_FILTER)
    record(stream=f"user/{by.pk}", verb="filter_deleted", by=by, ids={"filter": filter_id})


_TOO_MANY = Text(
    zh="保存的筛选太多或太长（最多 {most} 个），请先删去不用的。",
    en="Too many filters, or too long a one (at most {most}): delete those that you do not use.",
)
_NO_FILTER = Text(zh="没有找到这个筛选。", en="There is no such filter.")
