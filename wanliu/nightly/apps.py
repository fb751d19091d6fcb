"""The room of the nightly run, as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class Nightly(AppConfig):
    name = "wanliu.nightly"
    label = "nightly"
