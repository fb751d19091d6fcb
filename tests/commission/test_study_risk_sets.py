"""From a small book to rows: who is treated, what was known before, and that names do not matter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from tests.small_books import sealed_from
from wanliu.book.sealed import Book
from wanliu.commission.study.ground import prepare
from wanliu.commission.study.numbers import numbers
from wanliu.commission.study.risk_sets import Rows, labels_known, risk_set

NUMBERS = numbers()
LANDMARK = date(2026, 6, 12)
CUT = date(2026, 6, 10)
WHO = ("A", "B", "C", "D")
"""A is cut in the week, B asked and was refused, C has no trade at all, D was cut once long ago."""


def the_book(path: Path, names: Mapping[str, str]) -> Book:
    def row(who: str, **more: object) -> dict[str, object]:
        return {"client_id": names[who], **more}

    clients = [
        row(who, branch_id="X", opened_on=date(2020, 1, 1) + timedelta(days=ord(who)),
            commission_rate="0.0002", min_commission=5)
        for who in WHO
    ]  # fmt: skip
    assets = [
        row(who, date=day, cash=1000, position_value=9000 * ord(who), net_assets=1000 + 9000 * ord(who))
        for who in WHO
        for day in (date(2026, 2, 2), CUT - timedelta(days=1), LANDMARK)
    ]
    days = (date(2026, 3, 20), date(2026, 6, 1), CUT)
    trades = [
        row(who, order_id=f"{names[who]}{day:%m%d}", date=day, turnover=10_000, commission=5)
        for who in "ABD"
        for day in days
    ]
    requests = [
        row("A", request_id="1", date=CUT - timedelta(days=3), kind="commission_cut", outcome="granted"),
        row("B", request_id="2", date=CUT - timedelta(days=4), kind="commission_cut", outcome="refused"),
    ]
    changes = [
        row("A", date=CUT, old_rate="0.0003", new_rate="0.0002"),
        row("D", date=date(2026, 3, 1), old_rate="0.0005", new_rate="0.0002"),
        row("B", date=CUT, old_rate="0.0002", new_rate="0.00025"),
    ]
    return sealed_from(
        {
            "clients": clients,
            "assets": assets,
            "trades": trades,
            "requests": requests,
            "rate_changes": changes,
            "profile_changes": [row("C", date=LANDMARK + timedelta(days=9), what="phone", new="x")],
        },
        path,
    )


def labels(names: Mapping[str, str]) -> pa.Table:
    """A left, B is censored, C only fell with the market, D stayed."""
    said = {
        "A": ("implicit", False, False),
        "B": (None, True, False),
        "C": ("shallow", False, True),
        "D": ("stayed", False, False),
    }
    rows = [
        {
            "client_id": names[who],
            "as_of": LANDMARK,
            "label": label,
            "censored": censored,
            "by_price": fell,
            "valid": True,
            "net_assets": 1000 + 9000 * ord(who),
        }
        for who, (label, censored, fell) in said.items()
    ]
    return pa.Table.from_pylist(rows)


def rows_of(path: Path, names: Mapping[str, str], arm: str = "cut") -> Rows:
    book = the_book(path, names)
    with duckdb.connect() as connection:
        prepare(connection, book, NUMBERS)
        labels_known(connection, {horizon: labels(names) for horizon in NUMBERS.horizons}, [LANDMARK])
        return risk_set(connection, book, arm, NUMBERS.horizons, NUMBERS)


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rows]:
    yield rows_of(tmp_path_factory.mktemp("risk") / "book", {who: who for who in WHO})


def test_only_a_cut_of_the_week_treats(rows: Rows) -> None:
    """B's rate was raised, D's cut was long ago."""
    assert rows.treated.tolist() == [True, False, False, False]
    assert rows.facts["prior_cuts"].tolist() == [0, 0, 0, 1]
    assert rows.facts["nth"][0] == 1
    assert set(rows.facts["ref"].tolist()) == {(CUT - date(1970, 1, 1)).days}, (
        "only one day of cuts to draw from"
    )


def test_leaving_is_read_as_labelled_and_not_where_prices_fell(rows: Rows) -> None:
    left = rows.left[NUMBERS.horizons[0]]

    assert left[[0, 2, 3]].tolist() == [1, 0, 0]
    assert np.isnan(left[1]), "a censored outcome is in no share"


def test_the_past_ends_the_day_before(rows: Rows) -> None:
    """The order of the day itself may already pay the new rate; the request of that day came before."""
    assert rows.facts["orders_90"].tolist() == [2, 2, 0, 2]
    assert rows.facts["orders_30"].tolist() == [1, 1, 0, 1]
    assert rows.facts["turnover_90"].tolist() == [20_000, 20_000, 0, 20_000]
    assert rows.facts["asked_7"].tolist() == [1, 1, 0, 0]
    assert rows.facts["rate"].tolist() == pytest.approx([0.0003, 0.0002, 0.0002, 0.0002])


def test_a_client_without_trades_counts_and_has_zeros(rows: Rows) -> None:
    place = WHO.index("C")

    assert rows.facts["active_share"][place] == 0
    assert rows.facts["net_assets"][place] == 1000 + 9000 * ord("C")
    assert rows.facts["moved"].tolist() == [0, 0, 1, 0]


def test_other_names_give_the_same_rows(rows: Rows, tmp_path: Path) -> None:
    other = rows_of(tmp_path / "book", dict(zip(WHO, ("Z", "Y", "X", "W"), strict=True)))

    for name, values in rows.facts.items():
        np.testing.assert_array_equal(other.facts[name][::-1], values, err_msg=name)
    assert other.treated[::-1].tolist() == rows.treated.tolist()


@pytest.mark.parametrize("arm", ["contact", "adviser", "complaint"])
def test_an_arm_that_nobody_got_has_no_rows(arm: str, tmp_path: Path) -> None:
    assert len(rows_of(tmp_path / "book", {who: who for who in WHO}, arm)) == 0
