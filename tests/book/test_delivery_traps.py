"""The traps of real counters' exports, each named after what it does to the unwary."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.book.deliveries import FLOWS, Sender
from wanliu.text import choose_language

NINTH, TWELFTH = datetime.date(2009, 10, 9), datetime.date(2009, 10, 12)
APEX_CLIENTS = "khh,yyb,khrq,xhrq,jgbz,khzt\n000000000001,0101,20080102,0,0,0\n"
ZJMXLS = "rq,rzrq,khh,zjzh,lsh,ywkm,srje,fcje,czbz,zy\n"
JGMXLS = "cjrq,jsrq,khh,zjzh,wth,wtlb,jys,zqdm,cjsl,cjjg,cjje,s1,s2,s3,s11,s12,s13,s16\n"


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


@pytest.fixture
def apex(sender: Sender) -> Sender:
    return sender.without("clients.csv").send("TKHXX.csv", APEX_CLIENTS)


def test_exchange_code_1_is_shenzhen_at_apex_and_shanghai_at_hundsun(tmp_path: Path) -> None:
    (tmp_path / "apex").mkdir()
    (tmp_path / "hundsun").mkdir()
    apex = Sender(tmp_path / "apex").without("clients.csv").send("TKHXX.csv", APEX_CLIENTS)
    apex.send(
        "JGMXLS.csv", JGMXLS + "20091009,20091012,000000000001,9,77,1,1,000001,100,5,500,5,0,0,0,0,0,0\n"
    )
    hundsun = Sender(tmp_path / "hundsun").send(
        "his_deliver.csv",
        "init_date,client_id,fund_account,entrust_no,exchange_type,stock_code,entrust_bs,deliver_type,business_amount,"
        "business_price,business_balance,fare0,exchange_fare0,exchange_fare3\n"
        "20091009,000001,9,77,1,600000,1,0,100,5,500,5,0,0\n",
    )
    assert apex.read("apex").rows("trades", "symbol") == [("000001.SZ",)]
    assert hundsun.read("hundsun").rows("trades", "symbol") == [("600000.SH",)]


def test_status_3_is_closed_at_apex_and_lost_at_kingdom(tmp_path: Path) -> None:
    (tmp_path / "apex").mkdir()
    (tmp_path / "kingdom").mkdir()
    closed = (
        "khh,yyb,khrq,xhrq,jgbz,khzt\n000000000001,0101,20080102,20090101,0,3\n"
        "000000000002,0101,20080102,0,0,3\n"
    )
    apex = Sender(tmp_path / "apex").without("clients.csv").send("TKHXX.csv", closed).read("apex")
    lost = (
        "CUST_CODE,INT_ORG,OPEN_DATE,CLOSE_DATE,USER_TYPE,CUACCT_STATUS,RiskTestLevel\n"
        "1,0101,20080102,0,0,3,C\n"
    )
    kingdom = Sender(tmp_path / "kingdom").without("clients.csv").send("CUSTOMER.csv", lost).read("kingdom")
    assert apex.rows("clients", "client_id", "status", "closed_on") == [
        ("000000000001", None, datetime.date(2009, 1, 1))
    ]
    assert apex.why() == ["the account is closed, but the day is not told"]
    assert kingdom.rows("clients", "status", "risk_level", "closed_on") == [("frozen", 3, None)]


def test_withdrawal_is_negative_in_one_feed_and_a_column_of_its_own_in_another(tmp_path: Path) -> None:
    (tmp_path / "apex").mkdir()
    (tmp_path / "hundsun").mkdir()
    apex = Sender(tmp_path / "apex").without("clients.csv").send("TKHXX.csv", APEX_CLIENTS)
    apex.send(
        "ZJMXLS.csv",
        ZJMXLS
        + "20091009,20091012,000000000001,9,1,10213,0.00,500.00,0,\n"
        + "20091009,20091012,000000000001,9,2,10113,70,0,0,\n",
    )
    hundsun = Sender(tmp_path / "hundsun").send(
        "his_fundjour.csv",
        "init_date,serial_no,client_id,fund_account,business_flag,occur_balance\n"
        "20091009,1,000001,9,2042,-500.00\n20091009,2,000001,9,2041,70\n",
    )
    expected = [("1", "out", Decimal("500.00"), "bank"), ("2", "in", Decimal("70.00"), "bank")]
    for outcome in (apex.read("apex"), hundsun.read("hundsun")):
        assert outcome.rows("flows", "flow_id", "direction", "amount", "kind") == expected


def test_day_of_the_event_counts_not_that_of_the_booking(apex: Sender) -> None:
    apex.send("ZJMXLS.csv", ZJMXLS + "20091009,20091012,000000000001,9,1,10213,0,5,0,\n")
    assert apex.read("apex").rows("flows", "date") == [(NINTH,)]


def test_reversal_with_a_flag_only_cancels_the_latest_earlier_row_across_days(apex: Sender) -> None:
    rows = (
        "20091009,20091009,000000000001,9,1,10213,0,500,0,\n"
        "20091009,20091009,000000000001,9,2,10213,0,500,0,\n"
        "20091009,20091009,000000000001,8,3,10213,0,500,0,\n"
        "20091012,20091012,000000000001,9,4,10213,0,-500,1,\n"
        "20091012,20091012,000000000001,9,5,10213,500,0,1,\n"
    )
    outcome = apex.send("ZJMXLS.csv", ZJMXLS + rows).read("apex")
    found = outcome.rows("flows", "flow_id", "reverses", "direction")
    assert found == [
        ("1", None, "out"),
        ("2", None, "out"),
        ("3", None, "out"),
        ("4", "2", "in"),
        ("5", "1", "in"),
    ]
    assert outcome.counts("flows") == (5, 5, 0)


def test_reversal_without_a_partner_is_rejected(apex: Sender) -> None:
    rows = (
        "20091009,20091009,000000000001,9,1,10213,0,500,0,\n"
        "20091012,20091012,000000000001,9,2,10213,0,-400,1,\n"
        "20091008,20091008,000000000001,9,3,10213,0,-500,1,\n"
    )
    outcome = apex.send("ZJMXLS.csv", ZJMXLS + rows).read("apex")
    assert outcome.counts("flows") == (3, 1, 2)
    assert outcome.rejects("line", "column_name", "value") == [
        (3, "reverses", "0 | -400"),
        (4, "reverses", "0 | -500"),
    ]


def test_reversal_that_names_its_row_is_kept_as_told(sender: Sender) -> None:
    text = (
        "流水号,客户号,日期,方向,金额,类别,原流水号\n1,000001,20091009,转出,5,银行,\n"
        "2,000001,20091012,转入,5,银行,1\n"
    )
    assert sender.send("flows.csv", text).read().rows("flows", "flow_id", "reverses") == [
        ("1", None),
        ("2", "1"),
    ]


def test_settlement_of_trades_is_no_flow_and_is_told(apex: Sender) -> None:
    rows = "20091009,,000000000001,9,1,13001,0,500,0,\n20091009,,000000000001,9,2,10213,0,5,0,\n"
    outcome = apex.send("ZJMXLS.csv", ZJMXLS + rows).read("apex")
    assert outcome.counts("flows") == (1, 1, 0)
    assert "1 row(s) do not belong to this table" in outcome.notices


def test_unknown_business_code_is_rejected_and_not_taken_for_other(apex: Sender) -> None:
    outcome = apex.send("ZJMXLS.csv", ZJMXLS + "20091009,,000000000001,9,1,10999,0,500,0,\n").read("apex")
    assert outcome.why() == ["the code is unknown"]


def test_securities_moved_with_amount_0_are_worth_quantity_times_price(apex: Sender) -> None:
    rows = (
        "20091009,,000000000001,9,1,7,1,000001,1000,12.345,0.00,0,0,0,0,0,0,0\n"
        "20091009,,000000000001,9,2,10,2,600000,100,0,0,0,0,0,0,0,0,0\n"
        "20091009,,000000000001,9,3,21,2,600000,100,9,0,0,0,0,0,0,0,0\n"
        "20091009,,000000000001,9,4,15,2,600000,100,9,880,0,0,0,0,0,0,0\n"
        "20091009,,000000000001,9,5,1,2,600000,100,9,900,5.00,0,0,0.04,0.02,,0\n"
    )
    outcome = apex.send("JGMXLS.csv", JGMXLS + rows).read("apex")
    assert outcome.rows("flows", "direction", "kind", "amount") == [
        ("in", "securities", Decimal("880.00")),
        ("out", "internal", Decimal("900.00")),
        ("out", "securities", Decimal("12345.00")),
    ]
    assert outcome.rejects("table_name", "line", "column_name") == [("flows", 3, "amount")]
    assert outcome.rows("trades", "order_id", "side", "turnover", "commission", "levies") == [
        ("5", "buy", Decimal("900.00"), Decimal("5.00"), Decimal("0.06"))
    ]


def test_moved_securities_at_hundsun_are_deliver_type_5(sender: Sender) -> None:
    header = (
        "init_date,client_id,fund_account,entrust_no,exchange_type,stock_code,entrust_bs,deliver_type,business_amount,"
        "business_price,business_balance,fare0,exchange_fare0,exchange_fare3\n"
    )
    row = "20091009,000001,9,7,1,600000,2,5,100,9.5,0,0,0,0\n"
    outcome = sender.send("his_deliver.csv", header + row).read("hundsun")
    assert outcome.rows("flows", "flow_id", "direction", "kind", "amount") == [
        ("20091009-1-2", "out", "securities", Decimal("950.00"))
    ]
    assert outcome.counts("trades") == (0, 0, 0)


def test_position_value_is_the_sum_of_what_is_held_on_and_off_the_exchange(sender: Sender) -> None:
    text = (
        "init_date,client_id,fund_account,fund_asset,secu_market_value,opfund_market_value,secum_market_value,net_asset\n"
        "20091009,000001,9,1,2,3,,6\n20091009,000001,8,1,,,,1\n"
    )
    outcome = sender.send("asset_his.csv", text).read("hundsun")
    assert outcome.rows("assets", "account_id", "position_value") == [("9", Decimal("5.00"))]
    assert outcome.why() == ["a mandatory value is empty"]
    assert outcome.delivery.tables["assets"].derived == ("position_value",)


def test_several_accounts_of_a_client_stay_rows_of_their_own(sender: Sender) -> None:
    text = "客户号,日期,现金,持仓市值,净资产,资金账号\n000001,20091009,1,0,1,a\n000001,20091009,2,0,2,b\n"
    assert sender.send("资产.csv", text).read().counts("assets") == (2, 2, 0)


def test_closed_client_without_a_row_in_clients_is_named(sender: Sender) -> None:
    outcome = sender.send("flows.csv", FLOWS + "f1,999999,20091009,out,1,bank\n").read()
    assert outcome.rejects("line", "client_id") == [(2, "999999")]


def test_branches_that_were_merged_are_mapped_to_the_new_one(sender: Sender) -> None:
    merged = sender.mapping('[codes.clients.branch_id]\n"0101" = "0199"\n')
    assert sender.read(merged).rows("clients", "distinct branch_id") == [("0199",)]


def test_leading_zeros_lost_are_put_back_by_the_declared_width(sender: Sender) -> None:
    sender.send("clients.csv", "client_id,branch_id,opened_on\n1,101,20080102\n12,101,20080102\n")
    sender.send("flows.csv", FLOWS + "f1,000001,20091009,out,1,bank\n")
    assert "leading zeros" in sender.read().rejects("mend_en")[0][0]
    widths = sender.mapping("[width]\nclient_id = 6\nbranch_id = 4\n")
    outcome = sender.read(widths)
    assert outcome.rows("clients", "client_id", "branch_id") == [("000001", "0101"), ("000012", "0101")]
    assert outcome.why() == []


def test_number_of_a_client_in_exponents_has_lost_its_digits(sender: Sender) -> None:
    outcome = sender.send("clients.csv", "client_id,branch_id,opened_on\n1.23457E+11,0101,20080102\n").read()
    assert outcome.rejects("column_name", "value", "mend_en") == [
        ("client_id", "1.23457E+11", "export it again from its source, with the column formatted as text")
    ]


@pytest.mark.parametrize(
    "wrapped", ['="000001"', "'000001", '"=""000001"""', " 000001\u00a0", "０００００１"]
)
def test_client_number_that_excel_wrapped_is_unwrapped(sender: Sender, wrapped: str) -> None:
    outcome = sender.send("flows.csv", FLOWS + f"f1,{wrapped},20091009,out,1,bank\n").read()
    assert outcome.rows("flows", "client_id") == [("000001",)]


