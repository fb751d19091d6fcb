"""Each broken row is named with table, file, line, column, value, why, mend; rows in = rows used + rows
rejected.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.book.deliveries import CLIENTS, FLOWS, Sender
from wanliu.errors import BookRefused
from wanliu.text import choose_language

GOOD = "f0,000001,2009-10-08,out,1.00,bank\n"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences are held against their English words."""
    choose_language("en")
    yield
    choose_language(None)


@pytest.fixture
def sender(tmp_path: Path) -> Sender:
    folder = tmp_path / "delivery"
    folder.mkdir()
    return Sender(folder)


@pytest.mark.parametrize(
    ("row", "column", "value", "why"),
    [
        (",000001,2009-10-09,out,1,bank", "flow_id", "", "a mandatory value is empty"),
        ("f1,--,2009-10-09,out,1,bank", "client_id", "--", "a mandatory value is empty"),
        ("f1,000001,0,out,1,bank", "date", "0", "a mandatory value is empty"),
        ("f1,000001,2009-13-09,out,1,bank", "date", "2009-13-09", "this is not a date"),
        ("f1,000001,2009-10-09,sideways,1,bank", "direction", "sideways", "the code is unknown"),
        ("f1,000001,2009-10-09,out,1;5,bank", "amount", "1;5", "this is not a number"),
        ("f1,000001,2009-10-09,out,-1.00,bank", "amount", "-1.00", "this cannot be negative"),
        ("f1,000009,2009-10-09,out,1,bank", "client_id", "000009", "the client is not in the table clients"),
        (
            "f1,1.23457E+11,2009-10-09,out,1,bank",
            "client_id",
            "1.23457E+11",
            "a spreadsheet has turned the number",
        ),
    ],
)
def test_broken_value_is_named(sender: Sender, row: str, column: str, value: str, why: str) -> None:
    outcome = sender.send("flows.csv", FLOWS + GOOD + row + "\n").read()
    found = outcome.rejects("table_name", "file", "line", "column_name", "value", "why_en")
    assert outcome.counts("flows") == (2, 1, 1)
    assert found[0][:4] == ("flows", "flows.csv", 3, column)
    assert (found[0][4] or "") == value
    assert found[0][5].startswith(why)


def test_every_fault_says_why_and_how_to_mend_in_both_languages(sender: Sender) -> None:
    outcome = sender.send("flows.csv", FLOWS + "f1,000009,x,x,x,x\n,,\n").read()
    for row in outcome.rejects("why_zh", "why_en", "mend_zh", "mend_en"):
        assert all(row)
        assert "{" not in "".join(row)


def test_row_with_two_faults_counts_once(sender: Sender) -> None:
    outcome = sender.send("flows.csv", FLOWS + GOOD + "f1,000001,x,x,x,x\n").read()
    assert len(outcome.rejects()) == 4
    assert outcome.counts("flows") == (2, 1, 1)


@pytest.mark.parametrize(
    "row", ["f1,000001,2009-10-09,out,1", "f1,000001,2009-10-09,out,1,234.00,bank", "f1"]
)
def test_wrong_number_of_fields_is_named(sender: Sender, row: str) -> None:
    outcome = sender.send("flows.csv", FLOWS + row + "\n" + GOOD).read()
    assert outcome.rejects("line", "why_en") == [(2, "the line has not as many fields as the header")]
    assert outcome.counts("flows") == (2, 1, 1)


def test_client_of_a_line_with_too_many_fields_is_still_told(sender: Sender) -> None:
    outcome = sender.send("flows.csv", FLOWS + "f1,000001,2009-10-09,out,1,234.00,bank\n").read()
    assert outcome.rejects("client_id") == [("000001",)]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_undecodable_bytes_refuse_the_file_and_name_the_line(sender: Sender, encoding: str) -> None:
    text = "流水号,客户号,日期,方向,金额,类别\n" + "f1,000001,20091009,转出,1,银行转取\n" * 3
    broken = text.encode(encoding) + b"f2,000001,20091009,\xff\xff,1,bank\n"
    outcome = sender.send("flows.csv", broken).read()
    assert outcome.rejects("file", "line") == [("flows.csv", 5)]
    assert outcome.counts("flows") == (4, 0, 4)


def test_utf8_with_a_broken_byte_is_not_taken_for_gb18030(sender: Sender) -> None:
    text = "流水号,客户号,日期,方向,金额,类别\n" + "f1,000001,20091009,转出,1,银行转取\n" * 3
    content = text.encode()
    place = content.rindex("转".encode())
    outcome = sender.send("flows.csv", content[:place] + content[place + 3 :].replace(b"\xe5", b"", 1)).read()
    assert outcome.counts("flows")[1] == 0


def test_missing_mandatory_column_in_one_file_rejects_its_rows(sender: Sender) -> None:
    sender.send("flows/a.csv", FLOWS + GOOD).send(
        "flows/b.csv", "flow_id,client_id,date,direction,kind\n1,000001,20091009,in,bank\n" * 1
    )
    outcome = sender.read()
    assert outcome.counts("flows") == (2, 1, 1)
    assert outcome.rejects("file", "line", "column_name") == [("flows/b.csv", 1, "amount")]
    assert outcome.delivery.tables["flows"].refused_files == ("flows/b.csv",)


