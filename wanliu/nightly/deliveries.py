"""Taking what arrived into the book, in the order of the names; the first one that is refused ends it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from wanliu.book.ingest import ingest
from wanliu.book.seal import seal
from wanliu.book.sealed import is_sealed
from wanliu.errors import BookRefused, UsageError
from wanliu.nightly.places import Places
from wanliu.text import Text


@dataclass(frozen=True)
class Refusal:
    """A delivery that the book did not take, and the sentence that says why."""

    delivery: str
    why: Text


@dataclass(frozen=True)
class Deliveries:
    taken: tuple[str, ...]
    refused: Refusal | None


def take_deliveries(places: Places) -> Deliveries:
    """What is waiting goes into the book and then out of the inbox; a refused one stays where it is.

    Killed between the two, the same delivery is taken again, which changes nothing.
    """
    taken: list[str] = []
    for delivery in places.waiting():
        try:
            _take(delivery, places)
        except (BookRefused, UsageError) as fault:
            return Deliveries(tuple(taken), Refusal(delivery.name, fault.message))
        taken.append(delivery.name)
    return Deliveries(tuple(taken), None)


def _take(delivery: Path, places: Places) -> None:
    if is_sealed(places.book):
        ingest(places.book, delivery, mapping=places.mapping)
    else:
        seal(delivery, places.book, mapping=places.mapping)
    places.taken.mkdir(exist_ok=True)
    delivery.rename(_free(places.taken / delivery.name))


def _free(target: Path) -> Path:
    """The name, or the name with a number: the same name may arrive again."""
    number, found = 1, target
    while found.exists():
        number += 1
        found = target.with_name(f"{target.name}.{number}")
    return found


def forget_old(folder: Path, keep: int) -> None:
    """Leaves the newest folders by name."""
    if folder.is_dir():
        old = sorted(one for one in folder.iterdir() if one.is_dir() and not one.name.startswith("."))
        for one in old[:-keep]:
            shutil.rmtree(one, ignore_errors=True)
