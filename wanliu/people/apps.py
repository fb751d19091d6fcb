"""The room of people, as Django knows it."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class People(AppConfig):
    name = "wanliu.people"
    label = "people"

    def ready(self) -> None:
        import_module("wanliu.people.second_factor")  # listens from now on
