"""Reading the current run: the day of its data, how clients stand, why, and the points of their charts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Subquery

from wanliu.directory import models
from wanliu.directory.rows import Month, PublishedRun, Signal, Standing
from wanliu.people.rights import Sight
from wanliu.text import Text

ROWS_AT_ONCE = 2000
SIGNAL = ("status", "severity", "value", "threshold")


def current_run() -> PublishedRun | None:
    """None before the first night."""
    row = models.Run.objects.filter(is_current=True).first()
    if row is None or row.published_at is None:
        return None
    return PublishedRun(
        row.name, row.as_of, row.book, row.rules, row.rules_version, row.told, row.published_at
    )


def standing_of(client_id: str) -> Standing | None:
    """None for a client whom the current run does not name."""
    return standings_of([client_id]).get(client_id)


def standings_of(client_ids: Iterable[str]) -> dict[str, Standing]:
    """By client id; one query. Those whom the run does not name are left out."""
    found = _standings().filter(client_id__in=list(client_ids))
    return {row.client_id: _standing(row) for row in found}


def with_a_level() -> Iterator[Standing]:
    """Everybody whose level is not ``none`` and who was judged, by client id."""
    found = _standings().exclude(level__in=("", "none")).order_by("client_id")
    return map(_standing, found.iterator(chunk_size=ROWS_AT_ONCE))


def listed() -> frozenset[str]:
    """Whom the current run put on a list of calls; empty where it ranked nobody."""
    return frozenset(_standings().filter(call_place__isnull=False).values_list("client_id", flat=True))


def signals_of(client_id: str) -> list[Signal]:
    """Every sign of a client with a level, in the order of the rule set; empty without one."""
    row = models.Signals.objects.filter(run=_current(), client_id=client_id).first()
    return [] if row is None else [_signal(sign, told) for sign, told in row.signs.items()]


def months_of(client_id: str) -> list[Month]:
    """The oldest first; empty where nothing is known."""
    row = models.Months.objects.filter(run=_current(), client_id=client_id).first()
    if row is None:
        return []
    columns = [row.points[name] for name in ("month", "net_assets", "net_flow", "trades", "commission")]
    return [
        Month(month, _amount(net_assets), _amount(net_flow), trades, _amount(commission))
        for month, net_assets, net_flow, trades, commission in zip(*columns, strict=True)
    ]


def levels_of_all() -> Iterator[tuple[str, str, str]]:
    """Client, branch and level of everybody who was judged; for whoever counts them."""
    rows = _standings().exclude(level="").values_list("client_id", "branch_id", "level")
    yield from rows.iterator(chunk_size=ROWS_AT_ONCE)


def levels_in(sight: Sight) -> Counter[str]:
    """How many clients have each level; the empty one: not judged."""
    rows = _within(_standings(), sight).values("level").annotate(number=Count("pk"))
    return Counter(dict(rows.values_list("level", "number")))


def levels_by_branch() -> dict[str, Counter[str]]:
    """Branch → level → clients. It names nobody."""
    found: dict[str, Counter[str]] = {}
    rows = _standings().values("branch_id", "level").annotate(number=Count("pk")).order_by("branch_id")
    for branch_id, level, number in rows.values_list("branch_id", "level", "number"):
        found.setdefault(branch_id, Counter())[level] = number
    return found


def _standings() -> QuerySet[models.Standing]:
    return models.Standing.objects.filter(run=_current())


def _current() -> Subquery:
    """The current run's key, as a part of the same query: rows and their run are of one moment.

    Not a join: a database without figures of its tables would read all clients first and their run then.
    """
    return Subquery(models.Run.objects.filter(is_current=True).values("pk")[:1])


def _within(rows: QuerySet[models.Standing], sight: Sight) -> QuerySet[models.Standing]:
    if sight.nothing:
        return rows.none()
    if sight.branch_id is not None:
        return rows.filter(branch_id=sight.branch_id)
    return rows if sight.manager_id is None else rows.filter(manager_id=sight.manager_id)


def _standing(row: models.Standing) -> Standing:
    plain: dict[str, Any] = {
        name: getattr(row, name) for name in Standing.__dataclass_fields__ if name not in ("why",)
    }
    plain.update(fired=tuple(row.fired), unknown=tuple(row.unknown))
    plain["explained"] = tuple(Text(**one) for one in row.explained)
    return Standing(**plain, why=Text(zh=row.why_zh, en=row.why_en))


def _signal(sign: str, told: dict[str, Any]) -> Signal:
    return Signal(
        sign=sign,
        status=told["status"],
        severity=told["severity"],
        value=_amount(told["value"]),
        threshold=_amount(told["threshold"]),
        evidence={name: value for name, value in told.items() if name not in SIGNAL},
    )


def _amount(told: object) -> Decimal | None:
    return None if told is None else Decimal(str(told))
