"""The room of the pages, as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class Workbench(AppConfig):
    name = "wanliu.workbench"
    label = "workbench"