def test_table_that_cannot_be_read_at_all_is_refused(sender: Sender) -> None:
    with pytest.raises(BookRefused, match=r"flows\.csv has no \(or two\) columns amount, kind"):
        sender.send("flows.csv", "flow_id,client_id,date,direction\n1,000001,20091009,in\n").read()


def test_column_that_is_there_twice_is_refused(sender: Sender) -> None:
    with pytest.raises(BookRefused, match="client_id"):
        sender.send(
            "clients.csv", CLIENTS.replace("opened_on", "opened_on,client_id").replace("02\n", "02,x\n")
        ).read()


def test_duplicate_key_with_other_content_rejects_all_of_them(sender: Sender) -> None:
    rows = "f1,000001,2009-10-09,out,1,bank\nf1,000001,2009-10-09,out,2,bank\n"
    outcome = sender.send("flows.csv", FLOWS + rows + GOOD).read()
    assert outcome.counts("flows") == (3, 1, 2)
    assert {why.split(";")[0] for why in outcome.why()} == {
        "the key is there more than once with different content"
    }


def test_duplicate_row_that_is_equal_keeps_the_first(sender: Sender) -> None:
    outcome = sender.send("flows.csv", FLOWS + GOOD * 3).read()
    assert outcome.counts("flows") == (3, 1, 2)
    assert outcome.rejects("line", "why_en") == [
        (n, "the row repeats an earlier one; the first is used") for n in (3, 4)
    ]


def test_duplicate_key_over_two_files_is_found(sender: Sender) -> None:
    outcome = sender.send("flows/a.csv", FLOWS + GOOD).send("flows/b.csv", FLOWS + GOOD).read()
    assert outcome.rejects("file", "line") == [("flows/b.csv", 2)]


def test_duplicate_keys_are_found_month_by_month_in_large_tables(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wanliu.book.quality.ROWS_AT_ONCE", 1)
    header = "client_id,date,cash,position_value,net_assets\n"
    days = ("2009-10-30", "2009-10-31", "2009-11-01", "2009-11-01", "2009-12-31", "2009-12-31")
    outcome = sender.send("assets.csv", header + "".join(f"000001,{day},1,1,2\n" for day in days)).read()
    assert outcome.counts("assets") == (6, 4, 2)


def test_two_accounts_of_a_client_on_a_day_are_no_duplicate(sender: Sender) -> None:
    header = "client_id,date,cash,position_value,net_assets,account_id\n"
    rows = "".join(f"000001,20091009,1,1,2,{account}\n" for account in ("a", "b", "", ""))
    assert sender.send("assets.csv", header + rows).read().counts("assets") == (4, 3, 1)


def test_closed_before_opened_is_named(sender: Sender) -> None:
    text = (
        "client_id,branch_id,opened_on,closed_on\n"
        "000001,0101,20080102,20080101\n000002,0101,20080102,20080102\n"
    )
    outcome = sender.send("clients.csv", text).read()
    assert outcome.rejects("line", "column_name", "value") == [(2, "closed_on", "20080101")]


def test_rejected_client_makes_its_other_rows_orphans(sender: Sender) -> None:
    sender.send("clients.csv", CLIENTS.replace("000002,0101,2008-01-02", "000002,0101,never"))
    outcome = sender.send("flows.csv", FLOWS + GOOD + "f1,000002,20091009,out,1,bank\n").read()
    assert outcome.counts("clients") == (2, 1, 1)
    assert outcome.counts("flows") == (2, 1, 1)


@pytest.mark.parametrize(("level", "used"), [("1", 1), ("5", 1), ("0", 0), ("6", 0), ("C5", 1), ("2.5", 0)])
def test_risk_level_lies_from_one_to_five(sender: Sender, level: str, used: int) -> None:
    outcome = sender.send(
        "clients.csv", f"client_id,branch_id,opened_on,risk_level\n000001,0101,20080102,{level}\n"
    ).read()
    assert outcome.counts("clients") == (1, used, 1 - used)


def test_rate_of_one_or_more_has_lost_its_unit(sender: Sender) -> None:
    outcome = sender.send(
        "clients.csv", "client_id,branch_id,opened_on,commission_rate\n000001,0101,20080102,2.5\n"
    ).read()
    assert outcome.counts("clients") == (1, 0, 1)


def test_reading_twice_on_one_connection_gives_the_same(sender: Sender) -> None:
    import duckdb

    from wanliu.book.delivery import read_delivery

    sender.send("flows.csv", FLOWS + GOOD * 2)
    connection = duckdb.connect()
    first = read_delivery(connection, sender.folder).tables["flows"]
    second = read_delivery(connection, sender.folder).tables["flows"]
    assert (first.rows_in, first.rows_rejected) == (second.rows_in, second.rows_rejected) == (2, 1)
    assert connection.execute("select count(*) from rejects").fetchall() == [(1,)]
