"""The room of what the last nightly run published for the pages, as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class Directory(AppConfig):
    name = "wanliu.directory"
    label = "directory"
