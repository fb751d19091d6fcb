"""Who signs in: the one table that other rooms may refer to."""

from __future__ import annotations

import re
from typing import ClassVar, Final

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from wanliu.people.roles import ROLES, Role

USERNAME: Final = re.compile(r"[A-Za-z0-9._-]{2,64}")
"""What somebody may be called on the sign-in page."""


class Users(BaseUserManager["User"]):
    """Makes users; the workbench has no superuser: what a person may do stands in the matrix."""

    def create_user(self, username: str, password: str | None = None, **given: object) -> User:
        user = self.model(username=username, **given)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A member of staff who signs in. One role, one branch (none for the whole firm)."""

    username = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=64)
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=16, choices=[(role, name.zh) for role, name in ROLES.items()])
    branch_id = models.CharField(max_length=64, blank=True)
    staff_id = models.CharField(max_length=64, blank=True)
    """The number under which the book knows this person: ``clients.manager_id``."""
    certificate = models.CharField(max_length=32, blank=True)
    """The practitioner's registration, which a client may ask for."""
    capacity = models.PositiveSmallIntegerField(default=15)
    """Calls a day; cuts the worklist."""
    language = models.CharField(max_length=2, choices=[("zh", "中文"), ("en", "English")], default="zh")
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = Users()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=list(ROLES)), name="user_has_a_role"),
        ]
        indexes = [models.Index(fields=["staff_id"], name="user_by_staff_id")]

    @property
    def actor_id(self) -> str:
        return f"user:{self.pk}"

    @property
    def actor_name(self) -> str:
        return self.name or self.username

    @property
    def is_staff(self) -> bool:
        """Django's admin site is not part of the workbench."""
        return False

    def has_role(self, *roles: Role) -> bool:
        return self.role in roles
