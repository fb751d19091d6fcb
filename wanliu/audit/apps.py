"""The room of the records, as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class Audit(AppConfig):
    name = "wanliu.audit"
    label = "audit"
