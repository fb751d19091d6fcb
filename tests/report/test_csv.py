"""signals.csv and warnings.csv as another program reads them."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from tests.report.runs import DAY, LEAVING, OUTFLOW, QUIET, Judged, fired, run_of
from wanliu.report.csv_files import write_csv


def written(folder: Path, judged: Sequence[Judged], *, fired_only: bool = False) -> Path:
    rules = run_of(folder / "run", judged, fired_only=fired_only)
    write_csv(folder / "run", folder, rules)
    return folder


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_signals_have_the_columns_of_the_contract(tmp_path: Path) -> None:
    head = written(tmp_path, [LEAVING]).joinpath("signals.csv").read_text("utf-8").splitlines()[0]

    assert head == "client_id,as_of,rules,indicator,status,severity,value,threshold,evidence"


def test_signals_keep_the_order_of_clients_and_of_the_rule_set(tmp_path: Path) -> None:
    signals = rows(written(tmp_path, [QUIET, LEAVING]) / "signals.csv")

    assert [row["client_id"] for row in signals[::10]] == ["000123", "000124"]
    assert [row["indicator"] for row in signals[:4]] == [
        "fund_outflow",
        "commission_drop",
        "empty_position",
        "trade_drop",
    ]


def test_fired_signal_has_severity_unrounded_value_and_evidence_as_numbers(tmp_path: Path) -> None:
    first, *_ = rows(written(tmp_path, [LEAVING]) / "signals.csv")

    assert (first["status"], first["severity"], first["threshold"]) == ("fired", "strong", "0.3")
    assert float(first["value"]) == 160000 / 520000
    assert first["value"] == repr(160000 / 520000)
    evidence = json.loads(first["evidence"], parse_float=Decimal)
    assert evidence == {**OUTFLOW, "first": "2009-05-01", "last": "2009-10-30"}
    assert list(evidence) == list(OUTFLOW)


def test_severity_is_empty_unless_fired(tmp_path: Path) -> None:
    signals = rows(written(tmp_path, [LEAVING]) / "signals.csv")

    assert {row["severity"] for row in signals if row["status"] != "fired"} == {""}


def test_fired_only_keeps_nothing_else(tmp_path: Path) -> None:
    signals = rows(written(tmp_path, [LEAVING, QUIET], fired_only=True) / "signals.csv")

    assert [(row["client_id"], row["indicator"]) for row in signals] == [("000123", "fund_outflow")]


def test_warnings_have_the_columns_of_the_contract_and_no_more(tmp_path: Path) -> None:
    text = written(tmp_path, [LEAVING, QUIET]).joinpath("warnings.csv").read_bytes()

    assert text == (
        b"client_id,branch_id,manager_id,as_of,rules,level,fired,unknown,value_at_stake\n"
        b"000123,0901,S0901,2009-10-30,standard,orange,fund_outflow,contact_drop,12345.60\n"
    )


def test_warnings_keep_who_is_not_to_be_contacted(tmp_path: Path) -> None:
    silent = replace(LEAVING, do_not_contact=True)

    assert len(rows(written(tmp_path, [silent]) / "warnings.csv")) == 1


def test_no_warnings_leave_the_head_alone(tmp_path: Path) -> None:
    assert rows(written(tmp_path, [QUIET]) / "warnings.csv") == []


def test_files_have_no_byte_order_mark(tmp_path: Path) -> None:
    folder = written(tmp_path, [LEAVING])

    assert all(
        (folder / name).read_bytes().startswith(b"client_id") for name in ("signals.csv", "warnings.csv")
    )


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
        ("+A1", "'+A1"),
        ("\t=1", "'\t=1"),
        ("＝1", "'＝1"),
        ("-12", "-12"),
        ("+86.10", "+86.10"),
        ("000123", "000123"),
        ("A-1", "A-1"),
    ],
)
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(given: str, shown: str, tmp_path: Path) -> None:
    odd = replace(LEAVING, client_id=given, branch_id=given, manager_id=given)

    folder = written(tmp_path, [odd])

    (warning,) = rows(folder / "warnings.csv")
    assert [warning[id_] for id_ in ("client_id", "branch_id", "manager_id")] == [shown] * 3
    assert rows(folder / "signals.csv")[0]["client_id"] == shown


def test_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    many = [
        Judged(f"{n:06}", "orange", {"fund_outflow": fired(0.31 + n / 7, 0.3, **OUTFLOW)}, as_of=DAY)
        for n in range(3000)
    ]

    one, other = (written(tmp_path / name, many) for name in ("one", "other"))

    for name in ("signals.csv", "warnings.csv"):
        assert (one / name).read_bytes() == (other / name).read_bytes()
    assert [row["client_id"] for row in rows(one / "warnings.csv")] == [one.client_id for one in many]
