"""The room of people, as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class People(AppConfig):
    name = "wanliu.people"
    label = "people"
