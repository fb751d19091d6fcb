"""The room of draft rule sets, as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class Drafts(AppConfig):
    name = "wanliu.drafts"
    label = "drafts"