@pytest.mark.parametrize("first", ["合计", "总 计", "小计：", "合计(2笔)", "Total"])
def test_total_row_is_no_row_and_is_told(sender: Sender, first: str) -> None:
    rows = f"f1,000001,20091009,out,1,bank\n{first},,,,1.00,\n"
    outcome = sender.send("flows.csv", FLOWS + rows).read()
    assert outcome.counts("flows") == (1, 1, 0)
    assert "flows.csv, line 3: a sum below the rows" in outcome.notices


def test_total_row_with_fewer_fields_is_no_broken_row(sender: Sender) -> None:
    outcome = sender.send("flows.csv", FLOWS + "f1,000001,20091009,out,1,bank\n合计,1.00\n").read()
    assert outcome.counts("flows") == (1, 1, 0)


def test_blank_lines_are_no_rows(sender: Sender) -> None:
    outcome = sender.send("flows.csv", FLOWS + "\n  \n,,,,,\nf1,000001,20091009,out,1,bank\n\n").read()
    assert outcome.counts("flows") == (1, 1, 0)


def test_title_line_above_the_header_is_skipped_and_told(sender: Sender) -> None:
    outcome = sender.send(
        "flows.csv", "2009年10月资金流水\n\n" + FLOWS + "f1,000001,20091009,out,1,bank\n"
    ).read()
    assert outcome.counts("flows") == (1, 1, 0)
    assert "1 title line(s)" in outcome.notices


