"""The room of cases, promises and contacts, as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class Cases(AppConfig):
    name = "wanliu.cases"
    label = "cases"
