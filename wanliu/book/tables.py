"""Every table and column that a brokerage gives us: type, unit, meaning and constraint, once.

Readers, checks, the sealed book and the reference pages all work from these declarations.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from wanliu.text import Text

ColumnType = Literal["id", "text", "date", "money", "rate", "integer", "boolean", "code"]

SQL_TYPES: MappingProxyType[ColumnType, str] = MappingProxyType(
    {
        "id": "VARCHAR",
        "text": "VARCHAR",
        "code": "VARCHAR",
        "date": "DATE",
        "money": "DECIMAL(18,2)",
        "rate": "DECIMAL(12,8)",
        "integer": "INTEGER",
        "boolean": "BOOLEAN",
    }
)


@dataclass(frozen=True)
class Column:
    """One column: money is CNY, a rate is a fraction (0.0003), a date a calendar day in Asia/Shanghai."""

    name: str
    type: ColumnType
    meaning: Text
    required: bool = False
    codes: tuple[str, ...] = ()
    default: str | None = None
    at_least: int | None = None
    at_most: int | None = None

    @property
    def sql_type(self) -> str:
        return SQL_TYPES[self.type]


@dataclass(frozen=True)
class Table:
    """One table of the book; a *daily* table is sealed by month, sorted by client and date."""

    name: str
    meaning: Text
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    daily: bool = False

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.required)

    @property
    def has_clients(self) -> bool:
        return any(column.name == "client_id" for column in self.columns)


def _id(name: str, zh: str, en: str, *, required: bool = False) -> Column:
    return Column(name, "id", Text(zh, en), required=required)


def _date(name: str, zh: str, en: str, *, required: bool = False) -> Column:
    return Column(name, "date", Text(zh, en), required=required)


def _money(name: str, zh: str, en: str, *, required: bool = False, at_least: int | None = None) -> Column:
    return Column(name, "money", Text(zh, en), required=required, at_least=at_least)


def _text(name: str, zh: str, en: str) -> Column:
    return Column(name, "text", Text(zh, en))


def _rate(name: str, zh: str, en: str, *, required: bool = False) -> Column:
    return Column(name, "rate", Text(zh, en), required=required, at_least=0)


def _flag(name: str, zh: str, en: str, *, default: str = "false") -> Column:
    return Column(name, "boolean", Text(zh, en), default=default)


def _code(
    name: str, zh: str, en: str, codes: str, *, required: bool = False, default: str | None = None
) -> Column:
    return Column(name, "code", Text(zh, en), required=required, codes=tuple(codes.split()), default=default)


CLIENT_ID = _id("client_id", "客户号", "client number", required=True)
DATE = _date("date", "日期", "day", required=True)
ACCOUNT_ID = _id("account_id", "资金账号", "fund account")
BRANCH_ID = _id("branch_id", "营业部代码", "branch", required=True)

DEMANDS = (
    "commission_cut min_fee_waiver margin_rate_cut gift service_upgrade product_access "
    "compensation other_demand"
)
EXIT_REQUESTS = "transfer_custody revoke_designation close_account"

_ALL = (
    Table(
        "clients",
        Text("客户", "clients, as they are today"),
        (
            CLIENT_ID,
            BRANCH_ID,
            _date("opened_on", "开户日期", "day the account was opened", required=True),
            _date("closed_on", "销户日期", "day the account was closed"),
            _code("kind", "客户类型", "kind of client", "person institution product", default="person"),
            _code("segment", "客户分级", "size segment", "regular large"),
            _code("status", "客户状态", "status", "normal frozen dormant unqualified deceased"),
            _id("manager_id", "客户经理工号", "the client's manager (a staff_id)"),
            Column("birth_year", "integer", Text("出生年份", "year of birth"), at_least=1880, at_most=2100),
            _text("occupation", "职业", "occupation"),
            Column("risk_level", "integer", Text("风险等级(1–5)", "risk level, 1–5"), at_least=1, at_most=5),
            _rate("commission_rate", "佣金率", "commission rate, a fraction of turnover"),
            _money("min_commission", "最低佣金", "minimum commission per order, CNY", at_least=0),
            _id("household_id", "家庭编号", "household"),
            _flag("is_employee", "本公司员工", "an employee of the firm"),
            _flag("do_not_contact", "勿扰", "must not be contacted"),
            _flag("scoring_opt_out", "拒绝自动化评分", "opted out of automated scoring"),
            _code(
                "marketing_consent",
                "营销同意",
                "consent to marketing; empty is unknown",
                "given refused withdrawn",
            ),
        ),
        key=("client_id",),
    ),
    Table(
        "persons",
        Text("客户身份信息", "names and phones: read by the workbench alone"),
        (
            CLIENT_ID,
            _text("name", "姓名", "name"),
            _text("phone", "电话", "phone"),
            _text("city", "城市", "city"),
        ),
        key=("client_id",),
    ),
    Table(
        "assets",
        Text("资产", "assets at the close"),
        (
            CLIENT_ID,
            DATE,
            _money("cash", "现金", "cash, CNY", required=True),
            _money("position_value", "持仓市值", "market value of positions, CNY", required=True),
            _money("net_assets", "净资产", "assets net of debt, CNY", required=True),
            ACCOUNT_ID,
        ),
        key=("client_id", "date", "account_id"),
        daily=True,
    ),
    Table(
        "flows",
        Text("资金与证券进出", "money and securities moved in and out"),
        (
            _id("flow_id", "流水号", "number of the flow", required=True),
            CLIENT_ID,
            DATE,
            _code("direction", "方向", "direction", "in out", required=True),
            _money("amount", "金额", "amount, CNY", required=True, at_least=0),
            _code(
                "kind",
                "类别",
                "kind of flow",
                "bank securities internal interest fee product other",
                required=True,
            ),
            _id("reverses", "被冲正流水号", "the flow_id that this row cancels"),
            ACCOUNT_ID,
        ),
        key=("flow_id",),
        daily=True,
    ),
    Table(
        "trades",
        Text("成交委托", "orders with at least one fill"),
        (
            _id("order_id", "委托号", "number of the order", required=True),
            CLIENT_ID,
            DATE,
            _money("turnover", "成交金额", "turnover, CNY", required=True, at_least=0),
            _money("commission", "佣金", "commission, CNY", required=True, at_least=0),
            _code("side", "买卖方向", "side", "buy sell"),
            _id("symbol", "证券代码", "security"),
            _money("levies", "规费", "levies inside the commission, CNY", at_least=0),
            _code("kind", "委托类别", "kind of order", "ordinary ipo repo plan", default="ordinary"),
            ACCOUNT_ID,
        ),
        key=("client_id", "date", "order_id"),
        daily=True,
    ),
    Table(
        "contacts",
        Text("服务记录", "contacts between the firm and the client"),
        (
            _id("contact_id", "服务记录号", "number of the contact", required=True),
            CLIENT_ID,
            DATE,
            _code("channel", "方式", "channel", "phone visit video wecom app sms"),
            _code("direction", "方向", "direction", "in out"),
            _flag(
                "effective", "有效接触", "an effective contact (default: true; by sms: false)", default="true"
            ),
            _id("staff_id", "员工号", "member of staff"),
            _text("note", "备注", "note"),
        ),
        key=("contact_id",),
        daily=True,
    ),
    Table(
        "requests",
        Text("投诉与诉求", "complaints, demands and exit requests"),
        (
            _id("request_id", "诉求编号", "number of the request", required=True),
            CLIENT_ID,
            DATE,
            _code("kind", "类别", "kind of request", f"complaint {DEMANDS} {EXIT_REQUESTS}", required=True),
            _code(
                "outcome", "结果", "outcome; undated, so no sign reads it", "open granted refused withdrawn"
            ),
            _date("closed_on", "办结日期", "day it was settled"),
            _text("text", "内容", "words of the client"),
        ),
        key=("request_id",),
        daily=True,
    ),
    Table(
        "rate_changes",
        Text("佣金调整", "changes of the commission rate"),
        (
            CLIENT_ID,
            DATE,
            _rate("old_rate", "原佣金率", "rate before, a fraction", required=True),
            _rate("new_rate", "新佣金率", "rate after, a fraction", required=True),
            _money("old_min", "原最低佣金", "minimum before, CNY", at_least=0),
            _money("new_min", "新最低佣金", "minimum after, CNY", at_least=0),
        ),
        key=("client_id", "date"),
        daily=True,
    ),
    Table(
        "exits",
        Text("离开", "exits carried out"),
        (
            CLIENT_ID,
            DATE,
            _code(
                "kind",
                "类别",
                "kind of exit",
                "closed_account transferred_custody revoked_designation",
                required=True,
            ),
            _text("reason", "原因", "reason given"),
        ),
        key=("client_id", "date", "kind"),
        daily=True,
    ),
    Table(
        "profile_changes",
        Text("资料变更", "changes of the client's particulars"),
        (
            CLIENT_ID,
            DATE,
            _code(
                "what",
                "变更项",
                "what changed",
                "address phone occupation manager branch risk_level",
                required=True,
            ),
            _text("old", "原值", "before"),
            _text("new", "新值", "after"),
        ),
        key=(),
        daily=True,
    ),
    Table(
        "logins",
        Text("登录", "log-ins per day"),
        (
            CLIENT_ID,
            DATE,
            Column("count", "integer", Text("次数", "number of log-ins"), required=True, at_least=0),
        ),
        key=("client_id", "date"),
        daily=True,
    ),
    Table(
        "staff",
        Text("员工", "staff"),
        (
            _id("staff_id", "员工号", "number", required=True),
            BRANCH_ID,
            _text("name", "姓名", "name"),
            _text("registration", "登记编号", "registration number"),
            _flag("is_adviser", "投资顾问", "a registered adviser"),
        ),
        key=("staff_id",),
    ),
    Table(
        "branches",
        Text("营业部", "branches"),
        (
            BRANCH_ID,
            _text("name", "名称", "name"),
            _text("city", "城市", "city"),
        ),
        key=("branch_id",),
    ),
    Table("calendar", Text("交易日历", "trading days"), (DATE,), key=("date",)),
)

TABLES: MappingProxyType[str, Table] = MappingProxyType({table.name: table for table in _ALL})