def test_thousands_commas_full_width_digits_and_dashes_in_money(sender: Sender) -> None:
    header = "client_id,date,cash,position_value,net_assets,account_id\n"
    text = header + '000001,20091009,"1,234,567.89",１２．５,-5.00,--\n'
    assert sender.send("assets.csv", text).read().rows(
        "assets", "cash", "position_value", "net_assets", "account_id"
    ) == [(Decimal("1234567.89"), Decimal("12.50"), Decimal("-5.00"), None)]


@pytest.mark.parametrize("rate", ["0.00025", "0.025%", "万2.5", "2.5‱", "0.25‰"])
def test_rate_in_any_unit(sender: Sender, rate: str) -> None:
    text = f"客户号,调整日期,原佣金率,新佣金率\n000001,20091009,0.3%,{rate}\n"
    outcome = sender.send("rate_changes.csv", text).read()
    assert outcome.rows("rate_changes", "old_rate", "new_rate") == [(Decimal("0.003"), Decimal("0.00025"))]


@pytest.mark.parametrize("day", ["0", "19000101", "30000000", "99991231", "-", ""])
def test_day_that_means_never(sender: Sender, day: str) -> None:
    text = f"客户号,营业部,开户日期,销户日期\n000001,0101,20080102,{day}\n"
    outcome = sender.send("clients.csv", text).read()
    assert outcome.rows("clients", "closed_on") == [(None,)]


