"""Tariffs: what ships is whole, and every fault is refused in a clear sentence."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from wanliu.commission.law import SHIPPED, load_law
from wanliu.commission.tariff import load_tariffs
from wanliu.errors import ContentRefused, UsageError

TODAY = date(2026, 11, 27)
GUIDE = date(2009, 11, 28)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped tariffs, to be broken."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "tariffs"))


def broken(folder: Path, file: str, old: str, new: str) -> ContentRefused:
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(ContentRefused) as refused:
        load_tariffs(folder)
    assert refused.value.message.zh != refused.value.message.en
    return refused.value


def test_every_day_since_the_ceiling_has_one_tariff_and_all_charges() -> None:
    tariffs = load_tariffs()
    day = tariffs.law.limit.since
    while day <= TODAY:
        assert sum(one.holds(day) for one in tariffs.versions) == 1
        assert len(tariffs.law.on(day)) == 4
        day += timedelta(days=1) if day.day in (1, 28, 29, 30, 31) else timedelta(days=9)


def test_2009_and_today_have_the_published_numbers() -> None:
    tariffs = load_tariffs()

    assert tariffs.law.inside(GUIDE) == Decimal("0.00015"), "0.04‰ + 0.11‰"
    assert tariffs.law.inside(TODAY) == Decimal("0.0000541"), "0.02‰ + 0.0341‰"
    stamp = {one.id: one for one in tariffs.law.on(TODAY)}["stamp"]
    assert (stamp.rate, stamp.sides) == (Decimal("0.0005"), "sell")
    assert tariffs.law.limit.rate == Decimal("0.003")
    assert [tier.rate for tier in tariffs.on(TODAY).tiers] == [
        Decimal("0.00025"),
        Decimal("0.0002"),
        Decimal("0.00015"),
    ]


def test_the_floor_is_levies_and_the_documented_cost_of_service() -> None:
    tariffs = load_tariffs()

    assert tariffs.on(TODAY).floor(tariffs.law, TODAY) == Decimal("0.0000841")


def test_levies_change_on_their_day() -> None:
    law = load_law()

    steps = law.levy_steps(date(2023, 8, 25), date(2023, 9, 1))

    assert steps == [(date(2023, 8, 25), Decimal("0.0000687")), (date(2023, 8, 28), Decimal("0.0000541"))]


def test_a_day_before_every_version_is_refused() -> None:
    with pytest.raises(UsageError) as refused:
        load_tariffs().on(date(2001, 1, 2))

    assert "2002-05-01" in refused.value.message.en


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("2015.toml", "until = 2024-12-31", "until = 2024-11-30", "from 2024-12-01 to 2024-12-31"),
        ("2015.toml", "until = 2024-12-31", "until = 2025-01-31", "two versions hold from 2025-01-01"),
        ("2015.toml", "until = 2024-12-31\n", "", "has no end although another begins on 2025-01-01"),
        ("2015.toml", "until = 2024-12-31", "until = 2014-12-31", "before it begins"),
        ("2026.toml", 'rate = "万1.5"', 'rate = "万0.84"', "is below the floor 0.00841%"),
        ("2009.toml", 'rate = "2.5‰"', 'rate = "3.01‰"', "is above the ceiling 0.3%"),
        ("2026.toml", 'rate = "万2.5"', 'rate = "2.5"', "has no sign"),
        ("2026.toml", 'rate = "万2.5"', 'rate = "万三免五"', "is no rate"),
        ("2026.toml", 'rate = "万2.5"', "rate = -0.00025", "is no rate"),
        ("2026.toml", 'minimum = "5.00"', 'minimum = "-5"', "cannot be negative"),
        ("2026.toml", 'minimum = "5.00"', 'minimum = "6"', "above the most allowed, 5.00 yuan"),
        ("2026.toml", 'minimum = "5.00"\n', "", "minimum"),
        ("2026.toml", 'rate = "万2"', 'rate = "万3"', "must ask for more, and cost no more"),
        ("2026.toml", 'assets_at_least = "2000000"', 'assets_at_least = "400000"', "must ask for more"),
        ("2026.toml", 'id = "from_2m"', 'id = "from_500k"', "the same id"),
        ("2026.toml", 'checker = "wanliu-reviewers"', 'checker = "wanliu-authors"', "two people"),
        ("2026.toml", "approved_on = 2025-12-10", "approved_on = 2026-01-02", "after it began"),
        ("2026.toml", "answer_days = 5", "answer_days = 0", "answer_days"),
        ("2026.toml", "answer_days = 5", "answer_days = 5\nscore = 1", "score"),
        ("law.toml", '"0.04‰"\nsince = 2002-05-01', '"0.04‰"\nsince = 2003-05-01', "whole from"),
        ("law.toml", 'id = "regulator"\nrate = "0.02‰"', 'id = "exchange"\nrate = "0.02‰"', "exchange"),
        ("law.toml", "since = 2023-08-28", "since = 2023-09-28", "no version holds from 2023-08-28"),
        ("law.toml", "until = 2012-08-31", "until = 2012-09-30", "two versions hold"),
        ("law.toml", 'standing = "secondary"', 'standing = "sure"', "standing"),
        ("law.toml", "scope", "scope = [", "cannot be read"),
    ],
)  # fmt: skip
def test_a_fault_is_refused_with_its_place(folder: Path, file: str, old: str, new: str, said: str) -> None:
    assert said in broken(folder, file, old, new).message.en


def test_missing_levies_are_named(folder: Path) -> None:
    law = folder / "law.toml"
    kept = [part for part in law.read_text("utf-8").split("[[charges]]") if 'id = "regulator"' not in part]
    law.write_text("[[charges]]".join(kept), "utf-8")

    with pytest.raises(ContentRefused) as refused:
        load_tariffs(folder)

    assert "charges are missing: regulator" in refused.value.message.en
    assert "缺少税费：regulator" in refused.value.message.zh


def test_a_levy_raised_within_a_version_counts_for_its_floor(folder: Path) -> None:
    law = folder / "law.toml"
    raised = (
        '\n[[charges]]\nid = "exchange"\nrate = "0.2‰"\nsince = 2026-06-01\n'
        'source = "t"\nstanding = "memory"\n'
    )
    text = law.read_text("utf-8").replace(
        "since = 2023-08-28\n", "since = 2023-08-28\nuntil = 2026-05-31\n", 1
    )
    law.write_text(text + raised, "utf-8")

    with pytest.raises(ContentRefused) as refused:
        load_tariffs(folder)

    assert "below the floor 0.025%" in refused.value.message.en


def test_a_folder_without_tariffs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentRefused):
        load_tariffs(tmp_path)
