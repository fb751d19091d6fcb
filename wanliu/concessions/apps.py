"""The room of commission requests, as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class Concessions(AppConfig):
    name = "wanliu.concessions"
    label = "concessions"