@pytest.mark.parametrize(
    ("words", "direction", "kind"),
    [
        ("银行转存", "in", "bank"),
        ("银行转取", "out", "bank"),
        ("批量利息归本", "in", "interest"),
        ("撤指转出", "out", "securities"),
    ],
)
def test_word_of_the_journal_tells_direction_and_kind(
    sender: Sender, words: str, direction: str, kind: str
) -> None:
    text = f"日期,流水号,客户号,摘要,发生金额\n20091009,1,000001,{words},5\n"
    outcome = sender.send("资金流水.csv", text, "gb18030").read()
    assert outcome.rows("flows", "direction", "kind") == [(direction, kind)]


def test_time_of_day_beside_the_day_is_dropped(sender: Sender) -> None:
    sender.send("flows.csv", FLOWS + "f1,000001,2009-10-09 23:59:59,out,1,bank\n")
    assert sender.read().rows("flows", "date") == [(NINTH,)]


def test_timestamp_with_zone_is_the_day_in_shanghai(sender: Sender) -> None:
    sender.send_parquet(
        "flows.parquet",
        "select 'f1' flow_id, '000001' client_id, to_timestamp(epoch(timestamp '2009-10-11 17:00:00')) date, "
        "'in' direction, 5 amount, 'bank' kind",
    )
    assert sender.read().rows("flows", "date") == [(TWELFTH,)]


def test_codes_in_chinese(sender: Sender) -> None:
    sender.send(
        "clients.csv",
        "客户号,营业部,开户日期,客户类型,客户分级,客户状态,风险等级,本公司员工,营销同意\n"
        "000001,0101,20080102,产品,大客户,休眠,稳健型,是,拒绝\n",
    )
    sender.send(
        "requests.csv",
        "诉求编号,客户号,日期,类别,结果\n1,000001,20091009,投诉,处理中\n2,000001,20091009,撤销指定交易,\n",
    )
    sender.send("exits.csv", "客户号,日期,类别\n000001,20091009,销户\n")
    sender.send(
        "trades.csv", "委托号,客户号,日期,成交金额,手续费,买卖方向\n1,000001,20091009,100,5,证券买入\n"
    )
    outcome = sender.read()
    assert outcome.why() == []
    columns = ("kind", "segment", "status", "risk_level", "is_employee", "marketing_consent")
    assert outcome.rows("clients", *columns) == [("product", "large", "dormant", 3, True, "refused")]
    assert outcome.rows("requests", "kind", "outcome") == [
        ("complaint", "open"),
        ("revoke_designation", None),
    ]
    assert outcome.rows("exits", "kind") == [("closed_account",)]
    assert outcome.rows("trades", "side", "kind") == [("buy", "ordinary")]
