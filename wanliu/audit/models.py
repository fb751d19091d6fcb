"""Two tables: events, which nothing changes, and their payloads, which the law may have deleted."""

from __future__ import annotations

from django.db import models


class Event(models.Model):
    """One action. ``hash`` covers every column here and the hash before; the payload by its own hash alone.

    Triggers in the database refuse changing or deleting a row.
    """

    stream = models.CharField(max_length=80)
    """What the event is about: ``case/12``, ``exit/7``, ``client/C1``, ``user/3``."""
    place = models.PositiveIntegerField()
    """1, 2, 3 … within the stream."""
    at = models.CharField(max_length=32)
    """ISO 8601 with microseconds and offset, as text: hashed as it stands, in every database alike."""
    verb = models.CharField(max_length=64)
    actor_id = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=150)
    client_id = models.CharField(max_length=64, null=True)
    ids = models.JSONField(default=dict)
    payload_hash = models.CharField(max_length=64, blank=True)
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "place"], name="event_place_in_stream")]
        indexes = [
            models.Index(fields=["client_id", "-id"], name="event_of_client"),
            models.Index(fields=["actor_id", "-id"], name="event_of_actor"),
        ]


class Payload(models.Model):
    """What was said and written: free text, names, figures. ``salt`` keeps its hash from being guessed at."""

    event = models.OneToOneField(Event, on_delete=models.PROTECT, primary_key=True, related_name="payload")
    salt = models.CharField(max_length=32)
    body = models.TextField()
