"""Predictions are kept once, measured when their time has passed, and the house says where they no longer
hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests.foresight.test_watching import BAD, month
from tests.nightly.conftest import DAY
from tests.nightly.test_night import a_night, counts
from wanliu.audit.chain import verify
from wanliu.book.engine import duckdb_engine
from wanliu.book.seal import seal
from wanliu.book.sealed import Book
from wanliu.clock import now
from wanliu.directory.queries import current_run, with_a_level
from wanliu.foresight.labels import LEAVING, labels_of
from wanliu.foresight.measuring import as_json
from wanliu.foresight.predicted import SCHEMA, file_of, store
from wanliu.foresight.watch_numbers import watch as numbers
from wanliu.nightly import watching
from wanliu.nightly.models import Prediction
from wanliu.nightly.places import Places
from wanliu.nightly.predictions import watch

pytestmark = pytest.mark.django_db
Arrive = Callable[..., Path]
PAST = date(2009, 6, 30)
HORIZON = 90


@pytest.fixture(scope="session")
def labels(delivery: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bool]:
    """Client → whether they left, of those of whom the book knows."""
    folder = tmp_path_factory.mktemp("labelled") / "book"
    seal(delivery, folder)
    with duckdb_engine() as engine:
        rows = labels_of(Book.open(folder), [PAST], HORIZON, engine).to_pylist()
    return {
        row["client_id"]: row["label"] in LEAVING and not row["by_price"]
        for row in rows
        if row["valid"] and not row["censored"] and row["label"]
    }


def predicted(home: Path, client_ids: list[str], as_of: date = PAST) -> None:
    """As a night of then would have left it."""
    of_all = {"as_of": as_of, "run": "r", "level": "none", "p": 0.02, "horizon": HORIZON, "model": "m"}
    rows = [{**of_all, "client_id": id} for id in sorted(client_ids)]
    day = store(Places(home).predictions, pa.Table.from_pylist(rows, schema=SCHEMA))
    assert day is not None
    watching.note_prediction(day=day)


def test_a_night_measures_what_has_had_its_time_and_once(
    home: Path, arrive: Arrive, delivery: Path, labels: dict[str, bool]
) -> None:
    predicted(home, [*labels, "NOBODY"])
    predicted(home, [*labels], as_of=PAST - timedelta(days=1))  # not the last of its month
    arrive(delivery)

    first = a_night(home)
    events = verify().events
    second = a_night(home)

    assert (counts(first)["measured"], counts(second)["measured"]) == (1, 0)
    assert verify().events == events + 1  # that the clients were looked at, as ever
    (told,) = watch().months
    assert told.as_of == PAST and told.model == "m"
    assert (told.measured.predicted, told.measured.known) == (len(labels) + 1, len(labels))
    assert told.measured.left == sum(labels.values()) > 0
    expected = 0.02 * len(labels)
    assert told.measured.ratio.value == pytest.approx(sum(labels.values()) / expected)
    assert [one.as_of for one in watch().waiting] == [DAY]


def test_what_was_killed_between_the_file_and_its_record_is_done_by_the_next_night(
    home: Path, arrive: Arrive, delivery: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive(delivery)

    def killed(**_: Any) -> bool:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(watching, "note_prediction", killed)
        with pytest.raises(RuntimeError):
            a_night(home)
    assert current_run() is None and not Prediction.objects.exists()
    body = file_of(Places(home).predictions, DAY).read_bytes()

    assert a_night(home).state == "done"

    assert file_of(Places(home).predictions, DAY).read_bytes() == body
    assert Prediction.objects.get().as_of == DAY and list(with_a_level())


def test_an_altered_file_is_told_every_night_and_measures_nothing(
    home: Path, arrive: Arrive, delivery: Path, labels: dict[str, bool]
) -> None:
    predicted(home, [*labels])
    file = file_of(Places(home).predictions, PAST)
    file.chmod(0o644)
    file.write_bytes(file.read_bytes() + b"x")
    arrive(delivery)

    for _ in range(2):
        night = a_night(home)
        assert night.state == "done" and "改动过" in night.why.zh
        assert counts(night)["measured"] == 0
    assert watch().months == () and list(with_a_level())


def test_files_with_client_numbers_are_deleted_long_after_their_time(home: Path) -> None:
    predicted(home, ["C1"])
    file, places = file_of(Places(home).predictions, PAST), Places(home)
    last = PAST + timedelta(days=HORIZON + numbers().keep_days)

    watching.forget_old_files(places, last)
    assert file.exists()
    watching.forget_old_files(places, last + timedelta(days=1))
    assert not file.exists() and Prediction.objects.count() == 1


def test_decay_is_told_in_the_night_and_its_result(home: Path, arrive: Arrive, delivery: Path) -> None:
    measured_months(BAD, BAD)
    arrive(delivery)

    night = a_night(home)

    levels = watch().decayed
    assert counts(night)["decayed"] == len(levels)
    assert "连续 2 个月" in night.why.zh


def measured_months(*ratios: Any, model: str = "") -> None:
    """Months of 2008 that were measured; of a model where the latest prediction has none, levels alone
    count."""
    for place, _ in enumerate(ratios, start=1):
        told = as_json(month(place).measured)
        told["levels"] = [LOST]
        Prediction.objects.create(
            as_of=date(2008, place, 28),
            ends_on=date(2008, place, 28) + timedelta(days=HORIZON),
            horizon=HORIZON,
            run=f"r{place}",
            model=model,
            clients=100,
            hash="0" * 64,
            stored_at=now(),
            measured_at=now(),
            told=told,
        )


LOST = {
    "name": "call",
    "clients": 50,
    "left": 1,
    "expected": None,
    "share": [0.02, 0.01, 0.04],
    "lift": [0.5, 0.3, 0.8],
}
"""Red and orange that come true less often than clients drawn by lot."""
