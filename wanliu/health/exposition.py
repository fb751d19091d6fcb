"""The figures in the text format that Prometheus reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from wanliu.health.requests import LIMITS, Requests
from wanliu.health.state import State

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
GAUGES: Final = {
    "database": ("wanliu_database_up", "1 where the database answers"),
    "tables": ("wanliu_tables_ready", "1 where the tables are this version's"),
    "disk_free": ("wanliu_disk_free_bytes", "free on the disk of WANLIU_HOME"),
    "night_age": ("wanliu_night_age_seconds", "since the last night that went well ended"),
    "beat_age": ("wanliu_worker_age_seconds", "since the worker last looked what is owed"),
    "backup_age": ("wanliu_backup_age_seconds", "since the last backup was made"),
    "exits_overdue": ("wanliu_exits_overdue", "open exits that wait for us beyond their day"),
    "queue": ("wanliu_queue_length", "wake-ups waiting for the worker"),
}


def exposition(found: State, requests: Requests) -> str:
    """What is unknown is left out, not shown as 0."""
    return "\n".join((*_gauges(found), *_answers(requests), *_seconds(requests))) + "\n"


def _gauges(found: State) -> Iterator[str]:
    for field, (name, meaning) in GAUGES.items():
        value = getattr(found, field)
        if value is not None:
            yield f"# HELP {name} {meaning}"
            yield f"# TYPE {name} gauge"
            yield f"{name} {float(value):g}" if isinstance(value, float) else f"{name} {int(value)}"


def _answers(requests: Requests) -> Iterator[str]:
    name = "wanliu_requests_total"
    yield f"# HELP {name} answers by page, method and status"
    yield f"# TYPE {name} counter"
    for (route, method, status), count in sorted(requests.answers.items()):
        yield f'{name}{{route="{route}",method="{method}",status="{status}"}} {count}'


def _seconds(requests: Requests) -> Iterator[str]:
    name = "wanliu_request_seconds"
    yield f"# HELP {name} from the first look at a request to its answer"
    yield f"# TYPE {name} histogram"
    for route in sorted(requests.seconds):
        sum = 0
        for part, limit in enumerate((*(f"{one:g}" for one in LIMITS), "+Inf")):
            sum += requests.parts[route, part]
            yield f'{name}_bucket{{route="{route}",le="{limit}"}} {sum}'
        yield f'{name}_sum{{route="{route}"}} {requests.seconds[route]:.6f}'
        yield f'{name}_count{{route="{route}"}} {sum}'
