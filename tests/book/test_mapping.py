"""Mappings: shape, mistakes, and what a firm's own may say."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.book.deliveries import Sender
from wanliu.book.derive import DERIVATIONS
from wanliu.book.mapping import load_mapping, same_header, shipped_mappings
from wanliu.book.tables import TABLES
from wanliu.errors import BookRefused, UsageError
from wanliu.text import choose_language


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    choose_language("en")
    yield
    choose_language(None)


@pytest.fixture
def sender(tmp_path: Path) -> Sender:
    folder = tmp_path / "delivery"
    folder.mkdir()
    return Sender(folder)


def test_shipped_mappings_are_four() -> None:
    assert shipped_mappings() == ("apex", "default", "hundsun", "kingdom")


@pytest.mark.parametrize("name", ["apex", "default", "hundsun", "kingdom"])
def test_every_shipped_mapping_loads(name: str) -> None:
    assert load_mapping(name).name == name


@pytest.mark.parametrize("source", ['table = "flows"\nfills = true', 'table = "trades"\nfills = "yes"'])
def test_fills_are_of_trades_and_true_or_not(sender: Sender, source: str) -> None:
    with pytest.raises(BookRefused, match="fills"):
        load_mapping(sender.mapping(f'[[sources]]\nfiles = ["a"]\n{source}\n'))


@pytest.mark.parametrize("table", TABLES)
def test_every_column_has_a_chinese_header(table: str) -> None:
    mapping = load_mapping()
    for column in TABLES[table].columns:
        names = mapping.header_names(TABLES[table], column.name)
        assert any(not name.isascii() for name in names)


@pytest.mark.parametrize("table", TABLES)
def test_every_code_has_a_chinese_word(table: str) -> None:
    mapping = load_mapping()
    own_word_only = {("clients", "segment"), ("clients", "status")}
    for column in TABLES[table].columns:
        words = {code for key in (f"{table}.{column.name}",) for code in mapping.codes.get(key, {}).values()}
        if column.codes and (table, column.name) not in own_word_only:
            assert set(column.codes) <= words


@pytest.mark.parametrize(
    "name", ["客户号", "客户编号", "客户代码", " 客户号 ", "客户号*", "ＣＬＩＥＮＴ＿ＩＤ", "Client_ID"]
)
def test_header_in_many_spellings(name: str) -> None:
    assert same_header(name) in load_mapping().header_names(TABLES["flows"], "client_id")


def test_header_with_a_unit_is_the_same() -> None:
    assert same_header("成交金额（元）") == same_header("成交金额")


def test_mapping_that_is_not_there_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="apex, default, hundsun, kingdom"):
        load_mapping("oracle")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("not toml", "cannot be read"),
        ("colums = 1", "colums: unknown"),
        ("[headers.flows]\namuont = ['x']", "headers.flows.amuont: unknown"),
        ("[headers]\nflows = 1", "it must be a table"),
        ("[codes.flows.kind]\nx = 'cash'", "cash is not one of bank"),
        ("[[sources]]\ntable = 'flows'", "it needs table and files"),
        ("[[sources]]\ntable = 'flows'\nfiles = 'x'", "it must be a list"),
        ("[[sources]]\ntable = 'flows'\nfiles = ['x']\nabsent = ['client_id']", "absent.client_id: unknown"),
        (
            "[[sources]]\ntable = 'flows'\nfiles = ['x']\n[sources.derive]\namount = { how = 'sql' }",
            "how must be one of",
        ),
        (
            "[[sources]]\ntable = 'flows'\nfiles = ['x']\n[sources.derive]\namount = { how = 'sum_of' }",
            "number of columns is wrong",
        ),
        (
            "[[sources]]\ntable = 'flows'\nfiles = ['x']\n[sources.derive]\n"
            "amount = { how = 'divided_by', from = ['a'], by = 0 }",
            "positive integer",
        ),
    ],
)
def test_mapping_with_a_mistake_is_refused(sender: Sender, text: str, said: str) -> None:
    with pytest.raises(BookRefused) as refused:
        load_mapping(sender.mapping(text))
    assert said in str(refused.value)


def test_mapping_that_extends_itself_is_refused(sender: Sender) -> None:
    path = sender.mapping("")
    path.write_text(f'extends = "{path.name}"\n', encoding="utf-8")
    with pytest.raises(BookRefused, match="extends itself"):
        load_mapping(path)


def test_firms_own_words_go_before_the_shipped_ones(sender: Sender) -> None:
    own = sender.mapping(
        'extends = "apex"\n[headers.clients]\nbranch_id = ["归属营业部"]\n'
        '[codes.clients.segment]\n"铂金" = "large"\n'
    )
    sender.send(
        "clients.csv", "客户号,营业部,归属营业部,开户日期,客户分级\n000000000001,0101,0202,20080102,铂金\n"
    )
    outcome = sender.read(own)
    assert outcome.rows("clients", "branch_id", "segment") == [("0202", "large")]


def test_firms_own_source_replaces_the_shipped_one_for_the_same_files(sender: Sender) -> None:
    own = sender.mapping(
        'extends = "apex"\n[[sources]]\ntable = "clients"\nfiles = ["tkhxx"]\n'
        'columns = { client_id = "khh", branch_id = "yyb", opened_on = "khrq" }\n'
        'constants = { kind = "product" }\n'
    )
    sender.without("clients.csv").send("TKHXX.csv", "khh,yyb,khrq,jgbz\n1,0101,20080102,0\n")
    outcome = sender.read(own)
    assert outcome.rows("clients", "client_id", "kind") == [("000000000001", "product")]
    assert outcome.delivery.tables["clients"].derived == ("kind",)


def test_log_of_trades_alone_makes_a_book(sender: Sender) -> None:
    """As with disclosed orders: a range instead of a turnover, no number of the order, no opening day, no
    commission.
    """
    own = sender.mapping(
        """
        [[sources]]
        table = "clients"
        files = ["orders"]
        one_row_per_key = true
        columns = { client_id = "name" }
        constants = { branch_id = "0" }
        [sources.derive]
        opened_on = { how = "first_of", from = ["day"] }

        [[sources]]
        table = "trades"
        files = ["orders"]
        columns = { client_id = "name", date = "day", side = "type" }
        absent = ["commission"]
        leave_out_blank = ["name"]
        [sources.codes.side]
        Purchase = "buy"
        Sale = "sell"
        [sources.derive]
        order_id = { how = "running_number" }
        turnover = { how = "middle_of_range", from = ["range"] }
        """
    )
    rows = (
        'A B,2009-10-09,Purchase,"$1,001 - $15,000"\n'
        'A B,2009-10-12,Sale,<$1000\nC D,2009-10-12,sale,"$15,001 - $50,000"\n'
    )
    sender.without("clients.csv").send("orders.csv", "name,day,type,range\n" + rows)
    outcome = sender.read(own)
    day, next_day = datetime.date(2009, 10, 9), datetime.date(2009, 10, 12)
    assert outcome.rows("clients", "client_id", "opened_on") == [("A B", day), ("C D", next_day)]
    assert outcome.counts("clients") == (2, 2, 0)
    assert outcome.rows("trades", "order_id", "side", "turnover", "commission") == [
        ("20091009-1-2", "buy", Decimal("8000.50"), None),
        ("20091012-1-3", "sell", Decimal("500.00"), None),
        ("20091012-1-4", "sell", Decimal("32500.50"), None),
    ]
    trades = outcome.delivery.tables["trades"]
    assert (trades.absent, trades.derived) == (("commission",), ("order_id", "turnover"))


def test_rows_without_a_client_or_without_a_positive_quantity_may_be_left_out(sender: Sender) -> None:
    own = sender.mapping(
        """
        [[sources]]
        table = "trades"
        files = ["invoices"]
        columns = { client_id = "CustomerID", date = "InvoiceDate" }
        absent = ["commission"]
        leave_out_blank = ["CustomerID"]
        keep_positive = ["Quantity"]
        [sources.derive]
        order_id = { how = "running_number" }
        turnover = { how = "quantity_times_price", from = ["Quantity", "UnitPrice"] }
        """
    )
    sender.send_parquet(
        "invoices.parquet",
        "from (values (6, timestamp_ns '2009-10-09 08:26:00', 2.555, "
        "1::double), (-1, timestamp_ns '2009-10-09 08:26:00', 2.55, 1), "
        "(1, timestamp_ns '2009-10-09 08:26:00', 2.55, null)) "
        "t(Quantity, InvoiceDate, UnitPrice, CustomerID)",
    )
    sender.send("clients.csv", "client_id,branch_id,opened_on\n1,0,20080102\n")
    outcome = sender.read(own)
    assert outcome.rows("trades", "client_id", "turnover") == [("1", Decimal("15.33"))]
    assert "2 row(s) do not belong to this table" in outcome.notices


@pytest.mark.parametrize(
    ("derive", "cells", "expected"),
    [
        ('{ how = "sum_of", from = ["a", "b"] }', "1.005,2", "3.01"),
        ('{ how = "sum_of", from = ["a", "b"] }', ",2", "2.00"),
        ('{ how = "difference_of", from = ["a", "b"] }', "5,2", "3.00"),
        ('{ how = "divided_by", from = ["a"], by = 10000 }', "25000,", "2.50"),
        ('{ how = "divided_by", from = ["a"], by = 3 }', "10,", "3.33"),
        ('{ how = "first_of", from = ["a", "b"] }', ",7", "7.00"),
        ('{ how = "middle_of_range", from = ["a", "b"] }', "1,2", "1.50"),
        ('{ how = "quantity_times_price", from = ["a", "b"] }', "3,1.115", "3.35"),
    ],
)
def test_each_way_of_deriving_a_number(sender: Sender, derive: str, cells: str, expected: str) -> None:
    own = sender.mapping(
        f'[[sources]]\ntable = "flows"\nfiles = ["flows"]\n[sources.derive]\namount = {derive}\n'
    )
    sender.send(
        "flows.csv", f"flow_id,client_id,date,direction,kind,a,b\n1,000001,20091009,in,bank,{cells}\n"
    )
    assert sender.read(own).rows("flows", "amount") == [(Decimal(expected),)]


def test_direction_from_the_sign_of_another_column(sender: Sender) -> None:
    own = sender.mapping(
        '[[sources]]\ntable = "flows"\nfiles = ["flows"]\n'
        '[sources.derive]\ndirection = { how = "sign_of", from = ["net"] }\n'
    )
    sender.send(
        "flows.csv",
        "flow_id,client_id,date,amount,kind,net\n1,000001,20091009,5,bank,-5\n2,000001,20091009,5,bank,5\n",
    )
    assert sender.read(own).rows("flows", "flow_id", "direction") == [("1", "out"), ("2", "in")]


def test_derived_number_from_a_broken_cell_is_named_with_its_cells(sender: Sender) -> None:
    own = sender.mapping(
        '[[sources]]\ntable = "flows"\nfiles = ["flows"]\n'
        '[sources.derive]\namount = { how = "sum_of", from = ["a", "b"] }\n'
    )
    sender.send("flows.csv", "flow_id,client_id,date,direction,kind,a,b\n1,000001,20091009,in,bank,1,x\n")
    assert sender.read(own).rejects("column_name", "value") == [("amount", "1 | x")]


def test_year_of_birth_from_a_day_and_joined_numbers(sender: Sender) -> None:
    own = sender.mapping(
        '[[sources]]\ntable = "clients"\nfiles = ["clients"]\n[sources.derive]\n'
        'birth_year = { how = "year_of", from = ["born"] }\n'
        'client_id = { how = "joined", from = ["yyb", "no"] }\n'
    )
    sender.send("clients.csv", "yyb,no,branch_id,opened_on,born\n01,7,0101,20080102,19800512\n")
    assert sender.read(own).rows("clients", "client_id", "birth_year") == [("01-7", 1980)]


def test_all_ways_of_deriving_are_used_by_a_test_or_a_mapping() -> None:
    shipped = "".join(
        (Path(load_mapping.__code__.co_filename).parent / "mappings" / f"{name}.toml").read_text(
            encoding="utf-8"
        )
        for name in shipped_mappings()
    )
    tests = Path(__file__).read_text(encoding="utf-8")
    assert [how for how in DERIVATIONS if f'"{how}"' not in shipped + tests] == []
