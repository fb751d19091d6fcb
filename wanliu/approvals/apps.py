"""The room of approvals, as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class Approvals(AppConfig):
    name = "wanliu.approvals"
    label = "approvals"
