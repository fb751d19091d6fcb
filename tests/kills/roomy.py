"""A page that tells how much stack the thread has that answers with it."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable
from typing import Any

ATTRIBUTES = 64
"""Bytes that hold a thread's attributes, with room to spare."""


def application(_asked: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    start("200 OK", [("Content-Type", "text/plain")])
    return [str(_stack()).encode()]


def _stack() -> int:
    library = ctypes.CDLL(None)
    library.pthread_self.restype = ctypes.c_ulong
    attributes, size = (ctypes.c_char * ATTRIBUTES)(), ctypes.c_size_t()
    library.pthread_getattr_np(ctypes.c_ulong(library.pthread_self()), attributes)
    library.pthread_attr_getstacksize(attributes, ctypes.byref(size))
    return size.value
