"""Checking the chains, and the day's head: a file that later shows that nothing was rewritten or cut off."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from django.db.models import Max

from wanliu.audit.models import Event
from wanliu.audit.record import hash_of, hash_of_payload
from wanliu.book.atomic import write_file
from wanliu.text import Text

ROWS_AT_ONCE = 2000
HEAD_BEGINNING = 400
"""Characters in which a head file has said its day and hash."""


@dataclass(frozen=True)
class Broken:
    """One place where a chain does not hold."""

    stream: str
    place: int
    why: Text


@dataclass(frozen=True)
class Verified:
    """What a check found: how much it looked at, and every fault."""

    events: int
    streams: int
    broken: tuple[Broken, ...]

    @property
    def holds(self) -> bool:
        return not self.broken


def verify(head: Path | None = None) -> Verified:
    """Redoes every hash of every chain; with a head file, also that what it names still stands."""
    counted = streams = 0
    broken: list[Broken] = []
    for stream, events in groupby(_in_order(), key=lambda event: event.stream):
        streams += 1
        previous: Event | None = None
        for event in events:
            counted += 1
            broken += _faults(stream, event, previous)
            previous = event
    if head is not None:
        broken += _missing_from(json.loads(head.read_text("utf-8")))
    return Verified(counted, streams, tuple(broken))


def _in_order() -> Iterator[Event]:
    found = Event.objects.select_related("payload").order_by("stream", "place")
    return found.iterator(chunk_size=ROWS_AT_ONCE)


def _faults(stream: str, event: Event, previous: Event | None) -> Iterator[Broken]:
    if event.place != (previous.place + 1 if previous else 1):
        yield Broken(stream, event.place, _GAP)
    if event.previous != (previous.hash if previous else ""):
        yield Broken(stream, event.place, _UNLINKED)
    if event.hash != hash_of(event):
        yield Broken(stream, event.place, _CHANGED)
    payload = getattr(event, "payload", None)
    if payload is not None and event.payload_hash != hash_of_payload(payload.salt, payload.body):
        yield Broken(stream, event.place, _PAYLOAD)


def head_of(day: date) -> dict[str, Any]:
    """The last place and hash of every stream, and one hash over them all."""
    ends = Event.objects.values("stream").annotate(last=Max("id")).values("last")
    heads = {
        stream: [place, digest]
        for stream, place, digest in Event.objects.filter(id__in=ends)
        .order_by("stream")
        .values_list("stream", "place", "hash")
    }
    whole = hashlib.sha256(json.dumps(heads, ensure_ascii=False, sort_keys=True).encode("utf-8")).hexdigest()
    return {"day": day.isoformat(), "hash": whole, "streams": heads}


def write_head(folder: Path, day: date) -> Path:
    """Writes the day's head file; keep it where the database's administrator cannot write."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{day.isoformat()}.json"
    write_file(file, (json.dumps(head_of(day), ensure_ascii=False, indent=1) + "\n").encode("utf-8"))
    return file


@dataclass(frozen=True)
class Head:
    """What a day's head file says: the day, and one hash over every chain's end."""

    day: str
    hash: str
    file: Path


def heads_in(folder: Path, most: int) -> list[Head]:
    """The latest first. Only the beginning of a file is read: the rest names every chain."""
    found = sorted(folder.glob("????-??-??.json"), reverse=True)[:most] if folder.is_dir() else []
    return [Head(file.stem, _hash_in(file), file) for file in found]


def _hash_in(file: Path) -> str:
    """Empty where the file says none."""
    with file.open(encoding="utf-8", errors="replace") as content:
        told = re.search(r'"hash":\s*"([0-9a-f]{64})"', content.read(HEAD_BEGINNING))
    return told[1] if told else ""


def _missing_from(head: dict[str, Any]) -> Iterator[Broken]:
    for stream, (place, digest) in head["streams"].items():
        if not Event.objects.filter(stream=stream, place=place, hash=digest).exists():
            yield Broken(stream, place, _CUT)


_GAP = Text(zh="编号不连续，有记录被删除", en="numbers are not consecutive: an event was removed")
_UNLINKED = Text(zh="与上一条记录对不上", en="it does not follow from the event before")
_CHANGED = Text(zh="记录内容被改动", en="the event was changed")
_PAYLOAD = Text(zh="记录的正文被改动", en="the event's payload was changed")
_CUT = Text(zh="当日封存的链尾已不在库中", en="the head that was written down is no longer there")
