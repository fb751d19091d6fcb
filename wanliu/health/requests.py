"""How many requests, how they ended and how long they took: by page, never by client.

Each process counts for itself and leaves its sums in a folder that the processes of one server share; whoever
is asked adds them up. A process that is killed loses its last seconds.
"""

from __future__ import annotations

import json
import secrets
import threading
from bisect import bisect_left
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from django.conf import settings

LIMITS: Final = (0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Seconds: the upper ends of the histogram's parts; 0.3 is what people were promised."""
PAUSE: Final = 5.0
"""Seconds between two writings."""
ENDING: Final = ".json"


class Requests:
    """The sums of one process."""

    def __init__(self) -> None:
        self.name = f"{secrets.token_hex(8)}{ENDING}"
        self.answers: Counter[tuple[str, str, int]] = Counter()
        self.parts: Counter[tuple[str, int]] = Counter()
        self.seconds: Counter[str] = Counter()
        self.lock = threading.Lock()
        self.writer: threading.Timer | None = None

    def note(self, route: str, method: str, status: int, seconds: float) -> None:
        with self.lock:
            self.answers[route, method, status] += 1
            self.parts[route, bisect_left(LIMITS, seconds)] += 1
            self.seconds[route] += seconds  # type: ignore[assignment]  # a Counter adds floats as well
            if self.writer is None and settings.WANLIU_MEASURES:
                self.writer = threading.Timer(PAUSE, self.write)
                self.writer.daemon = True
                self.writer.start()

    def write(self) -> None:
        """Leaves the sums where the others look; a disk that is full costs figures and nothing else."""
        with self.lock:
            self.writer = None
            told = self.told()
        folder = Path(settings.WANLIU_MEASURES)
        with suppress(OSError):
            beside = folder / f"{self.name}.new"
            beside.write_text(json.dumps(told), "utf-8")
            beside.replace(folder / self.name)

    def told(self) -> dict[str, Any]:
        return {
            "answers": [[*key, count] for key, count in self.answers.items()],
            "parts": [[*key, count] for key, count in self.parts.items()],
            "seconds": [[key, sum] for key, sum in self.seconds.items()],
        }

    def add(self, told: dict[str, Any]) -> None:
        for route, method, status, count in told["answers"]:
            self.answers[route, method, status] += count
        for route, part, count in told["parts"]:
            self.parts[route, part] += count
        for route, sum in told["seconds"]:
            self.seconds[route] += sum


own: Final = Requests()


def of_all() -> Requests:
    """The sums of all processes of this server."""
    found = Requests()
    with own.lock:
        found.add(own.told())
    if settings.WANLIU_MEASURES:
        for file in Path(settings.WANLIU_MEASURES).glob(f"*{ENDING}"):
            if file.name != own.name:
                with suppress(OSError, ValueError, KeyError):
                    found.add(json.loads(file.read_text("utf-8")))
    return found
