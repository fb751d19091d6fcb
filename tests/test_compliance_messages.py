"""Whole messages: what they lack, and that no script of the playbook lacks anything."""

from __future__ import annotations

import pytest

from tests.samples import filled
from wanliu.compliance.messages import Channel, missing_parts
from wanliu.playbook.items import Script, Stage
from wanliu.playbook.load import load

SCRIPTS = list(load().scripts.values())
WHOLE = (
    "示例证券北城营业部李敏：王先生您好，您的费率为万分之2.5，每笔最低收费5元，"
    "依据收费标准2026年第1版（2026-01-05公示）。拒收请回复R"
)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.id)
def test_script_lacks_nothing(script: Script) -> None:
    for text in (filled(script).zh, filled(script).en):
        assert missing_parts(text, channel=script.channel, stage=script.stage) == ()


def test_message_that_has_all_lacks_nothing() -> None:
    assert missing_parts(WHOLE, channel="message") == ()


@pytest.mark.parametrize(
    ("taken_out", "missing"),
    [
        ("示例证券北城营业部", "sender"),
        ("拒收请回复R", "refusal"),
        ("依据收费标准2026年第1版", "tariff_version"),
        ("2026-01-05", "tariff_date"),
    ],
)
def test_message_without_a_part_lacks_it_in_words(taken_out: str, missing: str) -> None:
    parts = missing_parts(WHOLE.replace(taken_out, ""), channel="message")

    assert [part.id for part in parts] == [missing]
    assert parts[0].missing.zh
    assert parts[0].missing.en


@pytest.mark.parametrize(
    ("text", "channel", "stage", "missing"),
    [
        ("推荐您了解一下我们新发的基金产品。", "counter", "normal", ["risk"]),
        ("推荐您了解一下我们新发的基金产品，投资有风险，入市需谨慎。", "counter", "normal", []),
        ("转户申请我现在受理。", "phone", "exit", ["free_to_leave"]),
        ("转户申请我现在受理，是否办理由您决定，不影响申请。", "phone", "exit", []),
        ("建议您减持这只股票。", "phone", "normal", ["adviser"]),
        ("我是投资顾问陈立，登记编号S0000000000002，建议您减持这只股票。", "phone", "normal", []),
        ("明天休市，后天正常开盘。", "counter", "normal", []),
        ("明天休市，后天正常开盘。", "mass", "normal", ["sender", "refusal"]),
    ],
)
def test_parts_follow_from_what_is_said(
    text: str, channel: Channel, stage: Stage, missing: list[str]
) -> None:
    assert [part.id for part in missing_parts(text, channel=channel, stage=stage)] == missing


def test_sender_must_be_the_firm_that_was_named() -> None:
    parts = missing_parts(WHOLE, channel="message", firm="另一证券")

    assert [part.id for part in parts] == ["sender"]


def test_words_that_do_not_say_so_may_still_propose() -> None:
    parts = missing_parts("有空来听听。", channel="phone", proposes=True)

    assert [part.id for part in parts] == ["risk"]
