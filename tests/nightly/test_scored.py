"""A night with a model: who is scored and who never, what the list makes of it, and a model that cannot be
used."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.foresight.people import trading_days
from tests.nightly.conftest import DAY
from tests.nightly.test_night import a_night, counts
from tests.web import make_user
from wanliu.book.engine import duckdb_engine
from wanliu.book.seal import seal
from wanliu.book.sealed import Book
from wanliu.cases.figures import order
from wanliu.cases.models import Line
from wanliu.directory.queries import current_run, listed, standings_of, with_a_level
from wanliu.directory.scoring import NO_MODEL, UNUSABLE, Scoring
from wanliu.exits.actions import request_exit
from wanliu.foresight import book_model, kept
from wanliu.nightly.models import Prediction
from wanliu.nightly.places import Places
from wanliu.people.actions import note_choice
from wanliu.people.queries import person

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.xdist_group("scored nights"),  # its fixture takes a minute: made once, not once a worker
]
Arrive = Callable[..., Path]


@pytest.fixture(scope="session")
def model(delivery: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fitted on the first year of the brokerage alone."""
    folder = tmp_path_factory.mktemp("model")
    seal(delivery, folder / "book")
    asked = book_model.Asked(Book.open(folder / "book"), date(2008, 4, 1), date(2009, 6, 30), 90)
    with duckdb_engine() as engine:
        book_model.fit(asked, engine, folder / "model")
    return folder / "model"


@pytest.fixture
def in_place(home: Path, model: Path) -> Path:
    target = Places(home).model
    target.parent.mkdir(parents=True)
    shutil.copytree(model, target)
    return target


def scoring() -> Scoring:
    run = current_run()
    assert run is not None and run.scoring is not None
    return run.scoring


# --- without a model ------------------------------------------------------------------------------


def test_without_a_model_nothing_is_scored_and_the_order_is_said(
    home: Path, arrive: Arrive, delivery: Path
) -> None:
    arrive(delivery)
    night = a_night(home)

    assert night.state == "done" and not night.why.zh
    assert scoring().method == NO_MODEL and scoring().scored == 0
    assert all(one.chance is None and one.priority is None for one in with_a_level())
    assert not Line.objects.filter(priority__isnull=False).exists()
    rows = pq.read_table(Places(home).predictions / f"{DAY}.parquet")
    assert rows["p"].null_count == rows.num_rows  # levels alone are predicted, and watched
    assert set(rows["level"].to_pylist()) >= {"none", "yellow"}


# --- with one -------------------------------------------------------------------------------------


def test_a_model_orders_the_list_and_keeps_within_capacity(
    home: Path, arrive: Arrive, delivery: Path, in_place: Path
) -> None:
    arrive(delivery)
    night = a_night(home)

    told = scoring()
    assert told.model == kept.fingerprint(in_place) and told.name in told.method.en
    standings = list(with_a_level())
    on_list = [one for one in standings if one.call_place]
    assert counts(night)["listed"] == len(on_list) == len(listed()) > 0
    most: dict[str, int] = {}
    for one in on_list:
        assert one.chance is not None and one.expected is not None and len(one.explained) == 3
        adviser = one.manager_id or one.branch_id
        most[adviser] = max(most.get(adviser, 0), one.call_place or 0)
    assert max(most.values()) <= order().list.capacity
    lines = {line.client_id: line.priority for line in Line.objects.filter(kind="retention")}
    priorities = {one.client_id: one.priority for one in standings}
    assert lines and all(lines[id] == priorities[id] for id in lines)


@pytest.mark.usefixtures("in_place")
def test_who_said_no_who_leaves_and_whose_account_is_closed_is_never_scored(
    home: Path, arrive: Arrive, delivery: Path
) -> None:
    arrive(delivery)
    a_night(home)
    refuses, leaves = sorted(listed())[:2]
    clerk = make_user("counter_clerk", branch=person(leaves).branch_id)
    note_choice(client_id=refuses, what="scoring_opt_out", value="yes", source="phone", by=clerk)
    request_exit(client_id=leaves, kind="close_account", channel="counter", by=clerk)

    a_night(home)

    found = standings_of([refuses, leaves])
    assert found[refuses].level == ""  # not judged at all
    for one in (refuses, leaves):
        assert found[one].chance is None and found[one].priority is None and not found[one].explained
    assert not Line.objects.filter(client_id__in=(refuses, leaves), priority__isnull=False).exists()
    closed = [
        id for id, one in standings_of(all_clients(home)).items() if person(id).closed_on and one.chance
    ]
    assert closed == []


