"""A model of a brokerage's clients: features by hand, nothing of the future, a whole fit, and its
explanations."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.small_books import Rows, sealed_from
from wanliu.book.calendar import continued
from wanliu.book.engine import duckdb_engine
from wanliu.book.seal import seal
from wanliu.book.sealed import Book
from wanliu.cli import main
from wanliu.errors import UsageError
from wanliu.foresight import book_model, outcomes
from wanliu.foresight.client_features import NAMES
from wanliu.foresight.client_months import Months, fact_plan, months_of, together
from wanliu.foresight.explanation import explained
from wanliu.foresight.hazard_numbers import hazard
from wanliu.simulator import simulate
from wanliu.text import choose_language
from wanliu.warning.run import days_between

# What they share takes a minute to make: it is made by one worker, not by each.
pytestmark = pytest.mark.xdist_group("model of a book")

DAY = date(2009, 10, 30)
TRADING = continued(()).between(date(2009, 1, 5), date(2009, 12, 31))


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    choose_language("en")
    yield
    choose_language(None)


def tables(until: date) -> dict[str, Rows]:
    """Two clients: one who moves half of it out in October and stops trading, one who does nothing new."""
    days = [day for day in TRADING if day <= until]
    moved = date(2009, 10, 15)
    assets = [
        {"client_id": who, "date": day, "cash": "0", "position_value": held, "net_assets": held}
        for day in days
        for who, held in (("a", "100000.00" if day < moved else "50000.00"), ("b", "80000.00"))
    ]
    trades = [
        {"order_id": f"{who}{day}", "client_id": who, "date": day, "turnover": "1000", "commission": "5"}
        for day in days
        for who in "ab"
        if who == "b" or day < moved
    ]
    flow = {
        "flow_id": "f",
        "client_id": "a",
        "date": moved,
        "direction": "out",
        "amount": "50000",
        "kind": "bank",
    }
    opened: dict[str, Any] = {"branch_id": "b1", "opened_on": date(2008, 1, 2), "kind": "person"}
    return {
        "clients": [{"client_id": who, **opened} for who in "ab"],
        "assets": assets,
        "trades": trades,
        "flows": [flow],
        "requests": [{"request_id": "r", "client_id": "a", "date": date(2009, 9, 20), "kind": "complaint"}],
    }


def features(book: Book, day: date) -> Months:
    with duckdb_engine(threads=1) as engine:
        return together(list(months_of(fact_plan(book, (day,)), engine)))


def test_features_by_hand(tmp_path: Path) -> None:
    months = features(sealed_from(tables(DAY), tmp_path / "book"), DAY)
    told = dict(zip(NAMES, months.features[0], strict=True))

    assert months.client_ids.tolist() == ["a", "b"]
    assert told["out_share_month"] == pytest.approx(0.5, abs=1e-4)
    assert told["complaints"] == 1
    last = max(day for day in TRADING if day < date(2009, 10, 15))
    assert told["idle"] == (DAY - last).days
    assert told["net_assets"] == 50000
    assert np.isnan(told["login_idle"])  # the book has no log-ins
    assert told["tenure"] == (DAY - date(2008, 1, 2)).days
    assert told["assets_change"] == pytest.approx(np.log(50001 / 100001))


def test_features_read_nothing_after_the_day(tmp_path: Path) -> None:
    until, beyond = (
        features(sealed_from(tables(end), tmp_path / end.isoformat()), DAY)
        for end in (DAY, date(2009, 12, 31))
    )

    assert np.array_equal(until.features, beyond.features, equal_nan=True)


@pytest.fixture(scope="module")
def brokerage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("brokerage")
    simulate(folder / "raw", clients=1500, first=date(2008, 1, 2), last=date(2009, 9, 30), seed=77)
    seal(folder / "raw", folder / "book")
    return folder


@pytest.fixture(scope="module")
def model(brokerage: Path) -> Path:
    span = ["--from", "2008-09-01", "--to", "2009-06-30"]
    code = main(["model", "fit", "--book", str(brokerage / "book"), *span, "-o", str(brokerage / "model")])
    assert code == 0
    return brokerage / "model"


def test_card_was_judged_on_later_days_beside_idle_time(model: Path) -> None:
    about, _ = book_model.load(model)
    told = about["card"]["trials"]["time"]

    assert set(told["figures"]) == {"model", "base rate", "idle time", "logistic RFM", "plain LightGBM"}
    assert {one["name"] for one in told["listed"]} == {"model", "idle time"}
    fitted_to = date.fromisoformat(told["from"]) - timedelta(days=about["horizon"])
    assert fitted_to > date.fromisoformat(about["card"]["times"][0])
    assert told["fitted_on"] + told["rows"] < about["card"]["rows"]  # a horizon lies between the two
    assert told["figures"]["model"]["auc"][0] > told["figures"]["idle time"]["auc"][0]


def test_scores_are_explained_by_contributions_that_add_up(brokerage: Path, model: Path) -> None:
    with duckdb_engine() as engine:
        _, day = book_model.score_day(model, Book.open(brokerage / "book"), date(2009, 9, 30), engine)
    top = np.argsort(-day.scores)[:5]

    told = explained(day.model, day.months.features[top], day.scores[top], float(day.scores.mean()))

    parts = day.model.contributions(day.months.features[top])
    assert parts.sum(axis=1) == pytest.approx(day.model.log_odds(day.months.features[top]))
    for one in told:
        assert len(one.sentences) == 3
        assert "{" not in one.text.zh + one.text.en
        assert "ask the client" in one.text.en
        assert "请问客户本人" in one.text.zh


def test_score_and_rank_from_the_command_line(
    brokerage: Path, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book, scores = str(brokerage / "book"), tmp_path / "s.csv"
    on = ["--as-of", "2009-09-30"]

    assert main(["model", "score", str(model), "--book", book, *on, "--explain", "3", "-o", str(scores)]) == 0
    told = rows(scores)
    assert [bool(one["why"]) for one in told[:4]] == [True, True, True, False]
    assert [float(one["score"]) for one in told] == sorted(
        (float(one["score"]) for one in told), reverse=True
    )

    first, second = tmp_path / "1.csv", tmp_path / "2.csv"
    words = ["rank", book, "--model", str(model), "--calls", "2", "--lang", "en"]
    assert main([*words, "--as-of", "2009-09-29", "-o", str(first)]) == 0
    assert main([*words, *on, "--yesterday", str(first), "-o", str(second)]) == 0
    assert "not been measured" in capsys.readouterr().out
    by_adviser: dict[str, int] = {}
    for one in rows(second):
        by_adviser[one["adviser"]] = by_adviser.get(one["adviser"], 0) + 1
    assert max(by_adviser.values()) <= 2
    kept = {one["client_id"] for one in rows(first)} & {one["client_id"] for one in rows(second)}
    assert len(kept) > len(rows(first)) / 2


def test_of_too_many_clients_a_sample_is_learnt_from(
    brokerage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = Book.open(brokerage / "book")
    days = days_between(book.calendar, date(2008, 9, 1), date(2009, 6, 30), "month-end")
    monkeypatch.setattr(outcomes, "hazard", lambda: replace(hazard(), most_clients=750))

    with duckdb_engine() as engine:
        some = outcomes.known_outcomes(book, days, 90, engine)
        every = outcomes.known_outcomes(book, days, 90, engine)
        assert engine.only is None

    assert some.clients_share == 0.5 and sum(some.counts.values()) < 750 * len(days)
    assert some.months.client_ids.tolist() == every.months.client_ids.tolist()
    drawn = {hashlib.md5(one.encode(), usedforsecurity=False).hexdigest() for one in some.months.client_ids}
    assert drawn and all(one < "80000000" for one in drawn)


def test_fit_span_without_a_whole_horizon_is_refused(brokerage: Path, tmp_path: Path) -> None:
    asked = book_model.Asked(Book.open(brokerage / "book"), date(2009, 8, 1), date(2009, 9, 30), 90)

    with duckdb_engine() as engine, pytest.raises(UsageError, match="at least 3"):
        book_model.fit(asked, engine, tmp_path / "m")


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))
