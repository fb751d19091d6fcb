"""A run comes before the pages whole, in one swap, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from wanliu.audit.queries import events_of_stream
from wanliu.directory import models
from wanliu.directory.actions import publish
from wanliu.directory.queries import (
    current_run,
    levels_by_branch,
    levels_in,
    months_of,
    signals_of,
    standing_of,
    standings_of,
    with_a_level,
)
from wanliu.directory.rows import RunFacts, Standing, Told
from wanliu.people.rights import Sight
from wanliu.text import Text

pytestmark = pytest.mark.django_db

DAY = date(2009, 10, 30)
SIGN = {"status": "fired", "severity": "strong", "value": 0.6, "threshold": 0.5, "out": 1234.5}
MONTHS: dict[str, list[Any]] = {
    "month": ["2009-09", "2009-10"],
    "net_assets": [None, 2000.5],
    "net_flow": [0, -1500.25],
    "trades": [3, None],
    "commission": [9.9, 0],
}


def a_run(name: str = "r1") -> RunFacts:
    return RunFacts(name, DAY, "book", "standard", "1", {"judged": 2})


def told(client_id: str = "C1", level: str = "red", branch: str = "B1") -> Told:
    standing = Standing(
        client_id,
        branch,
        "S1",
        level,
        value_at_stake=Decimal("1500.25"),
        net_assets=Decimal("1000.00"),
        net_out=Decimal("1000.00"),
        fired=("fund_outflow",) if level == "red" else (),
        why=Text(zh="资金转出", en="Money moved out"),
    )
    return Told(standing, {"fund_outflow": SIGN} if level == "red" else {}, MONTHS)


def test_before_the_first_night_there_is_no_run() -> None:
    assert current_run() is None
    assert standing_of("C1") is None
    assert signals_of("C1") == [] and months_of("C1") == []


def test_a_published_run_is_read_as_it_was_told() -> None:
    assert publish(a_run(), [told(), told("C2", "none")]) == 2
    run, standing = current_run(), standing_of("C1")
    assert run is not None and (run.name, run.as_of, run.told) == ("r1", DAY, {"judged": 2})
    assert standing == told().standing
    assert standing.net_out_share == Decimal("0.5")
    assert [(one.sign, one.status, one.value, one.evidence) for one in signals_of("C1")] == [
        ("fund_outflow", "fired", Decimal("0.6"), {"out": 1234.5})
    ]
    assert [one.client_id for one in with_a_level()] == ["C1"]


def test_what_is_unknown_in_a_month_stays_unknown() -> None:
    publish(a_run(), [told()])
    first, last = months_of("C1")
    assert (first.net_assets, first.net_flow) == (None, Decimal("0"))
    assert (last.trades, last.commission) == (None, Decimal("0"))


def test_the_same_run_twice_changes_nothing() -> None:
    publish(a_run(), [told()])
    assert publish(a_run(), [told("C9")]) == 0
    assert set(standings_of(["C1", "C9"])) == {"C1"}
    assert len(events_of_stream("directory")) == 1


def test_a_new_run_replaces_the_old_one_whole() -> None:
    publish(a_run(), [told("C1"), told("C2")])
    publish(a_run("r2"), [told("C2", "none")])
    assert set(standings_of(["C1", "C2"])) == {"C2"}
    assert models.Run.objects.count() == 1
    assert models.Signals.objects.count() == 0


def test_pages_see_the_old_run_until_the_swap() -> None:
    publish(a_run(), [told("C1", "red")])
    seen: list[str | None] = []

    def slowly() -> Iterator[Told]:
        for number in range(4001):
            if number % 2000 == 0:
                found = standing_of("C1")
                seen.append(found.level if found else None)
            yield told("C1" if number == 0 else f"D{number}", "none")

    publish(a_run("r2"), slowly())
    assert seen == ["red", "red", "red"]
    assert levels_in(Sight()) == {"none": 4001}


def test_a_run_that_broke_off_begins_anew() -> None:
    publish(a_run(), [told("C1", "red")])

    def breaks() -> Iterator[Told]:
        yield from (told(f"D{number}") for number in range(2500))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        publish(a_run("r2"), breaks())
    current = current_run()
    assert current is not None and current.name == "r1"
    assert publish(a_run("r2"), [told("C2")]) == 1
    assert models.Standing.objects.count() == 1


def test_levels_are_counted_within_sight() -> None:
    publish(a_run(), [told("C1"), told("C2", "none", "B2"), told("C3", "", "B2")])
    assert levels_in(Sight(branch_id="B2")) == {"none": 1, "": 1}
    assert levels_in(Sight(manager_id="S9")) == {}
    assert levels_in(Sight(nothing=True)) == {}
    assert levels_by_branch() == {"B1": {"red": 1}, "B2": {"none": 1, "": 1}}


def test_no_share_is_told_where_money_came_in_or_assets_are_unknown() -> None:
    assert Standing("C1", "B1", "S1", net_out=Decimal(-5), net_assets=Decimal(5)).net_out_share is None
    assert Standing("C1", "B1", "S1", net_out=Decimal(5)).net_out_share is None
    assert Standing("C1", "B1", "S1", net_out=Decimal(5), net_assets=Decimal(-5)).net_out_share is None