def all_clients(home: Path) -> list[str]:
    return [str(one) for one in pq.read_table(_run(home) / "figures.parquet")["client_id"].to_pylist()]


def _run(home: Path) -> Path:
    run = current_run()
    assert run is not None
    return Places(home).runs / run.name


@pytest.mark.usefixtures("in_place")
def test_the_same_night_twice_says_the_same(home: Path, arrive: Arrive, delivery: Path) -> None:
    arrive(delivery)
    first, before = a_night(home), listed()
    body = (Places(home).predictions / f"{DAY}.parquet").read_bytes()

    second = a_night(home)

    assert second.run == first.run and listed() == before
    assert (counts(first)["predicted"], counts(second)["predicted"]) == (1, 0)
    assert "overlap" not in counts(second)  # still nothing to compare the first list with
    assert (Places(home).predictions / f"{DAY}.parquet").read_bytes() == body
    assert Prediction.objects.count() == 1


def test_another_model_is_another_run_and_tells_how_much_of_the_list_stays(
    home: Path, arrive: Arrive, delivery: Path, in_place: Path
) -> None:
    arrive(delivery)
    first = a_night(home)
    shutil.rmtree(in_place)
    removed = a_night(home)

    assert removed.run != first.run and not listed()
    assert not Line.objects.filter(priority__isnull=False).exists()
    assert Prediction.objects.get().model  # what was said first of the day stands


@pytest.mark.parametrize("damage", ["altered", "cut", "other_format", "no_model"])
def test_a_model_that_cannot_be_used_costs_its_scores_alone_and_is_told(
    home: Path, arrive: Arrive, delivery: Path, in_place: Path, damage: str
) -> None:
    about = in_place / "model.json"
    if damage == "altered":
        about.write_text(about.read_text("utf-8").replace('"calibration"', '"kalibration"'), "utf-8")
    elif damage == "cut":
        trees = in_place / "trees-0.txt"
        trees.write_bytes(trees.read_bytes()[:500])
    elif damage == "other_format":
        resealed(in_place, '"format": 1', '"format": 99')
    else:
        shutil.rmtree(in_place)
        in_place.write_text("not a folder")
    arrive(delivery)

    night = a_night(home)

    assert night.state == "done" and "模型没有用上" in night.why.zh and "not used" in night.why.en
    assert scoring().method == UNUSABLE
    assert list(with_a_level()) and Line.objects.exists()
    assert not any(one.chance for one in with_a_level())


def test_a_model_with_forged_hashes_that_breaks_while_scoring_costs_its_scores_alone(
    home: Path, arrive: Arrive, delivery: Path, in_place: Path
) -> None:
    resealed(in_place, '"trials"', '"trails"')
    arrive(delivery)

    night = a_night(home)

    assert night.state == "done" and "KeyError" in night.why.zh
    assert not (_run(home) / "scores.parquet").exists() and list(with_a_level())


def resealed(folder: Path, old: str, new: str) -> None:
    from hashlib import sha256

    body = (folder / "model.json").read_text("utf-8").replace(old, new)
    (folder / "model.json").write_text(body, "utf-8")
    (folder / "model.sha256").write_text(sha256(body.encode()).hexdigest() + "\n", "utf-8")


@pytest.mark.usefixtures("in_place")
def test_what_a_model_says_of_days_that_it_learnt_from_is_no_prediction(
    home: Path, arrive: Arrive, delivery: Path
) -> None:
    arrive(delivery)
    night = a_night(home, as_of=max(day for day in trading_days() if day <= date(2009, 5, 29)))

    assert "不算预测" in night.why.zh
    assert not Prediction.objects.exists()  # the book knows later days, too
    assert scoring().scored > 0 and DAY - timedelta(days=90) > date(2009, 5, 29)
