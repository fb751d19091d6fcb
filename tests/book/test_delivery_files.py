"""Every kind of file that a branch sends is read; what is no such file gets a sentence."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from tests.book.deliveries import CLIENTS, FLOWS, Sender
from wanliu.errors import BookRefused
from wanliu.text import choose_language

DAY = datetime.date(2009, 10, 9)
ONE_FLOW = FLOWS + "f1,000001,2009-10-09,out,1000.00,bank\n"


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


def workbook(path: Path, rows: list[list[object]], sheet: str = "Sheet1", merged: str | None = None) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet(sheet)
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        start = 0
        if merged:
            page.merge_range(0, 0, 0, 3, merged)
            start = 1
        for line, row in enumerate(rows, start=start):
            for place, cell in enumerate(row):
                if isinstance(cell, datetime.date):
                    page.write_datetime(line, place, datetime.datetime.combine(cell, datetime.time()), day)
                else:
                    page.write(line, place, cell)


@pytest.mark.parametrize(
    ("encoding", "named"),
    [("utf-8", ""), ("utf-8-sig", "UTF-8 BOM"), ("gb18030", "GB18030"), ("utf-16", "UTF-16LE")],
)
def test_encoding_is_detected(sender: Sender, encoding: str, named: str) -> None:
    text = "客户号,营业部代码,开户日期,职业\n000001,0101,20080102,䶮教师𠮷\n"
    outcome = sender.send("clients.csv", text, encoding).read()
    assert outcome.rows("clients", "client_id", "occupation") == [("000001", "䶮教师𠮷")]
    assert named in outcome.notices


@pytest.mark.parametrize("separator", [",", "\t", "|", ";"])
def test_separator_is_detected(sender: Sender, separator: str) -> None:
    outcome = sender.send("clients.txt", CLIENTS.replace(",", separator)).without("clients.csv").read()
    assert outcome.counts("clients") == (2, 2, 0)


@pytest.mark.parametrize("end", [",", "\t"])
def test_trailing_separator_is_no_field(sender: Sender, end: str) -> None:
    text = CLIENTS.replace(",", end).replace("\n", end + "\n")
    assert sender.send("clients.csv", text).read().counts("clients") == (2, 2, 0)


def test_trailing_separator_below_a_clean_header(sender: Sender) -> None:
    header, *rows = CLIENTS.splitlines()
    text = "\n".join([header, *(row + "," for row in rows)])
    assert sender.send("clients.csv", text).read().counts("clients") == (2, 2, 0)


def test_windows_and_old_mac_line_ends(sender: Sender) -> None:
    for end in ("\r\n", "\r"):
        assert sender.send("clients.csv", CLIENTS.replace("\n", end)).read().counts("clients") == (2, 2, 0)


def test_gzip_is_unpacked(sender: Sender) -> None:
    outcome = sender.send("flows.csv.gz", ONE_FLOW).read()
    assert outcome.rows("flows", "amount") == [(Decimal("1000.00"),)]


def test_quoted_fields_may_hold_separators_and_lines(sender: Sender) -> None:
    text = (
        "request_id,client_id,date,kind,text\n"
        '1,000001,20091009,complaint,"他说""不行"",\n要转户"\n2,000001,20091009,gift,\n'
    )
    outcome = sender.send("requests.csv", text).read()
    assert outcome.rows("requests", "text") == [('他说"不行",\n要转户',), (None,)]


def test_line_number_is_that_of_the_file_after_a_quoted_line_end(sender: Sender) -> None:
    text = 'request_id,client_id,date,kind,text\n1,000001,20091009,gift,"a\nb"\n\n2,000001,2009,gift,\n'
    outcome = sender.send("requests.csv", text).read()
    assert outcome.rejects("line", "column_name", "value") == [(5, "date", "2009")]


def test_stray_quote_breaks_its_own_line_alone(sender: Sender) -> None:
    text = (
        FLOWS
        + 'f1,"000001,20091009,out,1,bank\nf2,000001,20091009,out,1,bank\nf3,000001,20091009,out,1,bank\n'
    )
    outcome = sender.send("flows.csv", text).read()
    assert outcome.counts("flows") == (3, 2, 1)
    assert outcome.rejects("line", "why_en") == [
        (2, "a quote is opened and not closed, or closed in the wrong place")
    ]


def test_folder_with_month_partitions(sender: Sender) -> None:
    for month in ("2009-09", "2009-10"):
        sender.send(f"flows/month={month}/part-0.csv", FLOWS + f"f{month},000001,{month}-09,in,1,bank\n")
    sender.send("flows/month=2009-10/_SUCCESS", "").send("flows/.hidden.csv", "x")
    outcome = sender.read()
    assert outcome.counts("flows") == (2, 2, 0)
    assert outcome.delivery.tables["flows"].ignored == ()


def test_partition_that_is_a_column_fills_it(sender: Sender) -> None:
    sender.send(
        "flows/date=2009-10-09/a.csv", "flow_id,client_id,direction,amount,kind\n1,000001,in,1,bank\n"
    )
    assert sender.read().rows("flows", "date") == [(DAY,)]


def test_parquet_is_read_in_place(sender: Sender) -> None:
    sender.send_parquet(
        "assets/month=2009-10/a.parquet",
        "select '000001' client_id, 20091009 date, 1.005::double cash, "
        "2.675::double position_value, 3::decimal(10,4) net_assets",
    )
    outcome = sender.read()
    assert outcome.rows("assets", "date", "cash", "position_value", "net_assets") == [
        (DAY, Decimal("1.01"), Decimal("2.68"), Decimal("3.00"))
    ]


def test_parquet_line_is_the_row_number_from_one(sender: Sender) -> None:
    sender.send_parquet(
        "assets.parquet",
        "select '000001' client_id, date '2009-10-09' + i::int date, 1.0 cash, 1.0 position_value, "
        "case when i = 2 then null else 1.0 end net_assets from range(4) t(i)",
    )
    outcome = sender.read()
    assert outcome.counts("assets") == (4, 3, 1)
    assert outcome.rejects("file", "line", "column_name") == [("assets.parquet", 3, "net_assets")]


def test_parquet_ids_in_doubles_keep_their_digits(sender: Sender) -> None:
    sender.without("clients.csv").send_parquet(
        "clients.parquet",
        "select 123456789012::double client_id, 101::int branch_id, timestamp '2008-01-02' opened_on",
    )
    assert sender.read().rows("clients", "client_id", "branch_id") == [("123456789012", "101")]


def test_xlsx_with_title_dates_and_total(sender: Sender) -> None:
    rows: list[list[object]] = [
        ["客户号", "营业部代码", "开户日期", "风险等级"],
        [100000000001, "0101", DAY, "C3"],
        ["100000000002", "0101", 40095, "稳健型"],
        ["合计", "", "", ""],
    ]
    workbook(sender.without("clients.csv").folder / "clients.xlsx", rows, merged="客户清单")
    outcome = sender.read()
    assert outcome.rows("clients", "client_id", "opened_on", "risk_level") == [
        ("100000000001", DAY, 3),
        ("100000000002", DAY, 3),
    ]
    assert "clients.xlsx has 1 title line(s)" in outcome.notices
    assert "clients.xlsx, line 5: a sum below the rows" in outcome.notices


def test_xlsx_sheet_named_like_the_table_goes_before_the_first(sender: Sender) -> None:
    path = sender.without("clients.csv").folder / "clients.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("说明").write(0, 0, "请勿修改")
        page = book.add_worksheet("Clients")
        for line, row in enumerate(CLIENTS.splitlines()):
            page.write_row(line, 0, row.split(","))
    assert sender.read().counts("clients") == (2, 2, 0)


def test_excel_serial_in_a_csv_is_no_date_unless_declared(sender: Sender) -> None:
    sender.send("flows.csv", FLOWS + "f1,000001,40095,out,1,bank\n")
    assert sender.read().why() == ["this is not a date"]
    declared = sender.mapping('[[sources]]\ntable = "flows"\nfiles = ["flows"]\nexcel_dates = ["date"]\n')
    assert sender.read(declared).rows("flows", "date") == [(DAY,)]


def test_utf16_tab_text_saved_as_xls(sender: Sender) -> None:
    text = "客户号\t营业部代码\t开户日期\t\r\n000001\t0101\t20080102\t\r\n"
    assert sender.without("clients.csv").send("clients.xls", text, "utf-16").read().counts("clients") == (
        1,
        1,
        0,
    )


def test_html_table_saved_as_xls(sender: Sender) -> None:
    page = (
        "<html><meta charset='gbk'><table><tr><td "
        "colspan=3>客户清单<tr><th>客户号<th>营业部代码<th>开户日期</tr>"
        "<tr><td>000001</td><td>0101</td><td>2008-01-02</td></tr><tr><td>合计</td><td></td><td></td></tr></table></html>"
    )
    outcome = sender.without("clients.csv").send("clients.xls", page, "gb18030").read()
    assert outcome.rows("clients", "client_id") == [("000001",)]


def test_column_names_of_the_contract_and_of_the_branch_may_be_mixed(sender: Sender) -> None:
    text = "客户代码,BRANCH_ID,开户日期*,客户类别,请勿打扰\n000001,0101,2008/1/2,机构,是\n"
    outcome = sender.send("clients.csv", text).read()
    assert outcome.rows("clients", "kind", "do_not_contact", "is_employee") == [("institution", True, False)]


def test_extra_columns_are_kept_out_and_named(sender: Sender) -> None:
    outcome = sender.send(
        "flows.csv", "flow_id,client_id,date,direction,amount,kind,余额\nf1,000001,20091009,in,1,bank,7\n"
    ).read()
    assert outcome.counts("flows") == (1, 1, 0)
    assert "flows: these columns are not used: 余额" in outcome.notices


def test_unknown_items_are_named(sender: Sender) -> None:
    assert "Not read: readme.md" in sender.send("readme.md", "x").read().notices


def test_known_clients_stand_in_for_the_table_clients(sender: Sender) -> None:
    import duckdb

    from wanliu.book.delivery import read_delivery

    sender.without("clients.csv").send("flows.csv", ONE_FLOW + "f2,000009,20091009,in,1,bank\n")
    connection = duckdb.connect()
    connection.execute("create table known as select '000001' client_id")
    delivery = read_delivery(connection, sender.folder, known_clients="known")
    assert (delivery.tables["flows"].rows_used, delivery.tables["flows"].rows_rejected) == (1, 1)


def test_assets_frequency_is_declared_in_book_toml(sender: Sender) -> None:
    assert sender.read().delivery.assets_frequency == "daily"
    sender.send("book.toml", '[assets]\nfrequency = "month_end"\n')
    assert sender.read().delivery.assets_frequency == "month_end"


@pytest.mark.parametrize("content", ["[assets", '[assets]\nfrequency = "weekly"', "assets = 1"])
def test_broken_book_toml_is_refused(sender: Sender, content: str) -> None:
    with pytest.raises(BookRefused, match=r"book\.toml"):
        sender.send("book.toml", content).read()


def test_default_of_effective_is_true_and_false_for_mass_messages(sender: Sender) -> None:
    text = (
        "contact_id,client_id,date,channel,effective\n1,000001,20091009,电话,\n"
        "2,000001,20091009,短信,\n3,000001,20091009,sms,是\n"
    )
    outcome = sender.send("contacts.csv", text).read()
    assert outcome.rows("contacts", "contact_id", "effective") == [("1", True), ("2", False), ("3", True)]


def test_missing_clients_are_refused(sender: Sender) -> None:
    with pytest.raises(BookRefused, match="no table clients"):
        sender.without("clients.csv").send("flows.csv", ONE_FLOW).read()


def test_path_that_is_no_folder_is_refused(sender: Sender) -> None:
    sender.folder = sender.folder / "clients.csv"
    with pytest.raises(BookRefused, match="no folder of a delivery"):
        sender.read()


def test_table_that_is_there_twice_is_refused(sender: Sender) -> None:
    with pytest.raises(BookRefused, match=r"clients\.csv, clients\.txt"):
        sender.send("clients.txt", CLIENTS).read()


def test_folder_named_like_a_file_is_refused(sender: Sender) -> None:
    with pytest.raises(BookRefused, match="folder where a file should be"):
        sender.send("flows.csv/a.csv", ONE_FLOW).read()


def test_empty_folder_of_a_table_is_refused(sender: Sender) -> None:
    (sender.folder / "flows").mkdir()
    with pytest.raises(BookRefused, match="holds no data file"):
        sender.read()


def test_gzip_bomb_is_refused(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wanliu.book.encoding.BOMB_FLOOR", 1 << 20)
    with pytest.raises(BookRefused, match="no sensible export"):
        sender.send("flows.csv.gz", FLOWS + "\n" * (8 << 20)).read()


def test_workbook_that_is_none_is_refused(sender: Sender) -> None:
    with pytest.raises(BookRefused, match=r"flows\.xlsx cannot be opened"):
        sender.send("flows.xlsx", b"PK\x03\x04 no zip").read()


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("flows.csv", b"", "the file is empty"),
        ("flows.csv", b"\n\n  \n", "the file is empty"),
        ("flows.csv.gz", b"", "the file is empty"),
        ("flows.parquet", b"PAR1 no parquet", "the Parquet file cannot be read"),
        ("flows.parquet", b"", "the Parquet file cannot be read"),
    ],
)
def test_file_without_content_is_named(sender: Sender, name: str, content: bytes, why: str) -> None:
    outcome = sender.send(name, content).read()
    assert outcome.why()[0].startswith(why)
    assert outcome.delivery.tables["flows"].refused_files == (name,)


def test_truncated_gzip_is_named(sender: Sender) -> None:
    sender.send("flows.csv.gz", ONE_FLOW)
    path = sender.folder / "flows.csv.gz"
    path.write_bytes(path.read_bytes()[:-12])
    assert sender.read().why()[0].startswith("the compressed file is damaged")


def test_header_alone_is_a_table_without_rows(sender: Sender) -> None:
    outcome = sender.send("flows.csv", FLOWS).read()
    assert outcome.counts("flows") == (0, 0, 0)
    assert outcome.why() == []


def test_nul_bytes_break_their_line(sender: Sender) -> None:
    outcome = sender.send("flows.csv", ONE_FLOW + "f2,000001,2009\x001009,in,1,bank\n").read()
    assert outcome.why() == ["the line holds NUL bytes"]
    assert outcome.counts("flows") == (2, 1, 1)


def test_line_of_a_megabyte_is_read_and_one_of_many_is_named(sender: Sender) -> None:
    header = "request_id,client_id,date,kind,text\n"
    text = (
        header
        + f"1,000001,20091009,gift,{'长' * 1_000_000}\n"
        + f"2,000001,20091009,gift,{'x' * 5_000_000}\n3,000001,20091009,gift,\n"
    )
    outcome = sender.send("requests.csv", text).read()
    assert outcome.counts("requests") == (3, 2, 1)
    assert outcome.rejects("line", "why_en") == [(3, "the line is too long")]


def test_line_of_a_megabyte_with_a_quote_is_named(sender: Sender) -> None:
    text = (
        f"request_id,client_id,date,kind,text\n"
        f'1,000001,20091009,gift,"{"x" * 1_000_000}\n2,000001,20091009,gift,\n'
    )
    assert sender.send("requests.csv", text).read().counts("requests") == (2, 1, 1)
