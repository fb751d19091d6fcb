"""Sample values for every placeholder of the scripts, and scripts filled with them."""

from __future__ import annotations

from wanliu.playbook.items import Script
from wanliu.playbook.placeholders import PLACEHOLDERS
from wanliu.text import Text

ZH = {
    "client_title": "王先生",
    "staff_name": "李敏",
    "staff_registration": "S0000000000001",
    "firm_name": "示例证券",
    "branch_name": "北城营业部",
    "branch_phone": "010-55550000",
    "tenure_years": "9",
    "turnover_12m": "1,200,000.00",
    "orders_12m": "86",
    "commission_12m": "300.00",
    "orders_on_minimum": "31",
    "share_on_minimum": "36.0%",
    "current_rate": "万分之2.5",
    "minimum_fee": "5.00",
    "last_contact_on": "2026-09-01",
    "adviser_name": "陈立",
    "adviser_registration": "S0000000000002",
    "tariff_version": "2026年第1版",
    "tariff_date": "2026-01-05",
    "tariff_tier": "第二档",
    "compared_commission": "240.00",
    "difference": "60.00",
    "answer_days": "5",
    "answer_by": "2026-12-01",
    "near_branch_name": "南城营业部",
    "ticket_number": "20261123001",
    "exit_conditions": "持仓已转出、资金已结清",
    "exit_done_by": "2026-11-26",
    "risk_test_on": "2024-05-01",
    "material_title": "账户分析服务说明",
    "refuse_words": "拒收请回复R",
}
EN = ZH | {
    "client_title": "Mr Wang",
    "staff_name": "Li Min",
    "firm_name": "Example Securities",
    "branch_name": "North Branch",
    "tariff_version": "2026-1",
    "tariff_tier": "tier 2",
    "current_rate": "2.5 per ten thousand",
    "adviser_name": "Chen Li",
    "near_branch_name": "South Branch",
    "exit_conditions": "positions moved, cash settled",
    "material_title": "Account analysis",
    "refuse_words": "Reply R to refuse.",
}
assert ZH.keys() == PLACEHOLDERS.keys()


def filled(script: Script) -> Text:
    """The script's text with the sample values in both languages."""
    return Text(zh=script.text.zh.format(**ZH), en=script.text.en.format(**EN))
