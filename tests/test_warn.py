"""`wanliu warn` as an analyst runs it: what it leaves, what it refuses, that it repeats itself."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.brokerage import COMPLAINER, EVERYONE, LEAVER, SLEEPER, trading_days, write_brokerage
from wanliu.cli import main
from wanliu.cli.commands import warn as warning_command
from wanliu.report import xlsx_files
from wanliu.ruleset import load

D = "2009-10-31"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("warn")
    raw = write_brokerage(folder / "raw")
    assert main(["seal", str(raw), "-o", str(folder / "book")]) == 0
    return folder / "book"


def warn(book: Path, out: Path, *more: str) -> int:
    days = () if "--from" in more else ("--as-of", D)
    return main(["warn", str(book), "-o", str(out), *days, *more])


def levels(out: Path) -> dict[str, str]:
    return dict(duckdb.read_parquet(str(out / "warnings.parquet")).select("client_id, level").fetchall())


def test_leaver_is_red_and_steady_clients_are_not_warned(book: Path, tmp_path: Path) -> None:
    assert warn(book, tmp_path / "out", "--rules", "guide") == 0

    assert levels(tmp_path / "out") == {LEAVER: "red", SLEEPER: "orange", COMPLAINER: "yellow"}


def test_standard_leaves_the_sleeper_alone(book: Path, tmp_path: Path) -> None:
    assert warn(book, tmp_path / "out") == 0

    found = levels(tmp_path / "out")
    assert found[LEAVER] == "red"
    assert SLEEPER not in found


def test_signals_have_one_row_per_judged_client_and_a_struct_per_sign(book: Path, tmp_path: Path) -> None:
    warn(book, tmp_path / "out", "--rules", "guide")

    rows = duckdb.read_parquet(str(tmp_path / "out" / "signals.parquet"))
    assert [client for (client,) in rows.select("client_id").fetchall()] == sorted(EVERYONE)
    ((moved_out, times, net_assets, value),) = (
        rows.filter(f"client_id = '{LEAVER}'")
        .select("fund_outflow.moved_out, fund_outflow.times, fund_outflow.net_assets, fund_outflow.value")
        .fetchall()
    )
    assert (float(moved_out), times, float(net_assets), value) == (60000.0, 1, 40000.0, 1.5)


def test_same_run_gives_the_same_bytes(book: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        warn(book, tmp_path / name)

    for file in ("signals.parquet", "warnings.parquet"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_many_days_in_one_go_say_what_each_day_says_alone(book: Path, tmp_path: Path) -> None:
    span = ("--from", "2009-07-31", "--to", D, "--every", "month-end")
    for rules in ("guide", "standard"):
        warn(book, tmp_path / rules, *span, "--rules", rules)
        together = (
            duckdb.read_parquet(str(tmp_path / rules / "signals.parquet"))
            .order("as_of, client_id")
            .fetchall()
        )

        alone = []
        for day in ("2009-07-31", "2009-08-31", "2009-09-30", "2009-10-31"):
            out = tmp_path / f"{rules}-{day}"
            assert main(["warn", str(book), "--as-of", day, "-o", str(out), "--rules", rules]) == 0
            alone += duckdb.read_parquet(str(out / "signals.parquet")).order("client_id").fetchall()
        assert together == alone


def test_fired_only_keeps_the_fired_signs_and_nothing_else(book: Path, tmp_path: Path) -> None:
    warn(book, tmp_path / "out", "--rules", "guide", "--signals", "fired")

    rows = duckdb.read_parquet(str(tmp_path / "out" / "signals.parquet"))
    assert {client for (client,) in rows.select("client_id").fetchall()} == {LEAVER, SLEEPER, COMPLAINER}
    assert rows.filter(f"client_id = '{COMPLAINER}'").select("fund_outflow, complaint.status").fetchall() == [
        (None, "fired")
    ]


def test_raw_folder_is_sealed_into_a_cache_beside_the_output(tmp_path: Path) -> None:
    raw = write_brokerage(tmp_path / "raw")
    assert warn(raw, tmp_path / "work" / "one") == 0
    assert warn(raw, tmp_path / "work" / "two") == 0

    assert len(list((tmp_path / "work" / ".wanliu-cache").iterdir())) == 1
    assert levels(tmp_path / "work" / "one") == levels(tmp_path / "work" / "two")
    account = json.loads((tmp_path / "work" / "two" / "run.json").read_text("utf-8"))
    assert account["rules"]["signs"]["fund_outflow"]["share"] == 0.3
    assert account["rows"]["flows"] == {"delivered": 1, "rejected": 0, "sealed": 1, "used": 1}


def test_existing_output_is_not_touched_without_replace(book: Path, tmp_path: Path) -> None:
    warn(book, tmp_path / "out", "--rules", "guide")
    before = (tmp_path / "out" / "run.json").read_bytes()

    assert warn(book, tmp_path / "out") == 2
    assert (tmp_path / "out" / "run.json").read_bytes() == before
    assert warn(book, tmp_path / "out", "--replace") == 0


@pytest.mark.parametrize(
    "wrong",
    [
        ("--rules", "nonsense"),
        ("--from", "2009-01-31"),
        ("--as-of", "2009-13-01"),
        ("--as-of", "2008-12-31"),
        ("--as-of", "2009-12-01"),
        ("--as-of", "2030-01-01"),
        ("--format", "docx"),
    ],
)
def test_wrong_usage_is_exit_code_2_with_a_sentence(
    wrong: tuple[str, ...], book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        main(
            [
                "warn",
                str(book),
                "-o",
                str(tmp_path / "out"),
                *(() if "--as-of" in wrong else ("--as-of", D)),
                *wrong,
            ]
        )
        == 2
    )
    assert capsys.readouterr().err.strip()
    assert not (tmp_path / "out").exists()


def test_lost_trading_day_ends_the_run_and_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = date(2009, 10, 20)
    raw = write_brokerage(tmp_path / "raw", days=[day for day in trading_days() if day != lost])

    assert warn(raw, tmp_path / "out", "--rules", "guide") == 3
    assert "2009-10-20" in capsys.readouterr().err
    assert warn(raw, tmp_path / "out", "--rules", "guide", "--accept-gaps") == 0
    account = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))
    assert account["signals"]["trade_drop"] == {"missing_data": len(EVERYONE)}
    assert account["signals"]["complaint"] == {"clear": len(EVERYONE) - 1, "fired": 1}
    assert account["lost_days"] == {"assets": ["2009-10-20"], "trades": ["2009-10-20"]}


def test_quarantined_row_makes_its_client_missing_not_clear(tmp_path: Path) -> None:
    raw = write_brokerage(tmp_path / "raw")
    with (raw / "flows.csv").open("a", encoding="utf-8") as flows:
        flows.write("F2,S001,2009-09-16,out,-5,bank\n")

    assert warn(raw, tmp_path / "out", "--rules", "guide") == 3
    assert warn(raw, tmp_path / "out", "--rules", "guide", "--on-bad-rows", "quarantine") == 0
    rows = duckdb.read_parquet(str(tmp_path / "out" / "signals.parquet"))
    states = (
        rows.filter("client_id = 'S001'")
        .select("fund_outflow.status, heavy_loss.status, trade_drop.status")
        .fetchall()
    )
    assert states == [("missing_data", "missing_data", "clear")]
    assert levels(tmp_path / "out")["S001"] == "unknown"


def test_quarantined_row_older_than_every_window_takes_nothing_away(tmp_path: Path) -> None:
    raw = write_brokerage(tmp_path / "raw")
    with (raw / "flows.csv").open("a", encoding="utf-8") as flows:
        flows.write("F2,,2001-09-17,out,5,bank\n")

    assert warn(raw, tmp_path / "out", "--rules", "guide", "--on-bad-rows", "quarantine") == 0
    account = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))
    assert "missing_data" not in account["signals"]["fund_outflow"]


def test_quarantined_row_of_an_unreadable_client_leaves_nobody_clear(tmp_path: Path) -> None:
    raw = write_brokerage(tmp_path / "raw")
    with (raw / "flows.csv").open("a", encoding="utf-8") as flows:
        flows.write("F2,,2009-09-16,out,5,bank\n")

    assert warn(raw, tmp_path / "out", "--rules", "guide", "--on-bad-rows", "quarantine") == 0
    account = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))
    assert account["signals"]["fund_outflow"] == {"missing_data": len(EVERYONE)}
    assert account["signals"]["complaint"] == {"clear": len(EVERYONE) - 1, "fired": 1}


def test_delivery_without_a_usable_client_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = write_brokerage(tmp_path / "raw")
    header, *_ = (raw / "clients.csv").read_text("utf-8").splitlines()
    (raw / "clients.csv").write_text(header + "\n", encoding="utf-8")
    for other in raw.glob("*.csv"):
        if other.name != "clients.csv":
            other.unlink()

    assert warn(raw, tmp_path / "out", "--on-bad-rows", "quarantine") == 3
    assert "客户表没有一行可用" in capsys.readouterr().err


def test_signals_that_no_sheet_holds_are_refused_before_they_are_computed(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    signals = len(EVERYONE) * len(load("guide").rules)
    monkeypatch.setattr(xlsx_files, "ROWS_OF_A_SHEET", signals)
    monkeypatch.setattr(warning_command, "write", lambda *_given, **_more: pytest.fail("it was computed"))

    assert warn(book, tmp_path / "out", "--rules", "guide", "--format", "xlsx") == 2
    assert f"信号共 {signals} 行" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_absent_table_is_missing_for_everyone_and_the_account_says_why(tmp_path: Path) -> None:
    raw = write_brokerage(tmp_path / "raw")
    (raw / "requests.csv").unlink()

    assert warn(raw, tmp_path / "out", "--rules", "guide") == 0
    account = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))
    assert account["signals"]["complaint"] == {"missing_data": len(EVERYONE)}
    assert account["absent"]["complaint"] == ["requests"]


def test_own_rule_set_overlays_the_shipped_one_and_is_range_checked(book: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        'based_on = "guide"\nname = "own"\nversion = "7"\n[signs.fund_outflow]\nshare = 2\n', encoding="utf-8"
    )
    assert warn(book, tmp_path / "out", "--rules", str(own)) == 0
    assert json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))["rules"]["version"] == "7"
    assert (
        duckdb.read_parquet(str(tmp_path / "out" / "signals.parquet"))
        .filter("fund_outflow.status = 'fired'")
        .fetchall()
        == []
    )

    own.write_text(
        'based_on = "guide"\nname = "own"\nversion = "8"\n[signs.fund_outflow]\nshare = 99\n',
        encoding="utf-8",
    )
    assert warn(book, tmp_path / "again", "--rules", str(own)) == 2
