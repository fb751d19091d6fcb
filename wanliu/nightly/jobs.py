"""What happens by itself: a worker looks every minute whether the night or a look at the deadlines is owed.

The queue only wakes us up: it carries the names of the two jobs and nothing else, so that a worker that was
killed, or a queue that was lost, loses nothing. What is owed stands in the database (``owed.py``).
"""

from __future__ import annotations

import json
import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any, Final

from django.conf import settings
from django.db import close_old_connections, connection
from huey import Huey, PostgresHuey, SqliteHuey
from huey.registry import Message
from huey.serializer import Serializer

from wanliu.errors import WanliuError
from wanliu.nightly.actions import run_night_if_owed, watch_deadlines_if_owed
from wanliu.nightly.places import Places
from wanliu.ruleset import load

log = logging.getLogger("wanliu.nightly")
NAME: Final = "wanliu"
HANDS: Final = 2
"""A night may take an hour; the deadlines do not wait for it."""
LONGEST_SLEEP: Final = 2.0
"""Seconds between two looks into an empty queue."""
LAST_SECONDS: Final = 10.0
"""What a job has left to end by itself when the worker is stopped; a night that had to go is run again."""
Job = Callable[[], None]


class Names(Serializer):  # type: ignore[misc]  # huey has no types
    """Writes of a job nothing but its number and its name, as JSON. Jobs take no arguments: there is no
    place in the queue for anything about a client."""

    def _serialize(self, data: Message) -> bytes:
        if data.args or data.kwargs:
            raise TypeError("a job takes no arguments: what it works on stands in the database")
        return json.dumps([data.id, data.name]).encode("utf-8")

    def _deserialize(self, data: bytes) -> Message:
        id, name = json.loads(bytes(data))
        return Message(id, name, args=(), kwargs={})


def queue() -> Huey:
    """A queue in the database that is there already: PostgreSQL's, or a file of SQLite in the home."""
    told: dict[str, Any] = {"results": False, "serializer": Names()}
    if connection.vendor == "postgresql":
        found = PostgresHuey(NAME, connection=_connect, **told)
    else:
        settings.WANLIU_HOME.mkdir(parents=True, exist_ok=True)
        found = SqliteHuey(NAME, filename=str(settings.WANLIU_HOME / "queue.sqlite3"), **told)
    for job in JOBS:
        found.periodic_task(every_minute)(_alone(job))
    return found


def _connect() -> Any:
    """A plain connection to the workbench's database, without what Django adds to its own."""
    import psycopg

    given = connection.get_connection_params()
    for ours in ("context", "cursor_factory"):
        given.pop(ours, None)
    return psycopg.connect(**given)


def every_minute(_moment: object) -> bool:
    """The clock of the machine only says when we look, never what is owed."""
    return True


def night() -> None:
    told = run_night_if_owed(settings.WANLIU_HOME, load(settings.WANLIU_RULES))
    if told is not None:
        log.info("night %s: %s", told.id, told.state)


def deadlines() -> None:
    told = watch_deadlines_if_owed(settings.WANLIU_HOME)
    if told is not None:
        log.info("deadlines: %s exits and %s tasks told upwards", told.exits, told.tasks)


JOBS: Final[tuple[Job, ...]] = (deadlines, night)


def _alone(job: Job) -> Job:
    """The job with a database connection of its own; what fails is logged by its kind alone, and done again
    by a later look."""

    @wraps(job)
    def done() -> None:
        _beat()
        close_old_connections()
        try:
            job()
        except WanliuError as fault:
            log.error("%s failed: %s: %s", job.__name__, type(fault).__name__, fault.message.en)
        except Exception as fault:  # the database, the disk: the message may hold a client's row
            log.error("%s failed: %s", job.__name__, type(fault).__name__)
        finally:
            connection.close()

    return done


def _beat() -> None:
    """For whoever watches over the worker; a disk that is full hinders no job."""
    with suppress(OSError):
        Places(settings.WANLIU_HOME).beat.touch()


def waiting() -> int:
    """How many wake-ups lie in the queue."""
    storage = queue().storage
    try:
        return int(storage.queue_size())
    finally:
        storage.close()


def look_once() -> None:
    """Does what is owed now, and ends: for those who have a timetable of their own."""
    for job in JOBS:
        _alone(job)()


def work(parent: int | None = None) -> None:
    """Looks and works until the process is told to stop, or, where it was started beside another one, until
    that one is gone."""
    waking = queue()
    waking.flush()  # wake-ups that piled up while nobody worked; what is owed stands in the database
    consumer = waking.create_consumer(workers=HANDS, max_delay=LONGEST_SLEEP, shutdown_timeout=LAST_SECONDS)
    if parent is not None:
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()
    consumer.run()


def _follow(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LONGEST_SLEEP)
    os.kill(os.getpid(), signal.SIGTERM)
