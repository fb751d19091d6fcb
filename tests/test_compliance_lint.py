"""The linter: rules and classifier together, over the whole set of rules and scripts."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.samples import filled
from wanliu.compliance.lint import Channel, Linter
from wanliu.playbook.items import Script, ScriptRule, Stage
from wanliu.playbook.load import load

# What they share takes a minute to make: it is made by one worker, not by each.
pytestmark = pytest.mark.xdist_group("learnt from words")

PLAYBOOK = load()
RULES = PLAYBOOK.rules
SENTENCE_END = re.compile(r"(?<=[。！？；])")


@pytest.fixture(scope="module")
def linter() -> Linter:
    return Linter.load()


@pytest.fixture(scope="module")
def by_rules_alone() -> Linter:
    return Linter(RULES, None)


def counting(linter: Linter, text: str, stage: Stage = "normal", channel: Channel = "one_to_one") -> set[str]:
    verdict = linter.lint(text, stage=stage, channel=channel)
    return {hit.rule for hit in verdict.hits if hit.severity != "info"}


def stage_of(rule: ScriptRule) -> Stage:
    return "exit" if rule.stage == "exit" else "normal"


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_rule_hits_what_it_says_it_hits(linter: Linter, rule: ScriptRule) -> None:
    wanted = "warn" if rule.severity == "warn" else "block"
    verdicts = {text: linter.lint(text, stage=stage_of(rule)).verdict for text in rule.hits}

    assert verdicts == dict.fromkeys(rule.hits, wanted)


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_rule_passes_what_it_says_it_passes(linter: Linter, rule: ScriptRule) -> None:
    verdicts = {text: linter.lint(text, stage=stage_of(rule)).verdict for text in rule.passes}

    assert verdicts == dict.fromkeys(rule.passes, "pass")


@pytest.mark.parametrize("script", PLAYBOOK.scripts.values(), ids=lambda script: script.id)
def test_script_passes_whole_and_sentence_by_sentence(linter: Linter, script: Script) -> None:
    words = filled(script)
    texts = [words.zh, words.en, *SENTENCE_END.split(words.zh)]

    stopped = [text for text in texts if linter.lint(text, stage=script.stage).verdict != "pass"]

    assert stopped == []


def test_better_wording_passes_too(linter: Linter) -> None:
    stopped = [rule.id for rule in RULES.values() if linter.lint(rule.better.zh).verdict != "pass"]

    assert stopped == []


DISGUISED = [
    ("保 本的，您放心买", "H02"),
    ("这个是【保】【本】的", "H02"),
    ("baoben产品，放心", "H02"),
    ("跟着我稳zhuan不赔", "H01"),
    ("我给您返y", "H14"),
    ("我给您返拥金", "H14"),
    ("开户就送🧧", "H14"),
    ("我們保證收益", "H01"),
    ("我有內幕消息", "H06"),
    ("０風險，您放心", "H02"),
]


@pytest.mark.parametrize(("text", "rule"), DISGUISED)
def test_disguise_does_not_help(by_rules_alone: Linter, text: str, rule: str) -> None:
    assert rule in counting(by_rules_alone, text)


NOT_OURS = [
    "我们不能保证收益",
    "任何机构都不得承诺收益",
    "谨防“稳赚不赔”的骗局",
    "客户反映对方承诺保本，已提示风险",
    "您说的那个“内幕消息”，请别信",
    "有没有人跟您说过保本？",
    "对方说开户送礼品，您自己比较",
    "骗子最爱说保证收益",
    "返佣我们做不了",
]


@pytest.mark.parametrize("text", NOT_OURS)
def test_denied_or_told_words_are_listed_and_do_not_count(by_rules_alone: Linter, text: str) -> None:
    verdict = by_rules_alone.lint(text)

    assert verdict.verdict == "pass"
    assert {hit.severity for hit in verdict.hits} == {"info"}


@pytest.mark.parametrize("text", ["不瞒您说，保本的", "我不得不说，这个保证收益", "保本，别告诉别人"])
def test_sham_denial_counts(by_rules_alone: Linter, text: str) -> None:
    assert by_rules_alone.lint(text).verdict == "block"


def test_denial_does_not_help_where_the_rule_is_not_negatable(by_rules_alone: Linter) -> None:
    assert "H21" in counting(by_rules_alone, "不是谁都有，只给您一个人破例")


def test_plea_to_stay_counts_only_while_leaving(linter: Linter) -> None:
    plea = "再给我们一次机会吧"

    assert linter.lint(plea, stage="exit").verdict == "warn"
    assert linter.lint(plea).verdict == "pass"


def test_superlative_is_worse_when_sent_to_many(linter: Linter) -> None:
    assert linter.lint("我们是最好的券商").verdict == "warn"
    assert linter.lint("我们是最好的券商", channel="mass").verdict == "block"


def test_adviser_may_say_what_others_may_not(linter: Linter) -> None:
    advice = "建议您买入这只股票"

    assert linter.lint(advice).verdict == "block"
    assert linter.lint(advice, adviser=True).verdict == "pass"
    assert [hit.severity for hit in linter.lint(advice, adviser=True).hits] == ["info"]


def test_adviser_may_not_promise_either(linter: Linter) -> None:
    assert linter.lint("我们保证收益", adviser=True).verdict == "block"


def test_offence_late_in_a_long_message_is_found(linter: Linter) -> None:
    polite = "感谢您一直以来的信任，今天系统升级已经完成，您可以照常登录。" * 20

    verdict = linter.lint(polite + "另外这个产品您放心，本钱一分不少还到您手上。")

    assert linter.lint(polite).verdict == "pass"
    assert verdict.verdict == "block"


def test_empty_sentence_passes(linter: Linter) -> None:
    assert linter.lint("").verdict == "pass"
    assert linter.lint(" \u200b\x00").verdict == "pass"


def test_other_languages_are_left_to_the_rules(linter: Linter) -> None:
    assert linter.lint("Good morning, how are you today?").verdict == "pass"


@given(
    st.text(max_size=80)
    | st.lists(st.sampled_from([text for rule in RULES.values() for text in rule.hits])).map(" \u200b".join)
)
def test_found_is_what_stands_there(text: str) -> None:
    for hit in SHARED.lint(text, stage="exit", channel="mass").hits:
        assert text[hit.start : hit.end] == hit.found


SHARED = Linter.load()


def test_same_sentence_gets_the_same_verdict(linter: Linter) -> None:
    assert linter.lint("跟着我们稳赚不赔") == linter.lint("跟着我们稳赚不赔")


UGLY = [
    "保",
    "保本",
    "不",
    "“保",
    "(((",
    "保 ",
    "a",
    "您的密码",
    "客户说",
    "亏了我们",
    "\u200b",
    "说保本的一定是骗子，",
]


@pytest.mark.parametrize("unit", UGLY)
def test_twice_the_length_takes_about_twice_the_time(linter: Linter, unit: str) -> None:
    """A generous bound: quadratic work on lines this long would take sixteen times as long, not four."""
    once, four = unit * (4_000 // len(unit)), unit * (16_000 // len(unit))

    assert seconds(linter, four) < 9 * seconds(linter, once) + 0.2


@pytest.mark.parametrize("place", ["before", "after"])
@pytest.mark.parametrize("offence", ["保本的，您放心。", "我保证您不会亏，跟着我买就行。", "稳赚不赔的。"])
def test_an_offence_is_not_forgiven_for_the_honest_sentences_beside_it(
    linter: Linter, offence: str, place: str
) -> None:
    honest = (
        "您好，我是您的客户经理小王。您的账户信息已更新，如有疑问欢迎随时致电。"
        "市场有风险，投资需谨慎，请根据自己的情况决定。"
    )

    said = offence + honest if place == "before" else honest + offence

    assert linter.lint(said).verdict == "block"


def test_line_of_a_megabyte_is_judged(linter: Linter) -> None:
    line = "今天天气不错，您慢走。" * 31_000 + "我们保证收益。"

    verdict = linter.lint(line)

    assert verdict.verdict == "block"
    assert line[verdict.hits[0].start : verdict.hits[0].end] == verdict.hits[0].found


def seconds(linter: Linter, text: str) -> float:
    began = time.process_time()
    linter.lint(text)
    return time.process_time() - began


def test_rule_of_a_firms_own_is_used() -> None:
    own = replace_patterns(RULES["H11"], ("宇宙第一",))

    assert counting(Linter({"H11": own}, None), "我们宇宙第一") == {"H11"}


def replace_patterns(rule: ScriptRule, patterns: tuple[str, ...]) -> ScriptRule:
    return rule.model_copy(update={"patterns": patterns})


def test_expression_that_does_not_compile_is_refused() -> None:
    told = RULES["H11"].model_dump() | {"patterns": ("(",)}

    with pytest.raises(ValueError, match="RE2"):
        ScriptRule.model_validate(told)


@pytest.mark.parametrize("opening", ["我跟客户说", "对客户说了", "跟这位客户讲过"])
def test_what_staff_told_the_client_is_not_what_the_client_said(linter: Linter, opening: str) -> None:
    assert linter.lint(f"{opening}保证收益").verdict == "block"
    assert linter.lint("客户说别家保证收益").verdict == "pass"
