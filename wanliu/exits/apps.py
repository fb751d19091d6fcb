"""The room of the exit desk, as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class Exits(AppConfig):
    name = "wanliu.exits"
    label = "exits"
