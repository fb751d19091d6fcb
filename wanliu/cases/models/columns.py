"""What the tables' columns have in common."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from wanliu.people.user import User

CODE = 24
CLIENT = 64
LABEL = 200
LONG = 4000


def one_of(column: str, codes: Any, *more: str) -> Q:
    return Q(**{f"{column}__in": [*codes, *more]})


def together(*columns: str) -> Q:
    """All of the columns are set, or none is."""
    return Q(**{f"{one}__isnull": True for one in columns}) | Q(
        **{f"{one}__isnull": False for one in columns}
    )


def maybe_user() -> models.ForeignKey[User | None, User | None]:
    return models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
