"""Lines of the log: as text or as JSON, and never with an address, a message of the database or a client.

Django's own lines name the address that was asked for, and a database's message may hold the row that it
minds: of both only the page's name and the kind of the fault are kept, with the places in the code.
"""

from __future__ import annotations

import json
import logging
import traceback
from contextvars import ContextVar
from datetime import datetime
from types import TracebackType
from typing import Any, Final

from wanliu.clock import SHANGHAI

ADDRESSES: Final = ("django.request", "django.security", "django.server")
ALSO: Final = ("route", "method", "status", "ms", "user")
current: ContextVar[str] = ContextVar("number of the request", default="")
Fault = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Lines(logging.Formatter):
    """A line for people."""

    def format(self, record: logging.LogRecord) -> str:
        told = told_of(record)
        said = " ".join(
            str(told[key]) for key in ("at", "level", "logger", "request", "said") if told.get(key)
        )
        return "\n".join((said, *(f"  {one}" for one in told.get("fault", ()))))


class JsonLines(logging.Formatter):
    """A line for machines: one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(told_of(record), ensure_ascii=False)


def told_of(record: logging.LogRecord) -> dict[str, Any]:
    told: dict[str, Any] = {
        "at": datetime.fromtimestamp(record.created, SHANGHAI).isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "logger": record.name,
        "request": current.get(),
        "said": _said(record),
    }
    told |= {name: value for name in ALSO if (value := getattr(record, name, None)) is not None}
    if record.exc_info:
        told["fault"] = _fault(record.exc_info)
    return told


def _said(record: logging.LogRecord) -> str:
    if not record.name.startswith(ADDRESSES):
        return record.getMessage()
    return f"{getattr(record, 'status_code', '')} {route_of(getattr(record, 'request', None))}".strip()


def _fault(given: Fault) -> list[str]:
    """The kind, and where it came up, the innermost place last."""
    kind, _, where = given
    places = [f"{one.filename}:{one.lineno} {one.name}" for one in traceback.extract_tb(where)]
    return [kind.__name__ if kind else "", *places]


def route_of(request: Any) -> str:
    """The page's name; ``-`` where no page has that address."""
    match = getattr(request, "resolver_match", None)
    return (match.url_name or "-") if match else "-"
