"""Where things lie in the workbench's home: what arrives, the book, the runs, the heads of the days."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

BEAT = "worker.beat"
UNFINISHED = ".part"
"""A delivery that is still being copied ends so; renaming it says that it is whole."""


@dataclass(frozen=True)
class Places:
    """The folders of one home."""

    home: Path

    @property
    def inbox(self) -> Path:
        """Deliveries: a folder each, taken in the order of their names."""
        return self.home / "inbox"

    @property
    def taken(self) -> Path:
        """Deliveries that are in the book."""
        return self.home / "taken"

    @property
    def book(self) -> Path:
        return self.home / "book"

    @property
    def runs(self) -> Path:
        return self.home / "runs"

    @property
    def studies(self) -> Path:
        """Back-tests, a folder each; the threshold studio reads the newest one of the live rules."""
        return self.home / "studies"

    @property
    def price_studies(self) -> Path:
        """Studies of cuts, a folder each, as ``wanliu commission study`` leaves them."""
        return self.home / "price-studies"

    @property
    def model(self) -> Path:
        """The model that the night scores with, as ``wanliu model fit --book`` leaves it; a link will do."""
        return self.home / "models" / "current"

    @property
    def predictions(self) -> Path:
        """What each night predicted: one file a day, written once."""
        return self.home / "predictions"

    @property
    def heads(self) -> Path:
        return self.home / "heads"

    @property
    def lock(self) -> Path:
        return self.home / "nightly.lock"

    @property
    def rounds_lock(self) -> Path:
        return self.home / "rounds.lock"

    @property
    def beat(self) -> Path:
        """Its age says when the worker last looked."""
        return self.home / BEAT

    @property
    def mapping(self) -> Path | None:
        """The firm's own names of columns, where there are any."""
        file = self.home / "mapping.toml"
        return file if file.is_file() else None

    def waiting(self) -> list[Path]:
        """Deliveries that are whole, by name."""
        if not self.inbox.is_dir():
            return []
        whole = (
            one
            for one in self.inbox.iterdir()
            if one.is_dir() and not one.name.startswith(".") and not one.name.endswith(UNFINISHED)
        )
        return sorted(whole, key=lambda one: one.name)
