"""The pages' only table: forms that were saved, so that a second click saves nothing."""

from __future__ import annotations

from django.db import models


class UsedForm(models.Model):
    """The key of one form; it comes into being with whatever the form did, or not at all."""

    key = models.CharField(max_length=24, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="used_form_by_time")]
