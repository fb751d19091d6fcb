"""A night from a delivery to the list: once, twice, refused, and killed anywhere."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.nightly.conftest import DAY
from tests.web import make_user
from wanliu.audit.chain import verify
from wanliu.book.atomic import locked
from wanliu.book.sealed import Book
from wanliu.cases import queries as cases
from wanliu.cases.track import WORKING
from wanliu.clock import day_of
from wanliu.directory.queries import current_run, months_of, signals_of, standing_of, with_a_level
from wanliu.errors import EnvironmentFailed
from wanliu.exits.queries import open_exits
from wanliu.nightly.actions import run_night
from wanliu.nightly.places import Places
from wanliu.nightly.queries import NightView, last_night, nights
from wanliu.people.actions import note_choice
from wanliu.people.queries import persons
from wanliu.people.rights import Sight
from wanliu.ruleset import load

pytestmark = pytest.mark.django_db
Arrive = Callable[..., Path]


def a_night(home: Path, **asked: Any) -> NightView:
    return run_night(home, load("standard"), **asked)


def counts(night: NightView) -> dict[str, Any]:
    return {
        key: value for step in night.steps for key, value in step.items() if key not in ("step", "seconds")
    }


def working() -> set[tuple[str, str]]:
    return {
        (client_id, case.kind)
        for client_id in cases.clients_at_work()
        for case in cases.cases_of_client(client_id)
        if case.state in WORKING
    }


def test_without_a_delivery_the_night_says_so_and_watches_deadlines_all_the_same(home: Path) -> None:
    night = a_night(home)
    assert (night.state, night.as_of) == ("done", None)
    assert [step["step"] for step in night.steps] == ["deliveries", "deadlines", "records"]


def test_a_delivery_becomes_a_list_with_cases(home: Path, arrive: Arrive, delivery: Path) -> None:
    arrive(delivery)
    night = a_night(home)
    run = current_run()
    assert night.state == "done" and run is not None
    assert (night.as_of, run.as_of, run.name) == (DAY, DAY, night.run)
    levels = {one.client_id: one.level for one in with_a_level()}
    kept = {client_id for client_id, kind in working() if kind == "retention"}
    assert kept and kept <= {id for id, level in levels.items() if level in ("red", "orange", "yellow")}
    assert counts(night)["opened"] == len(kept)
    assert Places(home).waiting() == []
    assert (Places(home).heads / f"{last_night_day()}.json").is_file()
    assert verify().holds


def last_night_day() -> str:
    night = last_night()
    assert night is not None and night.ended_at is not None
    return day_of(night.ended_at).isoformat()


def test_the_same_night_twice_changes_nothing(home: Path, arrive: Arrive, delivery: Path) -> None:
    arrive(delivery)
    first = a_night(home)
    events, before = verify().events, working()
    second = a_night(home)
    assert second.run == first.run
    told = counts(second)
    assert (told["opened"], told["clients"], told["added"], told["changed"]) == (0, 0, 0, 0)
    assert working() == before
    # that the clients were looked at is an event of its own, and nothing else is
    assert verify().events == events + 1


def test_the_same_delivery_again_leaves_the_same_run(home: Path, arrive: Arrive, delivery: Path) -> None:
    arrive(delivery)
    first = a_night(home)
    arrive(delivery)
    assert a_night(home).run == first.run
    assert sorted(one.name for one in Places(home).taken.iterdir()) == ["2009-10", "2009-10.2"]


def test_the_clients_managers_get_their_cases(home: Path, arrive: Arrive, delivery: Path) -> None:
    arrive(delivery)
    with duckdb.connect() as connection:
        managers = connection.execute(
            f"SELECT DISTINCT manager_id, branch_id FROM read_parquet('{delivery}/clients/*.parquet') "
            f"WHERE manager_id IS NOT NULL"
        ).fetchall()
    for manager_id, branch_id in managers:
        make_user("adviser", branch=branch_id, staff=manager_id)
    a_night(home)
    for client_id, kind in working():
        (case,) = (one for one in cases.cases_of_client(client_id) if one.kind == kind)
        if kind == "retention" and case.manager_id:
            assert case.state == "assigned" and case.assignee_id is not None


def test_a_client_who_opted_out_is_not_judged(home: Path, arrive: Arrive, delivery: Path) -> None:
    arrive(delivery)
    first = a_night(home)
    client_id = next(one.client_id for one in with_a_level() if one.level == "red")
    client = persons([client_id])[client_id]
    head = make_user("branch_head", branch=client.branch_id)
    note_choice(client_id=client_id, what="scoring_opt_out", value="yes", source="phone", by=head)
    second = a_night(home)
    standing = standing_of(client_id)
    assert second.run != first.run and standing is not None
    assert (standing.level, standing.fired, standing.why.zh) == ("", (), "")
    assert signals_of(client_id) == []


# --- deliveries that are refused ------------------------------------------------------------------


def broken(arrived: Path) -> None:
    """Clients that cannot be read."""
    shutil.rmtree(arrived / "clients")
    (arrived / "clients.csv").write_text("客户,没有,意义\n1,2,3\n", "utf-8")


def test_a_refused_delivery_leaves_the_list_standing_and_is_said_loudly(
    home: Path, arrive: Arrive, delivery: Path
) -> None:
    arrive(delivery)
    a_night(home)
    run, before = current_run(), working()
    broken(arrive(delivery, "2009-11"))
    night = a_night(home)
    assert (night.state, night.delivery) == ("refused", "2009-11")
    assert night.why.zh and night.why.en
    assert current_run() == run and working() == before
    assert [one.name for one in Places(home).waiting()] == ["2009-11"]


def test_after_a_refusal_deadlines_are_watched_and_the_day_is_closed(
    home: Path, arrive: Arrive, delivery: Path
) -> None:
    broken(arrive(delivery))
    night = a_night(home)
    assert [step["step"] for step in night.steps] == ["deliveries", "deadlines", "records"]


def test_a_delivery_that_is_still_being_copied_waits(home: Path, arrive: Arrive, delivery: Path) -> None:
    arrive(delivery, "2009-10.part")
    assert counts(a_night(home))["taken"] == 0
    assert current_run() is None


# --- what goes wrong ------------------------------------------------------------------------------


def test_two_nights_at_once_are_not_possible(home: Path) -> None:
    home.mkdir()
    with locked(Places(home).lock), pytest.raises(EnvironmentFailed):
        a_night(home)
    assert nights() == []


def test_a_night_that_fails_is_noted_with_its_step(
    home: Path, arrive: Arrive, delivery: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive(delivery)

    def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("wanliu.nightly.actions.on_directory.publish", fails)
        with pytest.raises(RuntimeError):
            a_night(home)
    night = last_night()
    assert night is not None and night.state == "failed"
    assert [step["step"] for step in night.steps][-3:] == ["score", "deadlines", "records"]
    assert a_night(home).state == "done"


# --- by a second road -----------------------------------------------------------------------------


def test_the_figures_are_those_of_the_book(home: Path, arrive: Arrive, delivery: Path) -> None:
    arrive(delivery)
    a_night(home)
    book = Book.open(Places(home).book)
    with duckdb.connect() as connection:

        def rows(table: str, client_id: str) -> list[dict[str, Any]]:
            found = connection.execute(
                f"SELECT * FROM ({book.rows_of(table)}) WHERE client_id = ?", [client_id]
            )
            names = [column[0] for column in found.description or ()]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall() if row]

        for standing in list(with_a_level())[:25]:
            id = standing.client_id
            assets = sorted(rows("assets", id), key=lambda row: row["date"])
            fresh = [row for row in assets if (DAY - row["date"]).days < 31]
            assert standing.net_assets == (fresh[-1]["net_assets"] if fresh else None)
            trades = rows("trades", id)
            assert standing.last_trade_on == max((row["date"] for row in trades), default=None)
            flows = rows("flows", id)
            void = {row["reverses"] for row in flows}
            out = sum(
                (row["amount"] if row["direction"] == "out" else -row["amount"])
                for row in flows
                if row["kind"] in ("bank", "securities")
                and row["reverses"] is None
                and row["flow_id"] not in void
                and 0 <= (DAY - row["date"]).days < 30
            )
            assert standing.net_out == out
            begins = book.first_date("trades")
            assert begins is not None
            for month in months_of(id):
                if month.month < f"{begins:%Y-%m}":
                    assert month.trades is None
                    continue
                of_month = [row for row in trades if f"{row['date']:%Y-%m}" == month.month]
                assert month.trades == len(of_month)
                assert month.commission is not None
                assert abs(month.commission - sum(row["commission"] for row in of_month)) < Decimal("0.01")


def test_an_open_request_to_leave_becomes_an_exit_and_starts_no_retention(
    home: Path, arrive: Arrive, delivery: Path
) -> None:
    arrive(delivery)
    a_night(home)
    book = Book.open(Places(home).book)
    with duckdb.connect() as connection:
        asked = connection.execute(
            f"SELECT r.client_id FROM ({book.rows_of('requests')}) r "
            f"WHERE kind IN ('close_account', 'transfer_custody', 'revoke_designation') "
            f"AND closed_on IS NULL AND coalesce(outcome, 'open') = 'open' "
            f"AND NOT EXISTS (SELECT 1 FROM ({book.rows_of('exits')}) x "
            f"WHERE x.client_id = r.client_id AND x.date >= r.date)"
        ).fetchall()
    leaving = {one.client_id for one in open_exits(Sight())}
    assert leaving == {client_id for (client_id,) in asked}
    assert not leaving & {client_id for client_id, kind in working() if kind == "retention"}
