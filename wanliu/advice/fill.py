"""A script with the client's own figures in it; what the book does not know stays visibly open."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from wanliu.advice import figures
from wanliu.advice.client import Client, Row
from wanliu.playbook.items import Material, Script
from wanliu.playbook.placeholders import PLACEHOLDERS, placeholders_of
from wanliu.text import Text

Fields = Mapping[str, Text]
"""Placeholder → its words; one that is not there is not known."""

DAYS_PER_YEAR = 365.25
_FIELD = re.compile(r"\{([a-z_0-9]+)\}")


@dataclass(frozen=True)
class Filled:
    """A script's words with the client's figures; ``to_fill``: what a person must still put in."""

    script: Script
    text: Text
    to_fill: tuple[str, ...]


def filled(script: Script, fields: Fields) -> Filled:
    missing = sorted(placeholders_of(script.text.zh) - fields.keys(), key=script.text.zh.index)

    def put(words: str, pick: Callable[[Text], str]) -> str:
        return _FIELD.sub(lambda found: pick(fields.get(found[1], _open(found[1]))), words)

    text = Text(zh=put(script.text.zh, lambda t: t.zh), en=put(script.text.en, lambda t: t.en))
    return Filled(script, text, tuple(missing))


def fields_of(
    client: Client, *, done_by: date | None, staff: Row | None, material: Material | None
) -> dict[str, Text]:
    """Every placeholder that the book can fill for this client."""
    found = {
        "tenure_years": figures.count(int((client.as_of - client.row["opened_on"]).days / DAYS_PER_YEAR)),
        "refuse_words": _REFUSE,
        "exit_conditions": _seen_conditions(client),
        "exit_done_by": done_by and not _seen_conditions(client) and figures.day(done_by),
        "last_contact_on": _last_contact(client),
        "current_rate": client.row["commission_rate"] is not None
        and figures.rate(client.row["commission_rate"]),
        "minimum_fee": client.row["min_commission"] is not None
        and figures.money(client.row["min_commission"]),
        "branch_name": client.branch and _both(client.branch["name"]),
        "staff_name": staff and _both(staff["name"]),
        "staff_registration": staff and _both(staff["registration"]),
        "ticket_number": _ticket(client),
        "risk_test_on": _risk_test(client),
        "material_title": material and material.title,
        **_adviser(client.manager),
        **_orders(client),
    }
    return {name: words for name, words in found.items() if words}


def _orders(client: Client) -> dict[str, Text | None]:
    """Sums over the orders of the last twelve months; on the minimum is an order that paid exactly it."""
    if client.orders is None:
        return {}
    turnover = sum((Decimal(one["turnover"]) for one in client.orders), Decimal(0))
    paid = sum((Decimal(one["commission"]) for one in client.orders), Decimal(0))
    found: dict[str, Text | None] = {
        "turnover_12m": figures.money(turnover),
        "orders_12m": figures.count(len(client.orders)),
        "commission_12m": figures.money(paid),
    }
    minimum = client.row["min_commission"]
    if minimum and client.orders:
        on_minimum = sum(one["commission"] == minimum for one in client.orders)
        found["orders_on_minimum"] = figures.count(on_minimum)
        found["share_on_minimum"] = figures.share(Decimal(on_minimum) / len(client.orders))
    return found


def _adviser(manager: Row | None) -> dict[str, Text | None]:
    """Only a registered adviser is named as one."""
    if manager is None or not manager["is_adviser"] or not manager["registration"]:
        return {}
    return {
        "adviser_name": _both(manager["name"]),
        "adviser_registration": _both(manager["registration"]),
    }


def _last_contact(client: Client) -> Text | None:
    days = [one["date"] for one in client.contacts or () if one["effective"]]
    return figures.day(max(days)) if days else None


def _ticket(client: Client) -> Text | None:
    found = client.open_requests("complaint")
    return _both(found[0]["request_id"]) if found else None


def _risk_test(client: Client) -> Text | None:
    days = [one["date"] for one in client.profile_changes or () if one["what"] == "risk_level"]
    return figures.day(max(days)) if days else None


def _seen_conditions(client: Client) -> Text | None:
    """What the book shows of the conditions that are still open; without any the exit desk must list them."""
    held = client.held
    if held is None:
        return None
    # positions move along with a transfer: that they must go first is a condition of closing alone
    closing = bool(client.open_requests("close_account"))
    traded = any(one["date"] == client.as_of for one in client.orders or ())
    checks = (
        (traded, _TRADED),
        (closing and held["position_value"] > 0, _POSITION),
        (closing and held["cash"] > 0, _CASH),
        (held["cash"] < 0, _NEGATIVE),
    )
    open_ = [words for holds, words in checks if holds]
    if not open_:
        return None
    return Text(zh="、".join(one.zh for one in open_), en=", ".join(one.en for one in open_))


def _both(words: str | None) -> Text | None:
    return Text(zh=words, en=words) if words else None


def _open(name: str) -> Text:
    words = FIELD_NAMES[name]
    return Text(zh=f"〔待填：{words.zh}〕", en=f"[to fill: {words.en}]")


_REFUSE = Text(zh="拒收请回复R", en="Reply R to refuse further messages")
_TRADED = Text(zh="当日成交尚未交收", en="today's trades are not settled")
_POSITION = Text(zh="持仓尚未卖出或转出", en="positions not yet sold or moved")
_CASH = Text(zh="资金余额尚未转出", en="cash not yet moved out")
_NEGATIVE = Text(zh="资金余额为负", en="a negative balance")

FIELD_NAMES: dict[str, Text] = {
    "client_title": Text(zh="称呼", en="how to address the client"),
    "staff_name": Text(zh="您的姓名", en="your name"),
    "staff_registration": Text(zh="您的登记编号", en="your registration number"),
    "firm_name": Text(zh="公司名称", en="the firm's name"),
    "branch_name": Text(zh="营业部名称", en="the branch's name"),
    "branch_phone": Text(zh="营业部电话", en="the branch's telephone"),
    "tenure_years": Text(zh="开户年数", en="years as a client"),
    "turnover_12m": Text(zh="近 12 个月成交额", en="turnover of twelve months"),
    "orders_12m": Text(zh="近 12 个月笔数", en="orders of twelve months"),
    "commission_12m": Text(zh="近 12 个月佣金", en="commission of twelve months"),
    "orders_on_minimum": Text(zh="按最低收费的笔数", en="orders on the minimum"),
    "share_on_minimum": Text(zh="按最低收费的占比", en="share on the minimum"),
    "current_rate": Text(zh="现行费率", en="current rate"),
    "minimum_fee": Text(zh="每笔最低收费", en="minimum per order"),
    "last_contact_on": Text(zh="上次联系日期", en="day of the last contact"),
    "adviser_name": Text(zh="投资顾问姓名", en="the adviser's name"),
    "adviser_registration": Text(zh="投资顾问登记编号", en="the adviser's registration"),
    "tariff_version": Text(zh="收费标准版本", en="version of the tariff"),
    "tariff_date": Text(zh="收费标准公示日期", en="date of the tariff"),
    "tariff_tier": Text(zh="符合的档位", en="tier that is met"),
    "compared_commission": Text(zh="按对比费率的佣金", en="commission at the other rate"),
    "difference": Text(zh="差额", en="the difference"),
    "answer_days": Text(zh="答复所需交易日", en="trading days until the answer"),
    "answer_by": Text(zh="答复日期", en="day of the answer"),
    "near_branch_name": Text(zh="就近营业部", en="the branch nearby"),
    "ticket_number": Text(zh="登记单号", en="ticket number"),
    "exit_conditions": Text(zh="尚需满足的条件", en="conditions still open"),
    "exit_done_by": Text(zh="预计办结日期", en="expected day of completion"),
    "risk_test_on": Text(zh="上次风险测评日期", en="day of the last risk test"),
    "material_title": Text(zh="材料名称", en="title of the material"),
    "refuse_words": Text(zh="拒收方式", en="how to refuse"),
}
assert FIELD_NAMES.keys() == PLACEHOLDERS.keys(), "every placeholder has a name for people"
