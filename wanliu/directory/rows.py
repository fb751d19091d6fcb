"""What comes into the directory and what goes out of it: frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from wanliu.directory.scoring import Scoring, scoring_in
from wanliu.text import Text

NOTHING = Text(zh="", en="")


@dataclass(frozen=True)
class RunFacts:
    """Which run it is. ``told`` is what its run.json says of the whole."""

    name: str
    as_of: date
    book: str
    rules: str
    rules_version: str
    told: Mapping[str, Any]


@dataclass(frozen=True)
class PublishedRun(RunFacts):
    """The run that pages show."""

    published_at: datetime

    @property
    def scoring(self) -> Scoring | None:
        """None: the run knows nothing of models, and the order is by level and value."""
        return scoring_in(self.told)


@dataclass(frozen=True)
class Month:
    """One month of a client's chart. None is unknown, never zero. Amounts in CNY."""

    month: str
    net_assets: Decimal | None
    net_flow: Decimal | None
    trades: int | None
    commission: Decimal | None


@dataclass(frozen=True)
class Signal:
    """One sign of one client. ``value`` and ``threshold`` are None where nothing could be told."""

    sign: str
    status: str
    severity: str | None
    value: Decimal | None
    threshold: Decimal | None
    evidence: Mapping[str, Any]


@dataclass(frozen=True)
class Standing:
    """How a client stands on the run's day. None is unknown; an empty ``level``: not judged."""

    client_id: str
    branch_id: str
    manager_id: str
    level: str = ""
    value_at_stake: Decimal | None = None
    net_assets: Decimal | None = None
    cash: Decimal | None = None
    position_value: Decimal | None = None
    peak_assets: Decimal | None = None
    net_out: Decimal | None = None
    commission: Decimal | None = None
    last_trade_on: date | None = None
    last_login_on: date | None = None
    fired: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    why: Text = NOTHING
    chance: float | None = None
    """Of leaving within the model's horizon; None: not scored."""
    expected: Decimal | None = None
    """What a call may save, CNY, by the ranking's basis; None: not ranked."""
    priority: Decimal | None = None
    """What calls are ordered by: ``expected``, favoured where the client was listed before."""
    call_place: int | None = None
    """On the adviser's list of the day; None: not listed."""
    explained: tuple[Text, ...] = ()
    """Three sentences on the chance; empty where nobody made them."""

    @property
    def is_judged(self) -> bool:
        return self.level != ""

    @property
    def net_out_share(self) -> Decimal | None:
        """Of what there would be without the outflow; None where it cannot be told, or more came in."""
        if self.net_out is None or self.net_assets is None or self.net_out <= 0:
            return None
        before = self.net_assets + self.net_out
        return self.net_out / before if before > 0 else None


@dataclass(frozen=True)
class Told:
    """All that a run tells of one client."""

    standing: Standing
    signals: Mapping[str, Mapping[str, Any]]
    """Sign → status, severity, value, threshold and evidence, as JSON has them; empty without a level."""
    months: Mapping[str, list[Any]]
    """``month`` and the columns of Month, each a list; empty where nothing is known."""
