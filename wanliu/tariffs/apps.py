"""The room of the firm's tariff, as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class FirmTariffs(AppConfig):
    name = "wanliu.tariffs"
    label = "tariffs"
